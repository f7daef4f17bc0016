"""The dashboard: what needs attention, and a count of what there is.

It shows nothing about single attempts, and runs the same number of queries for any content.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db.models import Count, Exists, Model, OuterRef, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.text import get_text_list
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from quiz.admin.reassigning import stranded
from quiz.core.numbers import fixed_text
from quiz.evidence.models import Tally
from quiz.evidence.tally import TallyCounts
from quiz.evidence.turnout import too_common
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.questionnaires.shipped import offered_version_id
from quiz.web.background import living_workers, path_of
from quiz.web.first_password import PASSWORD_FILE
from quiz.web.mail import AddressRefused, sends_mail
from quiz.web.names import isolated
from roles.models import Duty, Figure, Role, Skill, Source

VERSIONS = "admin:quiz_questionnaireversion_changelist"
FIGURES = "admin:roles_figure_changelist"
TASKS = "admin:django_tasks_database_dbtaskresult_changelist"
Filters = dict[str, str | int]  # by the name in the query string
# Filters that the list of figures offers.
STALE: Filters = {"stale": "yes"}
PUBLISHED: Filters = {"is_published__exact": 1}
UNDATED: Filters = {**PUBLISHED, "dated": "no"}
OFFICIAL: Filters = {"source__kind__exact": str(Source.Kind.OFFICIAL)}


@dataclass(frozen=True)
class Link:
    words: str
    url: str


@dataclass(frozen=True)
class Entry:
    """What is wrong, why it matters, and where to fix it."""

    what: str
    why: str
    links: tuple[Link, ...]


def attention(user: AbstractUser, *, is_first_day: bool = False) -> list[Entry]:
    """List what this user can fix, the most pressing first.

    The list of the first day, if it is shown, has the e-mail and the password's file already.
    """
    return [
        *(_about_versions(user) if _may_fix_versions(user) else ()),
        *(_about_background_work() if may_view(user, DBTaskResult) else ()),
        *(
            _about_mail()
            if user.has_perm("quiz.add_counselorinvitation") and not is_first_day
            else ()
        ),
        *(_about_stranded_clients() if user.has_perm("quiz.change_counselor") else ()),
        *(_about_suggestions() if _may_fix_versions(user) else ()),
        *(_about_texts_of_roles() if user.has_perm("roles.change_role") else ()),
        *(_about_figures_of_roles() if user.has_perm("roles.change_figure") else ()),
        *(_about_stale_figures() if user.has_perm("roles.change_figure") else ()),
        *(_about_the_password_file() if user.is_superuser and not is_first_day else ()),
    ]


def glance(user: AbstractUser) -> list[Link]:
    """Count what this user may see."""
    return [
        *(_versions_at_a_glance() if may_view(user, QuestionnaireVersion) else ()),
        *(_roles_at_a_glance() if may_view(user, Role) else ()),
        *(_figures_at_a_glance() if may_view(user, Figure) else ()),
    ]


def may_view(user: AbstractUser, model: type[Model]) -> bool:
    """Check as Django's admin does: permission to change includes permission to view."""
    app, name = model._meta.app_label, model._meta.model_name
    return any(user.has_perm(f"{app}.{right}_{name}") for right in ("view", "change"))


# ---------------------------------------------------------------- versions


def _may_fix_versions(user: AbstractUser) -> bool:
    return any(user.has_perm(f"quiz.{r}_questionnaireversion") for r in ("change", "publish"))


def _about_versions(user: AbstractUser) -> Iterator[Entry]:
    if not QuestionnaireVersion.objects.published().exists():
        yield Entry(
            _("No questionnaire is live."),
            _("The quiz is closed. No one can start it until you publish a draft."),
            (Link(_("Questionnaire versions"), reverse(VERSIONS)),),
        )
    offered = offered_version_id()
    for draft in QuestionnaireVersion.objects.drafts().with_parts():
        yield _about_draft(draft, user, is_offered=draft.pk == offered)


def _about_draft(draft: QuestionnaireVersion, user: AbstractUser, *, is_offered: bool) -> Entry:
    errors = len(draft.errors())
    if errors:
        what = ngettext(
            "The draft “%(title)s” has %(count)d error.",
            "The draft “%(title)s” has %(count)d errors.",
            errors,
        )
        return Entry(
            what % {"title": draft.title, "count": errors},
            _("Fix this before you publish it. Its page says how."),
            (Link(_("Open the draft"), _of_version("change", draft)),),
        )
    return Entry(
        _("The draft “%(title)s” is ready to publish.") % {"title": draft.title},
        _("It came with an update. Compare it with the live version, then publish or delete it.")
        if is_offered
        else _("Visitors see it once you publish it."),
        (
            *([Link(_("Differences"), _of_version("differences", draft))] if is_offered else []),
            *(
                [Link(_("Publish …"), _of_version("publish", draft))]
                if user.has_perm("quiz.publish_questionnaireversion")
                else []
            ),
            Link(_("Open the draft"), _of_version("change", draft)),
        ),
    )


def _about_suggestions() -> Iterator[Entry]:
    """Warn if nearly everyone who takes the live version gets the same suggestion."""
    for row in (
        Tally.objects.select_related("version")
        .filter(version__status=QuestionnaireVersion.Status.PUBLISHED)
        .order_by("language")
    ):
        found = too_common(TallyCounts.from_data(row.data).finished)
        if found:
            field, share = found
            name = Role.Field(field).label
            what = _("%(percent)s%% of people who finish get the suggestion %(field)s.")
            yield Entry(
                what % {"percent": fixed_text(100 * share, 0), "field": name},
                _(
                    "A quiz that gives nearly everyone the same answer helps no one. Reword the "
                    "statements that nearly everyone agrees or disagrees with. Don't move the cut."
                ),
                (Link(_("How well it measures"), _of_version("evidence", row.version)),),
            )


def _of_version(page: str, version: QuestionnaireVersion) -> str:
    return reverse(f"admin:quiz_questionnaireversion_{page}", args=[version.pk])


def _versions_at_a_glance() -> Iterator[Link]:
    live = QuestionnaireVersion.objects.published().first()
    if live:
        since = date_format(localtime(live.published_at))
        words = _("Version %(number)s, “%(title)s”, live since %(date)s") % {
            "number": live.number,
            "title": live.title,
            "date": since,
        }
        yield Link(words, _of_version("change", live))
    count = QuestionnaireVersion.objects.drafts().count()
    words = ngettext("%(count)d draft", "%(count)d drafts", count) % {"count": count}
    yield Link(words, _list(VERSIONS, status__exact="draft"))


# ---------------------------------------------------------------- e-mail


def _about_mail() -> Iterator[Entry]:
    if not sends_mail():
        yield Entry(
            _("E-mail is not set up."),
            _(
                "The site can't send invitations or return codes, and its pages say so. Pass links "
                "on yourself, or set EMAIL_URL and restart the site."
            ),
            (),
        )


# ---------------------------------------------------------------- background work


def _about_background_work() -> Iterator[Entry]:
    if not living_workers().exists():
        yield Entry(
            _("No background work is done."),
            _(
                "E-mails wait, figures aren't updated, and expired data isn't deleted. "
                "manage.py serve does this work, or manage.py work if TASK_WORKER is 0. Start it, "
                "and read its log if it ends."
            ),
            (),
        )
    # A wrong address is shown on the invitation's page, to the person who typed it.
    failed = DBTaskResult.objects.failed().exclude(exception_class_path=path_of(AddressRefused))
    if count := failed.count():
        what = ngettext("%d background task failed.", "%d background tasks failed.", count)
        yield Entry(
            what % count,
            _(
                "Its last try failed, and there is none left. Its page shows the error. Fix the "
                "cause, then select the task and choose “Try again now”."
            ),
            (Link(_("Failed tasks"), _list(TASKS, status__exact=TaskResultStatus.FAILED)),),
        )


# ---------------------------------------------------------------- counselors


def _about_stranded_clients() -> Iterator[Entry]:
    for counselor in stranded():
        what = ngettext(
            "%(count)d client is still with %(name)s, whose account is closed.",
            "%(count)d clients are still with %(name)s, whose account is closed.",
            counselor.size,
        )
        yield Entry(
            what % {"count": counselor.size, "name": isolated(counselor.name)},
            _("No one sees what they share, and their links don't work. Hand them over."),
            (
                Link(
                    _("Hand over clients"),
                    reverse("admin:quiz_counselor_reassign", args=[counselor.pk]),
                ),
            ),
        )


# ---------------------------------------------------------------- roles and figures


def _about_texts_of_roles() -> Iterator[Entry]:
    roles: Iterable[Any] = Role.objects.annotate(
        has_duties=Exists(Duty.objects.filter(role=OuterRef("pk"))),
        has_skills=Exists(Skill.objects.filter(role=OuterRef("pk"))),
    )
    for role in roles:
        parts = (
            (role.summary, _("summary")),
            (role.has_duties, _("duties")),
            (role.has_skills, _("skills")),
        )
        missing = [name for there, name in parts if not there]
        if missing:
            yield Entry(
                _("The job “%(role)s” has no %(missing)s.")
                % {"role": role, "missing": get_text_list(missing, _("or"))},
                _("Its page is public, so visitors see the gap."),
                (Link(_("Open the job"), reverse("admin:roles_role_change", args=[role.pk])),),
            )


def _about_figures_of_roles() -> Iterator[Entry]:
    official = Figure.objects.published().filter(source__kind=Source.Kind.OFFICIAL)
    for role in Role.objects.exclude(Exists(official.filter(role=OuterRef("pk")))):
        yield Entry(
            _("The job “%(role)s” has no official figures.") % {"role": role},
            _("Its page shows no pay and no outlook for the official occupation %(code)s.")
            % {"code": role.occupation_code},
            (Link(_("Its figures"), _list(FIGURES, role__id__exact=role.pk)),),
        )
    # Official statistics always state a period. Articles may not, and pages call them undated.
    undated = Counter(f.role for f in official.undated().select_related("role"))
    for about, count in undated.items():
        what = ngettext(
            "%(count)d official figure of “%(role)s” is undated.",
            "%(count)d official figures of “%(role)s” are undated.",
            count,
        )
        which: Filters = {"role__id__exact": about.pk} if about else {"role__isnull": True}
        yield Entry(
            what % {"count": count, "role": about or _("all occupations")},
            _("Readers can't see how old they are. Take the year or month from the source."),
            (Link(_("Undated figures"), _list(FIGURES, **UNDATED, **OFFICIAL, **which)),),
        )


def _about_stale_figures() -> Iterator[Entry]:
    count = Figure.objects.published().stale().count()
    if count:
        what = ngettext(
            "%(count)d published figure is due for a check.",
            "%(count)d published figures are due for a check.",
            count,
        )
        yield Entry(
            what % {"count": count},
            _(
                "The source may have newer numbers. Compare them, correct what changed, then mark "
                "the figures as checked."
            ),
            (Link(_("Figures to check"), _list(FIGURES, **PUBLISHED, **STALE)),),
        )


def _roles_at_a_glance() -> Iterator[Link]:
    count = Role.objects.count()
    words = ngettext("%(count)d job", "%(count)d jobs", count) % {"count": count}
    yield Link(words, _list("admin:roles_role_changelist"))


def _figures_at_a_glance() -> Iterator[Link]:
    published = Figure.objects.published()
    counts = published.aggregate(all=Count("pk"), undated=Count("pk", filter=Q(period="")))
    words = ngettext("%(count)d published figure", "%(count)d published figures", counts["all"])
    yield Link(words % {"count": counts["all"]}, _list(FIGURES, **PUBLISHED))
    words = ngettext("%(count)d undated figure", "%(count)d undated figures", counts["undated"])
    yield Link(words % {"count": counts["undated"]}, _list(FIGURES, **UNDATED))


def _list(name: str, **filters: str | int) -> str:
    return f"{reverse(name)}?{urlencode(filters)}" if filters else reverse(name)


# ---------------------------------------------------------------- the first administrator


def _about_the_password_file() -> Iterator[Entry]:
    if (settings.DATA_DIR / PASSWORD_FILE).exists():
        yield Entry(
            _("The first administrator's password is still in a file."),
            _(
                "It had to be changed at the first login, so no one needs the file anymore. "
                "Delete %(file)s from the site's data folder."
            )
            % {"file": PASSWORD_FILE},
            (),
        )
