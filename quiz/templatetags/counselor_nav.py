"""For templates: the navigation of the counselors' pages, and of the account pages."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from quiz.counseling.accounts import Start, is_counselor, sees_report, start_page
from quiz.web.provider import offered

register = template.Library()

# The address of a section is the start of the addresses of its pages. All other pages, such as
# results, are about clients.
SECTIONS = (
    ("quiz:caseload", _("Clients")),
    ("quiz:client_groups", _("Groups")),
    ("quiz:export", _("Export")),
    ("quiz:audit_log", _("Log")),
)
REPORT = ("quiz:monthly_report", _("Monthly report"))
ADMIN, ACCOUNT = ("admin:index", _("Admin")), ("mfa_index", _("Account"))


@register.inclusion_tag("counseling/_nav.html", takes_context=True)
def counselor_nav(context: template.Context) -> dict[str, Any]:
    """Link the sections. `aria-current` is "page", or "true" on a page inside a section."""
    request = context["request"]
    path = request.path
    # Administrators and heads of service have these pages, too.
    is_for_others = path.startswith((reverse(ACCOUNT[0]), reverse(REPORT[0])))
    of_counselor = SECTIONS if not is_for_others or is_counselor(request) else ()
    of_reader = (REPORT,) if sees_report(request) else ()
    of_admin = (ADMIN,) if request.user.is_staff else ()
    shown = (*of_counselor, *of_reader, *of_admin, ACCOUNT)
    urls = [(reverse(name), words) for name, words in shown]
    here = max((url for url, _words in urls if path.startswith(url)), key=len, default="")
    current = "page" if path == here else "true"
    return {"sections": [(url, words, current if url == here else "") for url, words in urls]}


@register.simple_tag
def provider() -> str:
    """Return the name of the provider through which staff can log in, or ""."""
    return offered()


@register.simple_tag(takes_context=True)
def own_start_page(context: template.Context) -> Start:
    return start_page(context["request"])
