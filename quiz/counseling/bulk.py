"""What a counselor does with several clients at the same time. Ids of others' clients count for
nothing, and the number of queries doesn't depend on how many there are.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from quiz.counseling.clients import drop_unused_tags, get_or_create_by_name
from quiz.counseling.locks import lock
from quiz.counseling.models import AuditEntry, Client, ClientGroup, Counselor

MOST_TAGS = 20  # of one client


def add_tags(counselor: Counselor, ids: Collection[UUID], names: Iterable[str]) -> int:
    """Add tags to clients that have room for them; return to how many."""
    with transaction.atomic():
        lock(counselor.pk)
        tags = [get_or_create_by_name(counselor.tags, name) for name in names]
        found = Client.objects.of(counselor).filter(pk__in=ids).annotate(has=Count("tags"))
        clients = list(found.filter(has__lte=MOST_TAGS - len(tags)).order_by("pk"))
        through = Client.tags.through
        links = [through(client_id=each.pk, tag_id=tag.pk) for each in clients for tag in tags]
        through.objects.bulk_create(links, ignore_conflicts=True)
        drop_unused_tags(counselor)
        _log(counselor, clients, AuditEntry.CHANGED)
    return len(clients)


def move_to_group(
    counselor: Counselor, ids: Collection[UUID], group: ClientGroup | None, new_name: str
) -> int:
    """Move clients to a group, or to a new one with this name; return how many."""
    with transaction.atomic():
        lock(counselor.pk)
        if new_name:
            group = get_or_create_by_name(counselor.groups, new_name)
        elif group:
            # It may have been handed over or deleted since the form was checked.
            group = counselor.groups.filter(pk=group.pk).first()
        if group is None:
            return 0
        own = Client.objects.of(counselor).filter(pk__in=ids)
        clients = list(own.order_by("pk"))
        own.update(group=group)
        _log(counselor, clients, AuditEntry.CHANGED)
    return len(clients)


def archive(counselor: Counselor, ids: Collection[UUID], now: datetime) -> int:
    """Take clients out of the list; return how many were in it."""
    return _archive(counselor, ids, now)


def restore(counselor: Counselor, ids: Collection[UUID]) -> int:
    """Take clients out of the archive; return how many were there."""
    return _archive(counselor, ids, None)


def _archive(counselor: Counselor, ids: Collection[UUID], at: datetime | None) -> int:
    with transaction.atomic():
        lock(counselor.pk)
        own = Client.objects.of(counselor).filter(pk__in=ids, archived_at__isnull=bool(at))
        clients = list(own.order_by("pk"))
        own.update(archived_at=at, delete_after=None)
        _log(counselor, clients, AuditEntry.ARCHIVED if at else AuditEntry.RESTORED)
    return len(clients)


def _log(counselor: Counselor, clients: Iterable[Client], action: str) -> None:
    AuditEntry.objects.bulk_create(
        AuditEntry(counselor=counselor, client=client, action=action) for client in clients
    )
