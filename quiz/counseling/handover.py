"""Hand clients and groups over to another counselor, and say who had a client before."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from quiz.counseling.audit_details import giver_in, handed_by, handed_to, of_group
from quiz.counseling.clients import drop_unused_tags
from quiz.counseling.exporting.kept import ExportFile
from quiz.counseling.locks import lock
from quiz.counseling.models import (
    NAME_LENGTH,
    AuditEntry,
    Client,
    ClientGroup,
    ClientInvitation,
    ClientQuerySet,
    Counselor,
    Disclosure,
    GroupLink,
    Tag,
)
from quiz.web.fields import folded_name


@dataclass(frozen=True)
class Part:
    """What moves of a caseload: single clients, and whole groups with all of their clients."""

    clients: Collection[UUID] = ()
    groups: Collection[UUID] = ()
    is_all: bool = False

    def groups_of(self, giver: Counselor) -> QuerySet[ClientGroup]:
        return giver.groups.all() if self.is_all else giver.groups.filter(pk__in=self.groups)

    def clients_of(self, giver: Counselor, groups: Iterable[ClientGroup]) -> ClientQuerySet:
        own = Client.objects.of(giver)
        return own if self.is_all else own.filter(Q(pk__in=self.clients) | Q(group__in=groups))


class Moved(NamedTuple):
    clients: int
    groups: int


def hand_over(
    giver: Counselor, receiver: Counselor, part: Part, *, by_admin: bool = False
) -> Moved:
    """Give clients to a colleague with notes, tags and links; what is shared stays shared.

    Return how many clients and groups moved: none if they have moved already, or if the receiver's
    account is closed. A client whose group stays leaves it.
    """
    with transaction.atomic():
        lock(giver.pk, receiver.pk)
        if not _is_open(receiver):
            return Moved(0, 0)
        # Whoever joins one of them now waits, and becomes the receiver's client.
        groups = list(part.groups_of(giver).select_for_update(no_key=True).order_by("pk"))
        moving = part.clients_of(giver, groups)
        clients = list(moving.order_by("pk").values_list("pk", flat=True))
        if clients or groups:
            ExportFile.objects.filter(counselor=giver).delete()
            _move_tags(moving, giver, receiver)
            moving.exclude(group__in=groups).update(group=None)
            moving.update(counselor=receiver)
            _move_groups(groups, giver, receiver)
            drop_unused_tags(giver)
            _log(giver, receiver, clients, groups, by_admin=by_admin)
    return Moved(len(clients), len(groups))


def _is_open(counselor: Counselor) -> bool:
    """Lock the account, so that it isn't closed before the transaction ends."""
    locked = User.objects.select_for_update(no_key=True).filter(pk=counselor.user_id)
    return any(locked.values_list("is_active", flat=True))


def _move_tags(moving: ClientQuerySet, giver: Counselor, receiver: Counselor) -> None:
    """Point the clients' tags to tags of the same name that are the receiver's."""
    own = set(receiver.tags.values_list("folded", flat=True))
    used = giver.tags.filter(clients__in=moving).distinct()
    Tag.objects.bulk_create(
        Tag(counselor=receiver, name=tag.name) for tag in used if tag.folded not in own
    )
    now = Tag.objects.filter(pk=OuterRef(OuterRef("tag_id"))).values("folded")
    same = receiver.tags.filter(folded=Subquery(now)).order_by().values("pk")
    Client.tags.through.objects.filter(client__in=moving).update(tag_id=Subquery(same))


def _move_groups(groups: list[ClientGroup], giver: Counselor, receiver: Counselor) -> None:
    for group, name in _new_names(groups, giver, receiver):
        if name != group.name:
            renamed = ClientGroup.objects.filter(pk=group.pk)
            renamed.update(name=name, folded=folded_name(name))
    ClientGroup.objects.filter(pk__in=[group.pk for group in groups]).update(counselor=receiver)


def _new_names(
    groups: Iterable[ClientGroup], giver: Counselor, receiver: Counselor
) -> list[tuple[ClientGroup, str]]:
    """Pair groups with the names they get: the receiver may have a group of the same name."""
    theirs = set(receiver.groups.values_list("folded", flat=True))
    taken = theirs | set(giver.groups.values_list("folded", flat=True))
    named = []
    for group in groups:
        name, number = group.name, 2
        if group.folded in theirs:
            while folded_name(name) in taken:
                ending = f" ({number})"
                name, number = group.name[: NAME_LENGTH - len(ending)] + ending, number + 1
            taken.add(folded_name(name))
        named.append((group, name))
    return named


def _log(
    giver: Counselor,
    receiver: Counselor,
    clients: Iterable[UUID],
    groups: Iterable[ClientGroup],
    *,
    by_admin: bool,
) -> None:
    sides = ((giver, handed_to(receiver, by_admin)), (receiver, handed_by(giver, by_admin)))
    about: list[tuple[UUID | None, str]] = [(client, "") for client in clients]
    about += [(None, of_group(group)) for group in groups]
    action = AuditEntry.HANDED_OVER
    AuditEntry.objects.bulk_create(
        AuditEntry(counselor=side, action=action, client_id=client, detail=group or detail)
        for side, detail in sides
        for client, group in about
    )


# ---------------------------------------------------------------- before it happens


@dataclass(frozen=True)
class Preview:
    """What a handover would move: numbers, groups with their new names, and groups left behind."""

    clients: int
    sharing: int
    groups: list[tuple[ClientGroup, str]]
    left: list[ClientGroup]
    invitations: int
    links: int


def preview(giver: Counselor, receiver: Counselor, part: Part) -> Preview:
    groups = list(part.groups_of(giver).order_by("folded", "id"))
    moving = part.clients_of(giver, groups)
    now = timezone.now()
    # Those of a closed account, too: they work again with the receiver.
    invitations = ClientInvitation.objects.filter(client__in=moving, spent_at=None)
    links = GroupLink.objects.filter(group__in=groups, used__lt=F("places"))
    return Preview(
        clients=moving.count(),
        sharing=Disclosure.objects.filter(client__in=moving).values("client").distinct().count(),
        groups=_new_names(groups, giver, receiver),
        left=list(
            giver.groups.filter(clients__in=moving)
            .exclude(pk__in=[group.pk for group in groups])
            .distinct()
            .order_by("folded", "id")
        ),
        invitations=invitations.filter(expires_at__gt=now).count(),
        links=links.filter(expires_at__gt=now).count(),
    )


def whole_groups(giver: Counselor, clients: Collection[UUID]) -> QuerySet[ClientGroup]:
    """Return groups all of whose clients are among these, and that have any."""
    own = Client.objects.of(giver)
    others = own.exclude(pk__in=clients).filter(group__isnull=False)
    groups = giver.groups.filter(pk__in=own.filter(pk__in=clients).values("group"))
    return groups.exclude(pk__in=others.values("group"))


def colleague_of(counselor: Counselor, email: str) -> Counselor | None:
    """Return another counselor with this address and an open account."""
    found = Counselor.objects.filter(user__email__iexact=email, user__is_active=True)
    return found.exclude(pk=counselor.pk).order_by("pk").first()


# ---------------------------------------------------------------- afterwards


class Change(NamedTuple):
    """When a client got the counselor they have now, and from whom."""

    at: datetime
    before: Counselor


def last_changes(clients: Iterable[Client]) -> dict[UUID, Change]:
    """Return the last change of each client's counselor, of those that had one, by client."""
    entries = AuditEntry.objects.filter(client__in=clients, action=AuditEntry.HANDED_OVER)
    newest = {entry.client_id: entry for entry in entries.order_by("at", "pk")}
    # The receiver's entry names the giver. Both are written in one statement, the giver's first.
    givers = {key: giver_in(entry.detail) for key, entry in newest.items()}
    counselors = Counselor.objects.in_bulk({pk for pk in givers.values() if pk})
    return {
        key: Change(newest[key].at, counselors[pk])
        for key, pk in givers.items()
        if key and pk in counselors
    }
