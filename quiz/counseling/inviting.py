"""Invite clients and groups: replace old links with new ones."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from quiz.attempts.deletions import delete_for_good
from quiz.counseling.audit_details import BY_LINK, CANCELED, of_group
from quiz.counseling.coded_links import free_nonces
from quiz.counseling.models import (
    AuditEntry,
    Client,
    ClientGroup,
    ClientInvitation,
    GroupLink,
)


def place_for_codes() -> str:
    """Return the address of the page for codes as people type it: without https://."""
    return f"{settings.SITE_URL}{reverse('quiz:invitation_code')}".split("://")[-1]


def open_invitation(client: Client, now: datetime) -> ClientInvitation | None:
    """Return the client's unused, unexpired link."""
    return client.invitations.open_at(now).select_related("mail").first()


def open_group_link(group: ClientGroup, now: datetime) -> GroupLink | None:
    """Return the group's unexpired link with places left."""
    return group.links.open_at(now).first()


def new_invitation(client: Client, link_id: UUID, now: datetime) -> ClientInvitation | None:
    """Replace the unused links with a new one. Return None if this form already did."""
    unspent = ClientInvitation.objects.filter(client=client, spent_at=None)
    until = now + timedelta(days=ClientInvitation.DAYS)
    with transaction.atomic():
        invitation: ClientInvitation | None = _replace(
            unspent, link_id, {"client": client}, expires_at=until
        )
        if invitation:
            AuditEntry.objects.log(client.counselor, AuditEntry.INVITED, client, detail=BY_LINK)
    return invitation


def invite_all(clients: Sequence[Client], now: datetime) -> list[ClientInvitation]:
    """Replace the unused links of a counselor's clients with new ones; return these."""
    links = ClientInvitation.objects
    until = now + timedelta(days=ClientInvitation.DAYS)
    with transaction.atomic():
        delete_for_good(links.filter(client__in=clients, spent_at=None))
        made: list[ClientInvitation] = links.bulk_create(
            links.unsaved(nonce=nonce, client=client, expires_at=until)
            for client, nonce in zip(clients, free_nonces(len(clients)), strict=True)
        )
        AuditEntry.objects.bulk_create(
            AuditEntry(
                counselor_id=client.counselor_id,
                action=AuditEntry.INVITED,
                client=client,
                detail=BY_LINK,
            )
            for client in clients
        )
    return made


def new_group_link(
    group: ClientGroup, link_id: UUID, places: int, now: datetime
) -> GroupLink | None:
    """Replace the group's link with a new one. Return None if this form already did."""
    until = now + timedelta(days=GroupLink.DAYS)
    before = GroupLink.objects.filter(group=group)
    with transaction.atomic():
        link: GroupLink | None = _replace(
            before, link_id, {"group": group}, places=places, expires_at=until
        )
        if link:
            detail = of_group(group)
            AuditEntry.objects.log(group.counselor, AuditEntry.INVITED, None, detail=detail)
    return link


def _replace(links: Any, link_id: UUID, owner: dict[str, Any], **values: Any) -> Any:
    """Create a link with this id and delete `links`. Return None if the owner already has it."""
    of_its_kind = links.model.objects
    try:
        with transaction.atomic():
            delete_for_good(links.exclude(pk=link_id))
            return of_its_kind.make(pk=link_id, **owner, **values)
    except IntegrityError:
        if of_its_kind.filter(pk=link_id, **owner).exists():
            return None
        if not of_its_kind.filter(pk=link_id).exists():
            raise
        # Someone else's link has this id. Don't reveal that; use another id.
        return _replace(links, uuid4(), owner, **values)


def cancel_invitations(client: Client) -> None:
    """Delete the client's unused links."""
    with transaction.atomic():
        if delete_for_good(client.invitations.filter(spent_at=None)):
            AuditEntry.objects.log(client.counselor, AuditEntry.INVITED, client, detail=CANCELED)
