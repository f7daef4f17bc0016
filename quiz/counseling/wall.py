"""The wall page of a group: who has started and finished, in numbers, and the results as dots.

Why results appear in batches: docs/decisions/2026-12-01-dots-in-batches.md.
"""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import models, transaction
from django.db.models import F

from quiz.attempts.models import Attempt
from quiz.counseling.audit_details import of_group
from quiz.counseling.dot_batches import (
    Batch,
    Shared,
    can_add,
    never_shown,
    new_batches,
    shown_of,
)
from quiz.counseling.group_report import LeanCounts, leans_of
from quiz.counseling.locks import lock
from quiz.counseling.models import (
    FINISHED,
    SHARED,
    STARTED,
    AuditEntry,
    Client,
    ClientGroup,
    Disclosure,
)


class Dot(models.Model):
    """A result that the wall page has shown, and with which others.

    It stays when sharing stops or the group is deleted, and goes with the result.
    """

    # No constraint: the release before, which doesn't know this table, must be able to delete
    # attempts. A batch that lacks one is hidden.
    attempt = models.OneToOneField(
        Attempt, models.CASCADE, primary_key=True, related_name="dot", db_constraint=False
    )
    batch = models.UUIDField()
    batch_size = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"Dot {self.pk}"


@dataclass(frozen=True)
class Wall:
    """Numbers of people, and the attempts in the picture.

    `can_add` says whether there are enough new results for more dots.
    """

    started: int
    finished: int
    shown: frozenset[int]
    can_add: bool

    @property
    def leans(self) -> LeanCounts | None:
        """The picture; None without results. It needs another query."""
        results = [each.stored_result for each in Attempt.objects.filter(pk__in=self.shown)]
        return leans_of(results) if results else None


def wall_of(group: ClientGroup) -> Wall:
    """Return what the page shows now, in two queries."""
    clients = Client.objects.of(group.counselor).filter(group=group).with_state()
    states = Counter(clients.order_by().values_list(F("state"), flat=True))
    shared = _shared_in(group)
    finished = states[FINISHED] + states[SHARED]
    return Wall(
        started=states[STARTED] + finished,
        finished=finished,
        shown=shown_of(shared),
        can_add=can_add(shared),
    )


def show_results(group: ClientGroup) -> None:
    """Add the results that were never shown to the picture, if they are enough for a batch."""
    with transaction.atomic():
        # One after the other, so that a double click adds nothing twice.
        lock(group.counselor_id)
        added = new_batches(never_shown(_shared_in(group)))
        for attempts in added:
            batch = uuid4()
            Dot.objects.bulk_create(
                Dot(attempt_id=key, batch=batch, batch_size=len(attempts)) for key in attempts
            )
        if added:
            AuditEntry.objects.log(group.counselor, AuditEntry.SHOWED, None, detail=of_group(group))


def _shared_in(group: ClientGroup) -> Shared:
    """Return the newest result that each client shares, and its batch."""
    rows = (
        Disclosure.objects.of(group.counselor)
        .filter(client__group=group)
        .newest_first()
        .values_list("client", "attempt", "attempt__dot__batch", "attempt__dot__batch_size")
    )
    newest: dict[UUID, tuple[int, Batch | None]] = {}
    for client, attempt, batch, size in rows:
        newest.setdefault(client, (attempt, Batch(batch, size) if batch else None))
    return dict(newest.values())
