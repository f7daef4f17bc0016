"""For templates: the navigation of the counselors' pages."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

register = template.Library()

# The address of a section is the start of the addresses of its pages. All other pages, such as
# results, are about clients.
SECTIONS = (
    ("quiz:caseload", _("Clients")),
    ("quiz:client_groups", _("Groups")),
    ("quiz:export", _("Export")),
    ("quiz:audit_log", _("Log")),
    ("mfa_index", _("Account")),
)


@register.inclusion_tag("counseling/_nav.html", takes_context=True)
def counselor_nav(context: template.Context) -> dict[str, Any]:
    """Link the sections. `aria-current` is "page", or "true" on a page inside a section."""
    path = context["request"].path
    urls = [(reverse(name), words) for name, words in SECTIONS]
    here = max((url for url, _words in urls if path.startswith(url)), key=len, default="")
    current = "page" if path == here else "true"
    return {"sections": [(url, words, current if url == here else "") for url, words in urls]}
