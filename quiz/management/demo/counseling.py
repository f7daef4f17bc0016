"""Two counselors with their clients, what the clients share, and the log of it all."""

from datetime import datetime, timedelta
from uuid import uuid4

from quiz.attempts.models import Attempt
from quiz.counseling.accounts import open_account
from quiz.counseling.audit_details import AS_A_SHEET, AS_PDF, ON_A_PAGE, OVERVIEW, of_group
from quiz.counseling.clients import add_client, add_group, add_note
from quiz.counseling.handover import Part, hand_over
from quiz.counseling.inviting import new_group_link
from quiz.counseling.meetings import as_entered, hold, reasons_of
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
from quiz.management.demo.accounts import Account, account_of, set_up_two_steps
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
    Met,
    Person,
    Taken,
)
from quiz.management.demo.taking import DAYS, Taking, clock_at

# The log reads like a counselor's day, not like one second.
BETWEEN_LOOKS = timedelta(minutes=4)


class Counseling:
    """What counselors and their clients do, in the order of the methods."""

    dana: Counselor
    marcus: Counselor
    group: ClientGroup

    def __init__(self, taking: Taking) -> None:
        self.taking = taking

    def add_counselors(self) -> tuple[Account, ...]:
        """Let Dana and Marcus join by invitation and set up two-step login."""
        accounts = []
        for days_ago, (name, email) in ((DAYS, DANA), (DAYS - 9, MARCUS)):
            at = self.taking.day(days_ago)
            account = account_of(email)
            with clock_at(at):
                invitation = CounselorInvitation.objects.make(
                    email=email, expires_at=at + timedelta(days=14)
                )
                user = open_account(invitation, name, account.password, at)
                assert user  # noqa: S101 (no account has this address: there are no counselors)
                user.date_joined = at
                user.save(update_fields=["date_joined"])
                set_up_two_steps(user, account)
            accounts.append(account)
        self.dana = Counselor.objects.get(user__email=DANA[1])
        self.marcus = Counselor.objects.get(user__email=MARCUS[1])
        return tuple(accounts)

    def invite_counselor(self) -> CounselorInvitation:
        ends = self.taking.now + timedelta(days=14)
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
        with clock_at(self.taking.day(17)):
            hand_over(self.marcus, self.dana, Part({grace.pk}))

    def add_person(self, counselor: Counselor, person: Person) -> Client:
        """Add a client with what they took, what they share, and what was noted."""
        client = self.add_client(
            counselor,
            person.name,
            self.taking.day(person.added_days_ago),
            email=person.email,
            tags=person.tags,
        )
        last: Attempt | None = None
        for taken in person.taken:
            last = self.take_as(client, taken, last)
        noted_at = self.taking.day(max(1, person.taken[-1].days_ago - 1) if person.taken else 1)
        for text in person.notes:
            with clock_at(noted_at):
                add_note(client, uuid4(), text, is_for_client=False)
        for text in person.notes_for_client:
            with clock_at(noted_at + BETWEEN_LOOKS):
                add_note(client, uuid4(), text, is_for_client=True)
        if person.met:
            self.meet(client, person.met)
        return client

    def meet(self, client: Client, met: Met) -> None:
        """Fill in the screen for two, as the form does."""
        at = self.taking.day(met.days_ago, hour=10)
        disclosure = client.disclosures.select_related("attempt").latest("at")
        disclosure.client = client
        reasons = reasons_of(disclosure)
        marks = dict(zip((each.key for each in reasons), met.marks, strict=True))
        with clock_at(at):
            entered = as_entered(reasons, marks, met.agreement, met.next_step)
            hold(disclosure, uuid4(), entered, at)

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
        at = self.taking.day(taken.days_ago)
        for link in client.invitations.filter(spent_at=None):
            ClientInvitation.objects.spend(link, at)
        attempt = self.taking.take_quiz(
            at, leaning=taken.leaning, pages=taken.pages, client=client, after=after
        )
        if taken.shares:
            self.disclose(attempt, client, taken.shares)
            looked_at = self.taking.day(taken.days_ago - 1, hour=9)
            for detail in (OVERVIEW, ON_A_PAGE, self.taking.random.choice((AS_PDF, AS_A_SHEET))):
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
            ClientInvitation.objects.open_at(self.taking.now)
            .filter(client__counselor=self.dana, client__group=None)
            .get()
        )
        return invitation

    # ---------------------------------------------------------------- the class

    def add_class(self) -> GroupLink:
        """Let a class of 24 take the quiz in one lesson; two of them haven't started."""
        # Two weeks ago, or on the Friday before if that was a weekend.
        days_ago = 14 + max(0, (self.taking.now - timedelta(days=14)).weekday() - 4)
        prepared_at, lesson_at = (
            self.taking.day(days_ago + 2, hour=15),
            self.taking.day(days_ago, hour=10),
        )
        with clock_at(prepared_at):
            self.group = add_group(self.dana, CLASS_NAME)
            link = new_group_link(self.group, uuid4(), CLASS_PLACES, prepared_at)
        assert link  # noqa: S101 (its id is new)
        for name, scope in FINISHED_IN_CLASS:
            client, at = self.join_class(link, name, lesson_at)
            attempt = self.taking.take_quiz(
                at, leaning=self.taking.random.uniform(-0.6, 0.6), client=client
            )
            if scope:
                self.disclose(attempt, client, scope)
        for name, pages in UNFINISHED_IN_CLASS:
            client, at = self.join_class(link, name, lesson_at)
            self.taking.take_quiz(at, pages=pages, client=client)
        for name in NOT_STARTED_IN_CLASS:
            self.add_client(self.dana, name, self.taking.day(12), group=self.group)
        self.look_at_class()
        return link

    def join_class(
        self, link: GroupLink, name: str, lesson_at: datetime
    ) -> tuple[Client, datetime]:
        """Return the new client and the moment they started."""
        at = lesson_at + timedelta(seconds=self.taking.random.randrange(600))
        GroupLink.objects.take_place(link, at)
        with clock_at(at):
            client = Client.objects.create(counselor=self.dana, group=self.group, name=name)
        return client, at

    def look_at_class(self) -> None:
        at = self.taking.day(11, hour=9)
        self.log(at, self.dana, AuditEntry.REPORTED, None, of_group(self.group))
        shared = self.group.clients.exclude(disclosures=None)
        for client in shared.order_by("name")[:3]:
            self.log(at + BETWEEN_LOOKS, self.dana, AuditEntry.COMPARED, client)
        exported = f"CSV: {shared.count()} results"
        self.log(at + 2 * BETWEEN_LOOKS, self.dana, AuditEntry.EXPORTED, None, exported)
