"""Archive clients with whom nothing happens, and delete them after that, both announced.

The site's settings say after how many days; without them, nothing happens by itself. A client's
own attempts are theirs, and stay.
"""

import time
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol, cast
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django_tasks import task

from quiz.attempts.models import Attempt
from quiz.counseling.audit_details import BY_TIME
from quiz.counseling.clients import delete_clients
from quiz.counseling.locks import lock
from quiz.counseling.models import AuditEntry, Client, ClientQuerySet, Disclosure, Note

BATCH = 200
PAUSE = 0.05  # seconds between batches, so that others can write
# The shortest notice of a deletion, also for clients who were archived before there was a limit.
NOTICE = timedelta(days=30)


class Active(Protocol):
    """A client as `with_activity` reads it."""

    pk: UUID
    archived_at: datetime | None
    delete_after: datetime | None
    active_at: datetime


def limited() -> ClientQuerySet:
    """Return clients for whom the time limits count: not those of closed accounts.

    No counselor can read there that a client will be deleted. They wait for a handover.
    """
    return Client.objects.filter(counselor__user__is_active=True)


class Ends(NamedTuple):
    """When a client is archived and deleted if nothing happens; None for never, or done."""

    archive_on: datetime | None
    delete_on: datetime | None


def with_activity(clients: ClientQuerySet) -> QuerySet[Any]:
    """Annotate with `active_at`, when client or counselor last did anything with this record."""
    moments = (
        Attempt.objects.filter(client=OuterRef("pk")).order_by("-saved_at").values("saved_at"),
        AuditEntry.objects.filter(client=OuterRef("pk")).order_by("-at").values("at"),
        Note.objects.filter(client=OuterRef("pk")).order_by("-written_at").values("written_at"),
        Disclosure.objects.filter(client=OuterRef("pk")).order_by("-at").values("at"),
    )
    newest = [Coalesce(Subquery(rows[:1]), F("created_at")) for rows in moments]
    return clients.annotate(
        active_at=Greatest(F("created_at"), *newest, output_field=DateTimeField())
    )


def ends_of(clients: Iterable[Client]) -> dict[UUID, Ends]:
    """Return what the pages of these clients announce; one query, or none without a limit."""
    archive, delete = settings.ARCHIVE_CLIENTS, settings.DELETE_ARCHIVED_CLIENTS
    keys = [client.pk for client in clients]
    if not (keys and (archive or delete)):
        return {}
    now = timezone.now()
    ends = {}
    for client in with_activity(limited().filter(pk__in=keys)):
        if client.archived_at:
            ends[client.pk] = Ends(None, _delete_on(client, now) if delete else None)
        elif archive:
            archive_on = max(client.active_at + archive, now)
            ends[client.pk] = Ends(archive_on, archive_on + delete if delete else None)
    return ends


def _delete_on(client: Active, now: datetime) -> datetime:
    """Return when an archived client is deleted. An announced date moves only further away."""
    delete = settings.DELETE_ARCHIVED_CLIENTS
    due = max(cast(datetime, client.archived_at), client.active_at) + delete
    return max(due, client.delete_after or now + min(delete, NOTICE))


# ---------------------------------------------------------------- every day


@task
def keep_time_limits() -> dict[str, int]:
    """Archive and delete what is due, and write down announced dates; return how many."""
    now, archive = timezone.now(), settings.ARCHIVE_CLIENTS
    delete = settings.DELETE_ARCHIVED_CLIENTS
    counts = {"archived": 0, "deleted": 0}
    if archive:
        idle = with_activity(limited().filter(archived_at=None, created_at__lte=now - archive))
        for chosen in _batches(idle.filter(active_at__lte=now - archive)):
            counts["archived"] += _archive(chosen, now)
    # A date that no one could read, or that no longer counts, isn't kept: the next is new.
    announced = Client.objects.filter(delete_after__isnull=False)
    unread = announced.filter(counselor__user__is_active=False) if delete else announced
    with transaction.atomic():
        unread.update(delete_after=None)
    if delete:
        archived = limited().filter(archived_at__isnull=False)
        for chosen in _batches(archived):
            _announce(chosen, now)
        due = with_activity(archived.filter(delete_after__lte=now))
        # Unless something has happened since the date was written down.
        for chosen in _batches(due.filter(active_at__lte=now - delete)):
            counts["deleted"] += delete_clients(chosen, detail=BY_TIME)
    return counts


def _batches(rows: QuerySet[Any]) -> Iterator[Any]:
    """Yield these rows in batches, each as a query that is read again when it is used."""
    after = Q()
    while keys := list(rows.filter(after).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield rows.filter(pk__in=keys)
        after = Q(pk__gt=keys[-1])
        if len(keys) == BATCH:
            time.sleep(PAUSE)


def _archive(chosen: QuerySet[Any], now: datetime) -> int:
    with transaction.atomic():
        _lock_counselors(chosen)
        clients = list(chosen)  # without those with whom something has happened since
        Client.objects.filter(pk__in=_keys(clients)).update(archived_at=now)
        AuditEntry.objects.bulk_create(
            AuditEntry(
                counselor_id=client.counselor_id,
                client=client,
                action=AuditEntry.ARCHIVED,
                detail=BY_TIME,
            )
            for client in clients
        )
    return len(clients)


def _announce(chosen: QuerySet[Any], now: datetime) -> None:
    """Write down when archived clients are deleted; later, if something has happened since."""
    with transaction.atomic():
        _lock_counselors(chosen)
        changed = []
        for client in with_activity(cast(ClientQuerySet, chosen)):
            delete_after = _delete_on(client, now)
            if delete_after != client.delete_after:
                client.delete_after = delete_after
                changed.append(client)
        Client.objects.bulk_update(changed, ["delete_after"])


def _lock_counselors(clients: QuerySet[Any]) -> None:
    lock(*clients.order_by().values_list("counselor_id", flat=True).distinct())


def _keys(clients: Collection[Any]) -> list[UUID]:
    return [client.pk for client in clients]
