"""The sitemap. Its addresses start with SITE_URL, never with the Host header."""

from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sites.requests import RequestSite
from django.urls import reverse

from roles.models import Role
from roles.views import FEWEST, MOST, comparison_path


class _Site(RequestSite):
    """The site in SITE_URL, instead of the one in the request's Host header."""

    def __init__(self, domain: str) -> None:
        self.domain = self.name = domain


class SiteSitemap(Sitemap):  # type: ignore[type-arg]  # not subscriptable at run time
    def get_urls(self, page: Any = 1, site: Any = None, protocol: Any = None) -> list[Any]:
        base = urlsplit(settings.SITE_URL)
        return super().get_urls(page, _Site(base.netloc), base.scheme)


class Pages(SiteSitemap):
    def items(self) -> list[str]:
        names = ("quiz:home", "quiz:introduction", "roles:role_list", "roles:role_choice")
        return [*names, "quiz:method", "accessibility"]

    def location(self, item: str) -> str:
        return reverse(item)


class Roles(SiteSitemap):
    def items(self) -> list[Role]:
        return list(Role.objects.all())


class Comparisons(SiteSitemap):
    """Each combination of roles once, in the order of its canonical address."""

    def items(self) -> list[tuple[Role, ...]]:
        roles = list(Role.objects.all())
        return [each for count in range(FEWEST, MOST + 1) for each in combinations(roles, count)]

    def location(self, item: tuple[Role, ...]) -> str:
        return comparison_path(item)


SITEMAPS = {"pages": Pages, "roles": Roles, "comparisons": Comparisons}
