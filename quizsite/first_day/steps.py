"""What is left to do on the first day. In at most three queries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from organization.current import current_organization
from quiz.counseling.models import Counselor, CounselorInvitation
from quiz.web.first_day import FirstDayMark, What
from quiz.web.first_password import PASSWORD_FILE
from quiz.web.mail import sends_mail
from quizsite.backups.writing import last_backup
from quizsite.doctor.outside import is_local
from quizsite.environment.folders import IS_CHECKOUT
from quizsite.environment.variables import VARIABLES

COMMAND = ".venv/bin/python manage.py" if IS_CHECKOUT else "career-quiz"
Marks = Mapping[str, FirstDayMark]


class Link(NamedTuple):
    words: str
    url: str


@dataclass(frozen=True)
class Step:
    """What to do, why, how things are now, and ways to do it."""

    name: str
    is_done: bool
    why: str
    now: str
    settings: tuple[str, ...] = ()  # names of variables to set
    command: str = ""
    links: tuple[Link, ...] = ()
    button: Link | None = None  # sends a POST
    asks_name: bool = False  # with the button

    @property
    def examples(self) -> list[str]:
        """Return the variables as lines of a `.env` file."""
        return [f"{name}={VARIABLES[name].example}" for name in self.settings]


@dataclass(frozen=True)
class FirstDay:
    steps: tuple[Step, ...]
    is_hidden: bool

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def is_over(self) -> bool:
        return self.done == len(self.steps)

    @property
    def is_shown(self) -> bool:
        return not (self.is_hidden or self.is_over)


def first_day(user: User) -> FirstDay:
    """Return the list for an administrator, the same for all but for their own address."""
    marks = {mark.what: mark for mark in FirstDayMark.objects.select_related("by")}
    # What this is for must be accepted first.
    is_hidden = What.HIDDEN in marks and What.USE in marks
    return FirstDay(tuple(_steps(user, marks)), is_hidden)


def _steps(user: User, marks: Marks) -> Iterator[Step]:
    yield _use(marks)
    yield _name()
    yield _address()
    yield _mail(user, marks)
    yield _own_log_in()
    yield _data(marks)
    yield _backup()
    yield _counselor()


def _use(marks: Marks) -> Step:
    mark = marks.get(What.USE)
    return Step(
        _("Accept what this is for"),
        mark is not None,
        _(
            "The quiz helps people explore. It's fixed arithmetic written by people: it doesn't "
            "test ability, and it doesn't predict how well someone would do in a job."
        ),
        _said(_("Accepted"), mark)
        if mark
        else _(
            "By accepting, you agree for everyone who works with this site: results aren't used "
            "to select, rank or reject candidates."
        ),
        button=None if mark else Link(_("Accept"), reverse("admin:first_day_use")),
        asks_name=mark is None,
    )


def _name() -> Step:
    organization = current_organization()
    return Step(
        _("Put your name on it"),
        bool(organization.own_name),
        _("Visitors trust a site more if they know whose it is."),
        _("The name is %s.") % organization.name
        if organization.own_name
        else _(
            "The site has no name of yours yet. Logo, colors and legal links are set there, too."
        ),
        links=(Link(_("Organization"), reverse("admin:organization_organization_changelist")),),
    )


def _address() -> Step:
    is_real = not is_local(urlsplit(settings.SITE_URL).hostname or "")
    organization = current_organization()
    talk_to = organization.contact.name if organization.contact else ""
    contacts = [each for each in (organization.contact_email, talk_to) if each]
    if contacts:
        who = _("Visitors find this contact: %s.") % ", ".join(contacts)
    else:
        who = _("Visitors find no contact; CONTACT_EMAIL or TALK_TO_NAME is enough.")
    return Step(
        _("Set address and contact"),
        is_real and bool(contacts),
        _("Links in e-mails start with the site's address, and visitors need someone to ask."),
        " ".join([_("The address is %s.") % settings.SITE_URL, who]),
        settings=(
            *(() if is_real else ("ALLOWED_HOSTS", "SITE_URL")),
            *(() if contacts else ("CONTACT_EMAIL", "TALK_TO_NAME")),
        ),
    )


def _mail(user: User, marks: Marks) -> Step:
    name = _("Set up e-mail")
    why = _("Invitations and return codes reach people by e-mail.")
    if not sends_mail():
        now = _("No mail server is set, so you have to pass links on yourself.")
        return Step(name, False, why, now, settings=("EMAIL_URL",))
    if What.MAIL in marks:
        return Step(name, True, why, _said(_("A test e-mail was sent"), marks[What.MAIL]))
    if not user.email:
        return Step(
            name,
            False,
            why,
            _("A mail server is set. To test it, give your account an e-mail address."),
            links=(
                Link(_("Your account's page"), reverse("admin:auth_user_change", args=[user.pk])),
            ),
        )
    return Step(
        name,
        False,
        why,
        _("A mail server is set. Test it with an e-mail to %s.") % user.email,
        button=Link(_("Send a test e-mail to me"), reverse("admin:first_day_mail")),
    )


def _own_log_in() -> Step:
    """Both are required before this page opens, so only the file of the password can be left."""
    file = Path(settings.DATA_DIR, PASSWORD_FILE)
    is_there = file.exists()
    return Step(
        _("Secure your own login"),
        not is_there,
        _("Administrators can change and export everything."),
        _(
            "You have chosen a password and set up two-step login. The first password no "
            "longer works, so delete its file."
        )
        if is_there
        else _("You have chosen a password and set up two-step login, as everyone here must."),
        command=f"rm {quote(str(file))}" if is_there else "",
    )


def _data(marks: Marks) -> Step:
    mark = marks.get(What.DATA)
    organization = current_organization()
    kept = _(
        "Unfinished quizzes are deleted after %(unfinished)d days and results after %(finished)d. "
        "KEEP_UNFINISHED_DAYS and KEEP_FINISHED_DAYS change that."
    ) % {
        "unfinished": organization.keep_unfinished.days,
        "finished": organization.keep_finished.days,
    }
    return Step(
        _("Read what visitors are told"),
        mark is not None,
        _("You answer for what this site stores."),
        " ".join([kept, _said(_("Confirmed"), mark) if mark else ""]).strip(),
        links=(
            Link(_("Your data"), reverse("quiz:own_data")),
            Link(_("How it works"), reverse("quiz:method")),
        ),
        button=None
        if mark
        else Link(
            _("I've read what visitors are told about their data"),
            reverse("admin:first_day_data"),
        ),
    )


def _backup() -> Step:
    made_at = last_backup()
    now = (
        _("The last one was made on %s.") % _day(made_at)
        if made_at
        else _("To make the first one, run this where you start the site:")
    )
    return Step(
        _("Make a backup"),
        made_at is not None,
        _("Disks fail. Repeat this every day, and keep the files on another machine."),
        now,
        command=f"{COMMAND} backup quiz-{timezone.localdate().isoformat()}.backup",
    )


def _counselor() -> Step:
    is_done = CounselorInvitation.objects.exists() or Counselor.objects.exists()
    return Step(
        _("Invite the first counselor"),
        is_done,
        _("Counselors work with the results that their clients share. They join by invitation."),
        "" if is_done else _("No one is invited yet. You can invite yourself."),
        links=(Link(_("Invite a counselor"), reverse("admin:quiz_counselorinvitation_add")),),
    )


def _said(what: str, mark: FirstDayMark) -> str:
    """Say when, and who: the name that they typed, or their account's if it still exists."""
    name = mark.name or (mark.by.get_username() if mark.by else "")
    if not name:
        return _("%(what)s on %(day)s.") % {"what": what, "day": _day(mark.at)}
    values = {"what": what, "day": _day(mark.at), "name": name}
    return _("%(what)s on %(day)s by %(name)s.") % values


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment))
