"""Invitations of clients and of groups: new links in the place of old ones, and the e-mail."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from quiz.counseling.models import (
    AuditEntry,
    Client,
    ClientGroup,
    ClientInvitation,
    GroupLink,
)
from quiz.web.mail import send_text

BY_LINK, BY_EMAIL, TAKEN_BACK = "link", "email", "taken back"


def open_invitation(client: Client, now: datetime) -> ClientInvitation | None:
    """Return the link by which a client can still begin."""
    return client.invitations.open_at(now).first()


def open_group_link(group: ClientGroup, now: datetime) -> GroupLink | None:
    """Return the link by which members of a group can still begin."""
    return group.links.open_at(now).first()


def new_invitation(client: Client, link_id: UUID, now: datetime) -> ClientInvitation | None:
    """Make a link instead of the unspent ones; None when the same form made it before."""
    unspent = ClientInvitation.objects.filter(client=client, spent_at=None)
    until = now + timedelta(days=ClientInvitation.DAYS)
    with transaction.atomic():
        invitation = _in_place_of(unspent, link_id, {"client": client}, expires_at=until)
        if invitation:
            AuditEntry.objects.log(client.counselor, AuditEntry.INVITED, client, detail=BY_LINK)
    return invitation


def new_group_link(
    group: ClientGroup, link_id: UUID, places: int, now: datetime
) -> GroupLink | None:
    """Make a link instead of the one before; None when the same form made it before."""
    until = now + timedelta(days=GroupLink.DAYS)
    before = GroupLink.objects.filter(group=group)
    with transaction.atomic():
        link = _in_place_of(before, link_id, {"group": group}, places=places, expires_at=until)
        if link:
            # In words, so that no name of a group is taken for one of the ways above.
            words = _("the group %(name)s") % {"name": group.name}
            AuditEntry.objects.log(group.counselor, AuditEntry.INVITED, None, detail=words)
    return link


def _in_place_of(links: Any, link_id: UUID, owner: dict[str, Any], **values: Any) -> Any:
    """Make a link with this id and delete those; None when its owner has it already."""
    of_its_kind = links.model.objects
    try:
        with transaction.atomic():
            links.exclude(pk=link_id).delete()
            return of_its_kind.make(pk=link_id, **owner, **values)
    except IntegrityError:
        if of_its_kind.filter(pk=link_id, **owner).exists():
            return None
        if not of_its_kind.filter(pk=link_id).exists():
            raise
        # Taken by somebody else's link, of which nobody is to learn.
        return _in_place_of(links, uuid4(), owner, **values)


def take_back(client: Client) -> None:
    """End the links that the client has not used."""
    with transaction.atomic():
        deleted, _by_model = client.invitations.filter(spent_at=None).delete()
        if deleted:
            AuditEntry.objects.log(client.counselor, AuditEntry.INVITED, client, detail=TAKEN_BACK)


def send_invitation(invitation: ClientInvitation) -> bool:
    """Send a client their link; False when no post office took it, and the link stands as it is."""
    client = invitation.client
    values = {
        "client": client,
        "counselor": client.counselor,
        "url": invitation.url,
        "until": invitation.expires_at,
    }
    # Nothing that anybody typed stands in the subject.
    subject = _("An invitation to a short career quiz")
    if not send_text(subject, "counseling/invitation_email.txt", values, client.email):
        return False
    with transaction.atomic():
        ClientInvitation.objects.filter(pk=invitation.pk).update(sent_to=client.email)
        AuditEntry.objects.log(client.counselor, AuditEntry.INVITED, client, detail=BY_EMAIL)
    return True
