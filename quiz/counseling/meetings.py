"""Meetings: what a client said of each reason of their result, and what both agreed.

The client shares a result for the time being, but a meeting stays. So it holds the sentences that
the client marked, as both read them, and nothing else of the result. Why:
`docs/decisions/2026-11-30-meetings-hold-what-was-marked.md`.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.db import IntegrityError, models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from quiz.attempts.deletions import delete_for_good, recorded_among
from quiz.attempts.models import Attempt
from quiz.core.verdict import SALES, SERVICE
from quiz.counseling.audit_details import SAVED
from quiz.counseling.clients import is_still_own
from quiz.counseling.models import AuditEntry, Client, Counselor, Disclosure
from quiz.results import kept_pdfs
from quiz.results.report import MIDDLE, TraitReport, report
from quiz.web.fields import CleanNameField

AGREEMENT_LENGTH, STEP_LENGTH = 300, 200
# A meeting can be changed as long as the login it was written in can last. Then it stays as agreed.
CHANGED_FOR = timedelta(hours=12)

AGREE, NOT_ME, TALK = "agree", "not-me", "talk"
MARKS = {
    AGREE: gettext_lazy("Agree"),
    NOT_ME: gettext_lazy("Not me"),
    TALK: gettext_lazy("Talk about it"),
}
SUGGESTION = "suggestion"
POINTS = {
    SALES: gettext_lazy("This points to sales."),
    SERVICE: gettext_lazy("This points to customer service."),
}


@dataclass(frozen=True)
class Reason:
    """A sentence of a result as both read it; `mark` is empty until the client chooses one."""

    key: str
    text: str
    mark: str = ""


def reasons_of(disclosure: Disclosure) -> tuple[Reason, ...]:
    """Return what can be marked of a shared result: the suggestion, and if shared, preferences."""
    attempt = disclosure.attempt
    with override(attempt.language):
        full = report(disclosure.result, attempt.questionnaire, attempt.values(), attempt.language)
        traits = full.reasons if disclosure.shows.shows_traits else ()
        return (
            Reason(SUGGESTION, full.verdict),
            *(Reason(f"trait-{trait.key}", _in_words(trait)) for trait in traits),
        )


def _in_words(trait: TraitReport) -> str:
    if trait.side == MIDDLE:
        return _("%(name)s: no strong preference either way.") % {"name": trait.name}
    return f"{trait.sentence} {POINTS[trait.field]}"


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def with_result(self) -> Self:
        """Leave out those that `without_result` will delete."""
        return self.filter(attempt__finished_at__isnull=False)

    def without_result(self) -> Self:
        """Meetings whose result was deleted by a release that doesn't know this table."""
        return self.exclude(Exists(Attempt.objects.filter(pk=OuterRef("attempt"))))

    def of_same_person(self, attempt: Attempt) -> Self:
        """Meetings about this person's results, or with the same client in another browser."""
        own = list(Attempt.objects.of_same_person(attempt).values_list("pk", "client"))
        clients = {client for _pk, client in own if client}
        is_own = Q(attempt__in=[pk for pk, _client in own]) | Q(client__in=clients)
        people = ("counselor__user", "client__counselor__user")
        return self.with_result().filter(is_own).select_related("attempt", *people)


class Meeting(models.Model):
    """One meeting about one result. It goes with the result, and stays when sharing stops.

    `client` is empty once the counselor has deleted their record of the person.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # No constraints: the release before, which doesn't know this table, must be able to delete
    # attempts and clients.
    attempt = models.ForeignKey(
        Attempt, models.CASCADE, related_name="meetings", db_constraint=False
    )
    client = models.ForeignKey(
        Client, models.SET_NULL, null=True, related_name="meetings", db_constraint=False
    )
    # Who held it. After a handover, the client's counselor is another one.
    counselor = models.ForeignKey(Counselor, models.PROTECT, related_name="+")
    # The reasons that have a mark, as dictionaries.
    reasons = models.JSONField(default=list)
    agreement = models.TextField(max_length=AGREEMENT_LENGTH, blank=True)
    next_step = CleanNameField(max_length=STEP_LENGTH, blank=True)
    # Counts the writes, so that two tabs can't overwrite each other unnoticed.
    revision = models.PositiveSmallIntegerField(default=1)
    held_at = models.DateTimeField()

    objects: ClassVar = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("meeting")
        verbose_name_plural = gettext_lazy("meetings")
        ordering = ["-held_at", "id"]

    def __str__(self) -> str:
        return f"Meeting {self.pk}"

    @property
    def marked(self) -> tuple[Reason, ...]:
        return tuple(Reason(**each) for each in self.reasons)

    @property
    def by_mark(self) -> Iterator[tuple[Any, list[str]]]:
        """Yield each mark that was chosen, in words, with the sentences that have it."""
        for mark, words in MARKS.items():
            if texts := [reason.text for reason in self.marked if reason.mark == mark]:
                yield words, texts

    @property
    def reader(self) -> Counselor | None:
        """The counselor who can read it; None without a client or with a closed account."""
        counselor = self.client.counselor if self.client else None
        return counselor if counselor and counselor.is_open else None

    def can_change(self, counselor: Counselor, now: datetime) -> bool:
        """Say whether a counselor held it themself, and not long ago."""
        return self.counselor_id == counselor.pk and now < self.held_at + CHANGED_FOR

    def to_mark(self, shared: Sequence[Reason]) -> tuple[Reason, ...]:
        """Return what can be marked: these reasons of the shared result, and what has a mark."""
        marked = {reason.key: reason for reason in self.marked}
        offered = [marked.pop(reason.key, reason) for reason in shared]
        return (*offered, *marked.values())

    def says(self, entered: Mapping[str, Any]) -> bool:
        return all(getattr(self, name) == value for name, value in entered.items())

    def to_data(self) -> dict[str, Any]:
        """Return it for the owner's JSON file."""
        return {
            "counselor": self.counselor.name,
            "held_at": self.held_at,
            "what_i_said": [{"reason": each.text, "mark": each.mark} for each in self.marked],
            "what_we_agreed": self.agreement,
            "next_step": self.next_step,
        }


class Gone(Exception):
    """The client stopped sharing, was deleted or handed over, or deleted the meeting."""


class ChangedMeanwhile(Exception):
    """The meeting isn't as it was when the form was opened."""


def as_entered(
    reasons: Sequence[Reason], marks: Mapping[str, str], agreement: str, next_step: str
) -> dict[str, Any]:
    """Return the fields of a meeting as they are stored; `marks` are by key, empty for none."""
    marked = [replace(each, mark=marks[each.key]) for each in reasons if marks.get(each.key)]
    return {
        "reasons": [asdict(each) for each in marked],
        "agreement": agreement,
        "next_step": next_step,
    }


def hold(
    disclosure: Disclosure, meeting_id: uuid.UUID, entered: Mapping[str, Any], now: datetime
) -> Meeting:
    """Save a new meeting, or return the one that this form has saved already.

    Raises Gone and ChangedMeanwhile.
    """
    client = disclosure.client
    try:
        with transaction.atomic():
            if not is_still_own(client) or not _is_still_shared(disclosure):
                raise Gone
            meeting: Meeting = Meeting.objects.create(
                pk=meeting_id,
                attempt_id=disclosure.attempt_id,
                client=client,
                counselor=client.counselor,
                held_at=now,
                **entered,
            )
            # The client deleted it, and the counselor went back to its form.
            if recorded_among(Meeting.objects.filter(pk=meeting_id)):
                raise Gone
            AuditEntry.objects.log(client.counselor, AuditEntry.MET, client, detail=SAVED)
    except IntegrityError:
        before = Meeting.objects.filter(pk=meeting_id).first()
        if before is None:
            raise
        if before.client_id != client.pk:
            return hold(disclosure, uuid.uuid4(), entered, now)
        if not before.says(entered):
            raise ChangedMeanwhile from None
        return before
    return meeting


def _is_still_shared(disclosure: Disclosure) -> bool:
    """Lock the result, so that it stays until the meeting is saved, and look again."""
    attempts = Attempt.objects.select_for_update().filter(pk=disclosure.attempt_id)
    shared = Disclosure.objects.filter(pk=disclosure.pk, scope=disclosure.scope)
    return attempts.first() is not None and shared.exists()


def change(meeting: Meeting, client: Client, entered: Mapping[str, Any], revision: int) -> None:
    """Save a meeting that was read at this revision. Raises Gone and ChangedMeanwhile."""
    with transaction.atomic():
        if not is_still_own(client):
            raise Gone
        now_stored = Meeting.objects.filter(pk=meeting.pk, client=client)
        unchanged = now_stored.filter(revision=revision)
        if unchanged.update(revision=F("revision") + 1, **entered):
            AuditEntry.objects.log(client.counselor, AuditEntry.MET, client, detail=SAVED)
            return
    stored = now_stored.first()
    if stored is None:
        raise Gone
    # The same form sent twice has changed nothing since.
    if not stored.says(entered):
        raise ChangedMeanwhile


def delete_as_client(meeting: Meeting) -> None:
    """Delete a meeting for both; the counselor's log says that the client did."""
    with transaction.atomic():
        if delete_for_good(Meeting.objects.filter(pk=meeting.pk)) and meeting.client:
            counselor = meeting.client.counselor
            AuditEntry.objects.log(counselor, AuditEntry.ERASED, meeting.client)
    kept_pdfs.forget_all()
