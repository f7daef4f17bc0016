"""The wall page of a group: who has started and finished, in numbers, and the results as dots.

Why results appear in batches: docs/decisions/2026-12-01-dots-in-batches.md.
"""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F

from quiz.counseling.audit_details import of_group
from quiz.counseling.dot_batches import Batch, can_add, new_batches, shown_of
from quiz.counseling.group_report import LeanCounts, leans_of
from quiz.counseling.models import (
    FINISHED,
    SHARED,
    STARTED,
    AuditEntry,
    Client,
    ClientGroup,
    Disclosure,
    DisclosureQuerySet,
)


@dataclass(frozen=True)
class Wall:
    """Numbers of people, and the keys of the results in the picture.

    `can_add` says whether there are enough new results for more dots.
    """

    started: int
    finished: int
    shown: frozenset[str]
    can_add: bool

    @property
    def leans(self) -> LeanCounts | None:
        """The picture; None without results. It needs another query."""
        found = Disclosure.objects.filter(pk__in=[UUID(key) for key in self.shown])
        results = [each.result for each in found.select_related("attempt")]
        return leans_of(results) if results else None


def wall_of(group: ClientGroup) -> Wall:
    """Return what the page shows now, in three queries."""
    clients = Client.objects.of(group.counselor).filter(group=group).with_state()
    states = Counter(clients.order_by().values_list(F("state"), flat=True))
    shared = _shared_in(group)
    finished = states[FINISHED] + states[SHARED]
    return Wall(
        started=states[STARTED] + finished,
        finished=finished,
        shown=shown_of(group.on_wall or [], shared),
        can_add=can_add(_used(group), shared),
    )


def show_results(group: ClientGroup) -> None:
    """Add the results that were never shown to the picture, if they are enough for a batch."""
    with transaction.atomic():
        # One after the other, so that a double click adds nothing twice.
        locked = ClientGroup.objects.select_for_update(of=("self",)).select_related("counselor")
        current = locked.filter(pk=group.pk).first()
        added = new_batches(_used(current), _shared_in(current)) if current else []
        if current and added:
            on_wall = [*(current.on_wall or []), *added]
            ClientGroup.objects.filter(pk=current.pk).update(on_wall=on_wall)
            AuditEntry.objects.log(
                current.counselor, AuditEntry.SHOWED, None, detail=of_group(current)
            )


def _shared_in(group: ClientGroup) -> set[str]:
    """Return the newest result that each client shares."""
    shared: DisclosureQuerySet = Disclosure.objects.of(group.counselor)
    return {str(key) for key in shared.filter(client__group=group).newest_keys()}


def _used(group: ClientGroup) -> list[Batch]:
    """Return the batches of all groups of the counselor: someone may have moved between them."""
    walls = group.counselor.groups.filter(on_wall__isnull=False).order_by()
    return [batch for wall in walls.values_list("on_wall", flat=True) for batch in wall or []]
