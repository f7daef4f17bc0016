"""Links from a job page to vacancies, training and official descriptions on other sites."""

from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext as _

from roles.models import Role


@dataclass(frozen=True)
class Link:
    label: str
    url: str


def links_of(role: Role) -> tuple[Link, ...]:
    """Fill the role's official code and title into the patterns of JOB_LINKS (name -> address).

    A pattern that is left empty in the settings gives no link.
    """
    labels = {
        "vacancies": _("Openings for this job"),
        "training": _("Training for this job"),
        "description": _("Official description of this occupation"),
    }
    code, title = quote(role.occupation_code), quote(role.title)
    return tuple(
        Link(labels[name], pattern.replace("{code}", code).replace("{title}", title))
        for name, pattern in settings.JOB_LINKS.items()
        if pattern
    )
