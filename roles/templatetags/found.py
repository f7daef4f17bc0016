"""For the head of a page: how it is found, and what a link to it looks like elsewhere."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse

register = template.Library()


@register.inclusion_tag("_found.html")
def found(path: str, title: str, description: str, picture: str = "") -> dict[str, Any]:
    """Say a page's lasting address and its card; addresses begin with SITE_URL, never the host."""
    return {
        "address": settings.SITE_URL + path,
        "title": title,
        "description": description,
        "picture": settings.SITE_URL + (picture or reverse("preview")),
    }
