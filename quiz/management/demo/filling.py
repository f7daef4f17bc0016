"""Write the demo: four months of visitors, two counselors with their clients, and a draft."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from unittest.mock import patch
from uuid import uuid4

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from quiz.attempts.models import Attempt, ShareLink
from quiz.core.questionnaire import Questionnaire
from quiz.counseling.accounts import open_account
from quiz.counseling.clients import add_client, add_group, add_note, hand_over
from quiz.counseling.inviting import new_group_link
from quiz.counseling.models import (
    AuditEntry,
    Client,
    ClientGroup,
    ClientInvitation,
    Counselor,
    CounselorInvitation,
    Disclosure,
    GroupLink,
)
from quiz.counseling.views.client import OVERVIEW
from quiz.counseling.views.results import AS_A_SHEET, AS_PDF, ON_A_PAGE
from quiz.evidence.folding import fold
from quiz.management.demo.answers import careless_answers, likely_answers
from quiz.management.demo.cast import (
    CLASS_NAME,
    CLASS_PLACES,
    DANA,
    DANAS_CLIENTS,
    FINISHED_IN_CLASS,
    HANDED_OVER,
    INVITED_COUNSELOR,
    MARCUS,
    MARCUS_CLIENTS,
    NOT_STARTED_IN_CLASS,
    UNFINISHED_IN_CLASS,
    Person,
    Taken,
)
from quiz.questionnaires.models import QuestionnaireVersion

DAYS = 120
ATTEMPTS = 60
# Among the attempts of people without a counselor.
LEFT, CARELESS, RETAKEN = 5, 2, 2
SEED = 20_260_401
PASSPHRASE = "blue kettle"  # noqa: S105 (printed for anyone who tries the demo)
# The log reads like a counselor's day, not like one second.
BETWEEN_LOOKS = timedelta(minutes=4)


@dataclass(frozen=True)
class Account:
    """A counselor who can log in: with the password, then with a code made from the secret."""

    email: str
    password: str
    totp_secret: str


@dataclass(frozen=True)
class Filled:
    """What leads into the demo; links by what they are for, as paths."""

    accounts: tuple[Account, ...]
    links: dict[str, str]
    draft_id: int


def fill(live: QuestionnaireVersion, now: datetime) -> Filled:
    """Write everything or nothing; the database must hold neither attempts nor counselors.

    The same people and answers every time, on days counted back from `now`. Passwords, secrets and
    links differ.
    """
    with transaction.atomic():
        demo = Demo(live, timezone.localtime(now))
        accounts = demo.add_counselors()
        demo.add_clients()
        group_link = demo.add_class()
        visitors = demo.add_visitors()
        links = demo.share(visitors)
        links |= {
            "an invitation for a class": group_link.path,
            "an invitation for one client": demo.open_invitation.path,
            "an invitation for a new counselor": demo.invite_counselor().path,
        }
        draft_id = demo.add_draft()
        fold(now)
    return Filled(accounts, links, draft_id)


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Let columns that fill themselves (auto_now_add) take this moment instead of the present."""
    with patch("django.utils.timezone.now", return_value=moment):
        yield


class Demo:
    """The demo while it is written."""

    dana: Counselor
    marcus: Counselor
    group: ClientGroup

    def __init__(self, live: QuestionnaireVersion, now: datetime) -> None:
        self.now = now
        self.version_id = live.pk
        self.questionnaire: Questionnaire = live.questionnaire()
        self.random = Random(SEED)  # noqa: S311 (the same people every time)
        self.attempts = 0

    def day(self, days_ago: int, hour: int | None = None) -> datetime:
        """Return a moment on an earlier day; without an hour, one between 8:00 and 20:59."""
        minute = self.random.randrange(60)
        hour = self.random.randrange(8, 21) if hour is None else hour
        day = self.now - timedelta(days=days_ago)
        return day.replace(hour=hour, minute=minute, second=0, microsecond=0)

    # ---------------------------------------------------------------- taking the quiz

    def take_quiz(
        self,
        started_at: datetime,
        *,
        leaning: float = 0,
        pages: int | None = None,
        is_careless: bool = False,
        client: Client | None = None,
        after: Attempt | None = None,
    ) -> Attempt:
        """Take the quiz at a reader's pace; finish it unless only some `pages` are saved."""
        self.attempts += 1
        attempt, _code = Attempt.objects.start(
            self.version_id,
            language=settings.LANGUAGE_CODE,
            is_first=after is None,
            now=started_at,
            after=after,
            client_id=client.pk if client else None,
        )
        if is_careless:
            answers = careless_answers(self.questionnaire)
        else:
            answers = likely_answers(self.random, self.questionnaire, leaning)
        moment = started_at
        for page, items in enumerate(self.questionnaire.item_pages[:pages], start=1):
            moment += len(items) * timedelta(seconds=self.random.uniform(5, 12))
            values = {item.key: answers[item.key] for item in items}
            attempt.save_answers(values, page=page, now=moment)
        if pages is None:
            moment += timedelta(seconds=self.random.randrange(10, 40))
            attempt.finish(
                self.background(), now=moment, research=not client and self.random.random() < 0.4
            )
        return attempt

    def background(self) -> dict[str, str]:
        """Answer most of the background questions."""
        return {
            question.key: self.random.choice(question.options).value
            for question in self.questionnaire.background
            if question.options and self.random.random() < 0.8
        }

    # ---------------------------------------------------------------- counselors

    def add_counselors(self) -> tuple[Account, ...]:
        """Let Dana and Marcus join by invitation and set up two-step login."""
        accounts = []
        for days_ago, (name, email) in ((DAYS, DANA), (DAYS - 9, MARCUS)):
            at = self.day(days_ago)
            password, secret = get_random_string(16), generate_totp_secret()
            with clock_at(at):
                invitation = CounselorInvitation.objects.make(
                    email=email, expires_at=at + timedelta(days=14)
                )
                user = open_account(invitation, name, password, at)
                assert user  # noqa: S101 (no account has this address: there are no counselors)
                user.date_joined = at
                user.save(update_fields=["date_joined"])
                TOTP.activate(user, secret)
                RecoveryCodes.activate(user)
            accounts.append(Account(email, password, secret))
        self.dana = Counselor.objects.get(user__email=DANA[1])
        self.marcus = Counselor.objects.get(user__email=MARCUS[1])
        return tuple(accounts)

    def invite_counselor(self) -> CounselorInvitation:
        ends = self.now + timedelta(days=14)
        invitation: CounselorInvitation = CounselorInvitation.objects.make(
            email=INVITED_COUNSELOR, expires_at=ends
        )
        return invitation

    # ---------------------------------------------------------------- clients

    def add_clients(self) -> None:
        for counselor, people in ((self.dana, DANAS_CLIENTS), (self.marcus, MARCUS_CLIENTS)):
            for person in people:
                self.add_person(counselor, person)
        grace = self.add_person(self.marcus, HANDED_OVER)
        with clock_at(self.day(17)):
            hand_over(grace, self.dana)

    def add_person(self, counselor: Counselor, person: Person) -> Client:
        """Add a client with what they took, what they share, and what was noted."""
        client = self.add_client(
            counselor,
            person.name,
            self.day(person.added_days_ago),
            email=person.email,
            tags=person.tags,
        )
        last: Attempt | None = None
        for taken in person.taken:
            last = self.take_as(client, taken, last)
        noted_at = self.day(max(1, person.taken[-1].days_ago - 1) if person.taken else 1)
        for text in person.notes:
            with clock_at(noted_at):
                add_note(client, uuid4(), text, is_for_client=False)
        for text in person.notes_for_client:
            with clock_at(noted_at + BETWEEN_LOOKS):
                add_note(client, uuid4(), text, is_for_client=True)
        return client

    def add_client(
        self,
        counselor: Counselor,
        name: str,
        at: datetime,
        *,
        email: str = "",
        group: ClientGroup | None = None,
        tags: tuple[str, ...] = (),
    ) -> Client:
        """Add a client as the form does: with an invitation, and with a line in the log."""
        values = {"name": name, "email": email, "group": group, "new_group": "", "tags": tags}
        with clock_at(at):
            client, _is_new = add_client(counselor, uuid4(), values, at)
        return client

    def take_as(self, client: Client, taken: Taken, after: Attempt | None) -> Attempt:
        """Take the quiz by the client's invitation, and share the result."""
        at = self.day(taken.days_ago)
        for link in client.invitations.filter(spent_at=None):
            ClientInvitation.objects.spend(link, at)
        attempt = self.take_quiz(
            at, leaning=taken.leaning, pages=taken.pages, client=client, after=after
        )
        if taken.shares:
            self.disclose(attempt, client, taken.shares)
            looked_at = self.day(taken.days_ago - 1, hour=9)
            for detail in (OVERVIEW, ON_A_PAGE, self.random.choice((AS_PDF, AS_A_SHEET))):
                self.log(looked_at, client.counselor, AuditEntry.SAW, client, detail)
                looked_at += BETWEEN_LOOKS
        return attempt

    def disclose(self, attempt: Attempt, client: Client, scope: str) -> None:
        at = attempt.saved_at + timedelta(minutes=2)
        Disclosure.objects.create(attempt=attempt, client=client, scope=scope, at=at)

    def log(
        self,
        at: datetime,
        counselor: Counselor,
        action: str,
        client: Client | None,
        detail: str = "",
    ) -> None:
        """Log what a counselor did on a page; what functions do, they log themselves."""
        with clock_at(at):
            AuditEntry.objects.log(counselor, action, client, detail=detail)

    @property
    def open_invitation(self) -> ClientInvitation:
        """Return the invitation of the client of Dana's who hasn't started."""
        invitation: ClientInvitation = (
            ClientInvitation.objects.open_at(self.now)
            .filter(client__counselor=self.dana, client__group=None)
            .get()
        )
        return invitation

    # ---------------------------------------------------------------- the class

    def add_class(self) -> GroupLink:
        """Let a class of 24 take the quiz in one lesson; two of them haven't started."""
        # Two weeks ago, or on the Friday before if that was a weekend.
        days_ago = 14 + max(0, (self.now - timedelta(days=14)).weekday() - 4)
        prepared_at, lesson_at = self.day(days_ago + 2, hour=15), self.day(days_ago, hour=10)
        with clock_at(prepared_at):
            self.group = add_group(self.dana, CLASS_NAME)
            link = new_group_link(self.group, uuid4(), CLASS_PLACES, prepared_at)
        assert link  # noqa: S101 (its id is new)
        for name, scope in FINISHED_IN_CLASS:
            client, at = self.join_class(link, name, lesson_at)
            attempt = self.take_quiz(at, leaning=self.random.uniform(-0.6, 0.6), client=client)
            if scope:
                self.disclose(attempt, client, scope)
        for name, pages in UNFINISHED_IN_CLASS:
            client, at = self.join_class(link, name, lesson_at)
            self.take_quiz(at, pages=pages, client=client)
        for name in NOT_STARTED_IN_CLASS:
            self.add_client(self.dana, name, self.day(12), group=self.group)
        self.look_at_class()
        return link

    def join_class(
        self, link: GroupLink, name: str, lesson_at: datetime
    ) -> tuple[Client, datetime]:
        """Return the new client and the moment they started."""
        at = lesson_at + timedelta(seconds=self.random.randrange(600))
        GroupLink.objects.take_place(link, at)
        with clock_at(at):
            client = Client.objects.create(counselor=self.dana, group=self.group, name=name)
        return client, at

    def look_at_class(self) -> None:
        at = self.day(11, hour=9)
        self.log(at, self.dana, AuditEntry.REPORTED, None, CLASS_NAME)
        shared = self.group.clients.exclude(disclosures=None)
        for client in shared.order_by("name")[:3]:
            self.log(at + BETWEEN_LOOKS, self.dana, AuditEntry.COMPARED, client)
        exported = f"CSV: {shared.count()} results"
        self.log(at + 2 * BETWEEN_LOOKS, self.dana, AuditEntry.EXPORTED, None, exported)

    # ---------------------------------------------------------------- visitors

    def add_visitors(self) -> list[Attempt]:
        """Add people who came on their own until there are ATTEMPTS; return who just finished."""
        # Older ones that were left are deleted by then.
        for _ in range(LEFT):
            days_ago = self.random.randrange(2, settings.KEEP_UNFINISHED.days)
            self.take_quiz(self.day(days_ago), pages=self.random.randrange(4))
        for _ in range(CARELESS):
            self.take_quiz(self.day(self.random.randrange(2, DAYS)), is_careless=True)
        visitors = []
        count = ATTEMPTS - self.attempts - RETAKEN
        for place in range(count):
            # From the first day to last week, a few days apart.
            days_ago = DAYS - place * (DAYS - 7) // count
            leaning = self.random.uniform(-0.8, 0.8)
            visitors.append(self.take_quiz(self.day(days_ago), leaning=leaning))
        for visitor in visitors[:RETAKEN]:
            self.take_quiz(self.day(5), leaning=self.random.uniform(-0.5, 0.5), after=visitor)
        return visitors

    def share(self, visitors: list[Attempt]) -> dict[str, str]:
        """Let three visitors share their results by link; return the links."""
        preferences, verdict, answers = visitors[-3:]
        return {
            "a shared result": self.share_one(preferences, "traits", shown_name="Kim", openings=4),
            f"a shared suggestion; the passphrase is “{PASSPHRASE}”": self.share_one(
                verdict, "verdict", passphrase_hash=make_password(PASSPHRASE), openings=1
            ),
            "a shared result with all answers": self.share_one(answers, "answers"),
        }

    def share_one(
        self,
        attempt: Attempt,
        scope: str,
        *,
        shown_name: str = "",
        passphrase_hash: str = "",
        openings: int = 0,
    ) -> str:
        assert attempt.finished_at  # noqa: S101 (for types)
        at = attempt.finished_at + timedelta(minutes=5)
        with clock_at(at):
            link: ShareLink = ShareLink.objects.make(
                attempt=attempt,
                scope=scope,
                shown_name=shown_name,
                passphrase_hash=passphrase_hash,
                expires_at=self.now + timedelta(days=30),
            )
        for hours in range(1, openings + 1):
            link.log_opening(at + timedelta(hours=hours))
        return link.path

    # ---------------------------------------------------------------- the draft

    def add_draft(self) -> int:
        """Add a draft that can't be published yet: one statement is set aside, its opposite isn't.

        So agreeing with everything would move the score of one trait. Returns its key.
        """
        first, *others, last = self.questionnaire.items
        reworded = replace(first, text={**first.text, "en": "I like to make the first call."})
        changed = replace(
            self.questionnaire,
            number=None,
            items=(reworded, *others),
            spare=(*self.questionnaire.spare, last),
        )
        with clock_at(self.day(4)):
            return QuestionnaireVersion.objects.add(changed, title="Shorter statements").pk
