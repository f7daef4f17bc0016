"""Metadata for the head of a page: canonical address and how other sites show a link to it."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse

from organization.current import as_of_revision

register = template.Library()


@register.inclusion_tag("_found.html")
def found(path: str, title: str, description: str, picture: str = "") -> dict[str, Any]:
    """Render canonical link and social card; addresses start with SITE_URL, never the Host header.

    `path` and `picture` are paths on this site; without a picture, the site's own is used.
    """
    return {
        "address": settings.SITE_URL + path,
        "title": title,
        "description": description,
        "picture": settings.SITE_URL + (picture or as_of_revision(reverse("site_picture"))),
    }
