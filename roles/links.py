"""Links from a job page to vacancies, training and official descriptions on other sites."""

from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext as _

from organization.current import current_organization
from roles.models import Role

# Where links lead in another country than the United States, by the name of the link. Official
# descriptions stay, because the codes of the roles are from the United States.
ABROAD = {
    "CA": {
        "vacancies": "https://www.jobbank.gc.ca/jobsearch/jobsearch?searchstring={title}",
        "training": "https://www.jobbank.gc.ca/career-planning",
    },
    "GB": {
        "vacancies": "https://findajob.dwp.gov.uk/search?q={title}",
        "training": "https://nationalcareers.service.gov.uk/find-a-course",
    },
}


@dataclass(frozen=True)
class Link:
    label: str
    url: str


def links_of(role: Role) -> tuple[Link, ...]:
    """Fill the role's official code and title into the patterns of JOB_LINKS (name -> address).

    The organization's country replaces patterns that the settings leave as shipped. An empty
    pattern gives no link.
    """
    labels = {
        "vacancies": _("Openings for this job"),
        "training": _("Training for this job"),
        "description": _("Official description of this occupation"),
    }
    abroad = ABROAD.get(current_organization().country, {})
    patterns = settings.JOB_LINKS | {
        name: pattern for name, pattern in abroad.items() if name in settings.JOB_LINKS_AS_SHIPPED
    }
    code, title = quote(role.occupation_code), quote(role.title)
    return tuple(
        Link(labels[name], pattern.replace("{code}", code).replace("{title}", title))
        for name, pattern in patterns.items()
        if pattern
    )
