"""Add, change and delete clients, their notes, groups and tags."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from quiz.attempts.deletions import delete_for_good
from quiz.counseling.exporting.kept import ExportFile
from quiz.counseling.inviting import new_invitation
from quiz.counseling.locks import lock
from quiz.counseling.models import (
    AuditEntry,
    Client,
    ClientGroup,
    ClientInvitation,
    ClientQuerySet,
    Counselor,
    Note,
    Tag,
)
from quiz.web.fields import folded_name
from quiz.web.mail import delete_written
from quiz.web.names import clean_line, fold


def get_or_create_by_name(rows: Any, name: str) -> Any:
    """Return the group or tag with this name, ignoring case and accents; create it if needed."""
    alike = rows.filter(folded=folded_name(name))
    if found := alike.first():
        return found
    try:
        with transaction.atomic():
            return rows.create(name=name)
    except IntegrityError:
        # Another request created it in the meantime.
        return alike.get()


def add_client(
    counselor: Counselor, client_id: UUID, values: dict[str, Any], now: datetime
) -> tuple[Client, bool]:
    """Add a client with an invitation, and return True; or the client this form already added."""
    own = Client.objects.of(counselor)
    if before := own.filter(pk=client_id).first():
        return before, False
    try:
        with transaction.atomic():
            lock(counselor.pk)
            client = Client.objects.create(pk=client_id, counselor=counselor)
            _write(client, values)
            new_invitation(client, uuid4(), now)
    except IntegrityError:
        if before := own.filter(pk=client_id).first():
            return before, False
        if not Client.objects.filter(pk=client_id).exists():
            raise
        # Someone else's client has this id. Don't reveal that; use another id.
        return add_client(counselor, uuid4(), values, now)
    return client, True


def change_client(client: Client, values: dict[str, Any]) -> bool:
    """Save the form's values. Return False if the client is no longer the counselor's."""
    with transaction.atomic():
        if not is_still_own(client):
            return False
        _write(client, values)
        AuditEntry.objects.log(client.counselor, AuditEntry.CHANGED, client)
    return True


def _write(client: Client, values: dict[str, Any]) -> None:
    counselor = client.counselor
    client.name, client.email, client.group = values["name"], values["email"], values["group"]
    if client.group:
        # A group that was handed over since the form was checked is a colleague's.
        client.group = counselor.groups.filter(pk=client.group.pk).first()
    if values["new_group"]:
        client.group = get_or_create_by_name(counselor.groups, values["new_group"])
    client.save(update_fields=["name", "folded", "email", "group"])
    client.tags.set(get_or_create_by_name(counselor.tags, word) for word in values["tags"])
    drop_unused_tags(counselor)


def delete_client(client: Client) -> bool:
    """Delete a client, if it is still the counselor's; return whether it was."""
    own = Client.objects.of(client.counselor).filter(pk=client.pk)
    return delete_clients(own) == 1


def delete_clients(chosen: ClientQuerySet, *, detail: str = "") -> int:
    """Delete clients with notes, links and disclosures; the person keeps their attempts.

    Return how many of them were still to be deleted once no one else could change them.
    """
    with transaction.atomic():
        counselors = set(chosen.order_by().values_list("counselor_id", flat=True))
        lock(*counselors)
        clients = list(chosen.filter(counselor__in=counselors))
        keys = [client.pk for client in clients]
        invitations = list(ClientInvitation.objects.filter(client__in=keys))
        # The log entries outlive the clients, so they name no one.
        AuditEntry.objects.bulk_create(
            AuditEntry(
                counselor_id=each.counselor_id,
                action=AuditEntry.DELETED,
                client=None,
                detail=detail,
            )
            for each in clients
        )
        ExportFile.objects.about(keys).delete()
        delete_for_good(Client.objects.filter(pk__in=keys))
        Tag.objects.filter(counselor__in=counselors, clients=None).delete()
    links = {each.path for each in invitations if each.path}
    if clients:
        delete_written(
            {each.email for each in clients} | {each.sent_to for each in invitations},
            lambda text: any(link in text for link in links),
        )
    return len(clients)


def is_still_own(client: Client) -> bool:
    """Lock, then say whether the client is still there and with the counselor.

    Without this check, a late request could change a client that is now a colleague's.
    """
    lock(client.counselor_id)
    return Client.objects.of(client.counselor).filter(pk=client.pk).exists()


def drop_unused_tags(counselor: Counselor) -> None:
    counselor.tags.filter(clients=None).delete()


def add_note(client: Client, note_id: UUID, text: str, *, is_for_client: bool) -> bool:
    """Add a note; the same id adds it only once.

    Return False if the client is no longer the counselor's.
    """
    try:
        with transaction.atomic():
            if not is_still_own(client):
                return False
            client.notes.create(
                pk=note_id, author=client.counselor, text=text, is_for_client=is_for_client
            )
    except IntegrityError:
        taken_by = Note.objects.filter(pk=note_id).first()
        if taken_by is None:
            raise
        if taken_by.client_id != client.pk:
            return add_note(client, uuid4(), text, is_for_client=is_for_client)
    return True


def add_group(counselor: Counselor, name: str) -> ClientGroup:
    """Add a group, or return the one with this name."""
    with transaction.atomic():
        lock(counselor.pk)
        group: ClientGroup = get_or_create_by_name(counselor.groups, name)
    return group


def rename_group(group: ClientGroup, name: str) -> bool:
    """Rename a group. Return False if another group of the counselor has this name."""
    try:
        with transaction.atomic():
            lock(group.counselor_id)
            ClientGroup.objects.filter(pk=group.pk).update(name=name, folded=folded_name(name))
    except IntegrityError:
        return False
    return True


def tags_in(text: str) -> list[str]:
    """Split at commas, and drop duplicates regardless of case and accents."""
    tags: dict[str, str] = {}
    for part in text.split(","):
        if word := clean_line(part):
            tags.setdefault(fold(word), word)
    return list(tags.values())


def in_one_line(tags: Iterable[Any]) -> str:
    """Format tags for their form field."""
    return ", ".join(tag.name for tag in tags)
