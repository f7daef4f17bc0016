"""What counselors do with their clients' rows: add, change, hand over, delete."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from quiz.counseling.inviting import new_invitation
from quiz.counseling.models import AuditEntry, Client, ClientGroup, Counselor, Note


def tidy(text: str) -> str:
    """Return a name on one line, each letter spelled in one way, so that a search finds it."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def named(rows: Any, name: str) -> Any:
    """Return a counselor's group or tag of this name, small letters or capitals; new if need be."""
    # Lowered by the database, as its own rule does it.
    alike = rows.alias(lower_name=Lower("name")).filter(lower_name=Lower(Value(name)))
    if found := alike.first():
        return found
    try:
        with transaction.atomic():
            return rows.create(name=name)
    except IntegrityError:
        # Made by another request in the meantime.
        return alike.get()


def add_client(
    counselor: Counselor, client_id: UUID, values: dict[str, Any], now: datetime
) -> tuple[Client, bool]:
    """Add a client with a first invitation; or return the one that the same form made before."""
    own = Client.objects.of(counselor)
    if before := own.filter(pk=client_id).first():
        return before, False
    try:
        with transaction.atomic():
            _take_turn(counselor)
            client = Client.objects.create(pk=client_id, counselor=counselor)
            _write(client, values)
            new_invitation(client, uuid4(), now)
    except IntegrityError:
        if before := own.filter(pk=client_id).first():
            return before, False
        if not Client.objects.filter(pk=client_id).exists():
            raise
        # Taken by somebody else's row, of which nobody is to learn.
        return add_client(counselor, uuid4(), values, now)
    return client, True


def change_client(client: Client, values: dict[str, Any]) -> bool:
    """Write what the form says of a client; False when it is not the counselor's any more."""
    with transaction.atomic():
        if not _is_still_own(client):
            return False
        _write(client, values)
        AuditEntry.objects.log(client.counselor, AuditEntry.CHANGED, client)
    return True


def _write(client: Client, values: dict[str, Any]) -> None:
    counselor = client.counselor
    client.name, client.email, client.group = values["name"], values["email"], values["group"]
    if values["new_group"]:
        client.group = named(counselor.groups, values["new_group"])
    client.save(update_fields=["name", "email", "group"])
    client.tags.set(named(counselor.tags, word) for word in values["tags"])
    _drop_unused_tags(counselor)


def delete_client(client: Client) -> bool:
    """Delete a client with notes, links and what was shared; attempts stay with the person.

    False when it is not the counselor's any more.
    """
    with transaction.atomic():
        if not _is_still_own(client):
            return False
        # The entry outlives the row and so names nobody.
        AuditEntry.objects.log(client.counselor, AuditEntry.DELETED, None)
        client.delete()
        _drop_unused_tags(client.counselor)
    return True


def hand_over(client: Client, receiver: Counselor) -> bool:
    """Let a colleague have a client; False when it is not the counselor's any more."""
    giver = client.counselor
    with transaction.atomic():
        _take_turn(giver)
        # Group and tags are the giver's own.
        moved = Client.objects.of(giver).filter(pk=client.pk)
        if not moved.update(counselor=receiver, group=None):
            return False
        client.tags.clear()
        _drop_unused_tags(giver)
        for counselor, words in (
            (giver, _("to %(name)s") % {"name": receiver.name}),
            (receiver, _("from %(name)s") % {"name": giver.name}),
        ):
            AuditEntry.objects.log(counselor, AuditEntry.HANDED_OVER, client, detail=words)
    return True


def colleague_of(counselor: Counselor, email: str) -> Counselor | None:
    """Return the other counselor with this address whose account is open."""
    found = Counselor.objects.filter(user__email__iexact=email, user__is_active=True)
    return found.exclude(pk=counselor.pk).order_by("pk").first()


def _take_turn(counselor: Counselor) -> None:
    """Let writes of one counselor wait for each other: one may drop the tag that another takes."""
    Counselor.objects.select_for_update().get(pk=counselor.pk)


def _is_still_own(client: Client) -> bool:
    """Take the counselor's turn and say whether the client was not handed over or deleted before.

    Otherwise what was meant for an own client would be done to a colleague's.
    """
    _take_turn(client.counselor)
    return Client.objects.of(client.counselor).filter(pk=client.pk).exists()


def _drop_unused_tags(counselor: Counselor) -> None:
    counselor.tags.filter(clients=None).delete()


def add_note(client: Client, note_id: UUID, text: str, *, is_for_client: bool) -> None:
    """Write a note down, once."""
    try:
        with transaction.atomic():
            client.notes.create(
                pk=note_id, author=client.counselor, text=text, is_for_client=is_for_client
            )
    except IntegrityError:
        taken_by = Note.objects.filter(pk=note_id).first()
        if taken_by is None:
            raise
        if taken_by.client_id != client.pk:
            add_note(client, uuid4(), text, is_for_client=is_for_client)


def add_group(counselor: Counselor, name: str) -> ClientGroup:
    """Return the group of this name; the form sent twice makes one."""
    with transaction.atomic():
        group: ClientGroup = named(counselor.groups, name)
    return group


def rename_group(group: ClientGroup, name: str) -> bool:
    """Give a group another name; False when another one of the counselor's has it."""
    try:
        with transaction.atomic():
            ClientGroup.objects.filter(pk=group.pk).update(name=name)
    except IntegrityError:
        return False
    return True


def tags_in(text: str) -> list[str]:
    """Return the words between commas, each once."""
    tags: dict[str, str] = {}
    for part in text.split(","):
        if word := tidy(part):
            tags.setdefault(word.casefold(), word)
    return list(tags.values())


def in_one_line(tags: Iterable[Any]) -> str:
    """Return tags as their form takes them."""
    return ", ".join(tag.name for tag in tags)
