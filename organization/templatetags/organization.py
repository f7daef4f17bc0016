"""For every template: whose site this is. Loaded without `{% load %}`."""

import re

from django import template
from django.urls import reverse

from organization.current import CurrentOrganization, as_of_revision, current_organization

register = template.Library()


@register.simple_tag
def site_name() -> str:
    """Name the site."""
    return current_organization().name


@register.simple_tag
def organization() -> CurrentOrganization:
    """Return all that the organization has set, for `{% organization as organization %}`."""
    return current_organization()


@register.simple_tag
def page_color(theme: str) -> str:
    """Return the color of a page's background, as #rrggbb."""
    return current_organization().palette.tokens(theme)["paper"]


@register.simple_tag
def manifest_url() -> str:
    """Return the manifest's address, which browsers keep for a day."""
    return as_of_revision(reverse("manifest"))


@register.filter
def dialed(phone: str) -> str:
    """Return a phone number as it is in a tel: link: digits and a plus, up to an extension."""
    return re.sub(r"[^+0-9]", "", re.split("[ex]", phone)[0])
