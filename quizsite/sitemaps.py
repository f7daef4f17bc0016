"""Which pages a search engine is told of. Addresses begin with SITE_URL, never with the host."""

from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from roles.models import Role
from roles.views import FEWEST, MOST, comparison_path


class _Site:
    """What Django's sitemap asks of a site."""

    def __init__(self, domain: str) -> None:
        self.domain = domain


class OfThisSite(Sitemap):
    def get_urls(self, page: Any = 1, site: Any = None, protocol: Any = None) -> list[Any]:
        base = urlsplit(settings.SITE_URL)
        return super().get_urls(page, _Site(base.netloc), base.scheme)


class Pages(OfThisSite):
    def items(self) -> list[str]:
        names = ("quiz:home", "quiz:introduction", "roles:role_list", "roles:role_choice")
        return [*names, "quiz:method", "accessibility"]

    def location(self, item: str) -> str:
        return reverse(item)


class Roles(OfThisSite):
    def items(self) -> list[Role]:
        return list(Role.objects.all())


class Comparisons(OfThisSite):
    """Each choice of roles once, in the roles' own order, as their pages name it."""

    def items(self) -> list[tuple[Role, ...]]:
        roles = list(Role.objects.all())
        return [each for count in range(FEWEST, MOST + 1) for each in combinations(roles, count)]

    def location(self, item: tuple[Role, ...]) -> str:
        return comparison_path(item)


SITEMAPS = {"pages": Pages, "roles": Roles, "comparisons": Comparisons}
