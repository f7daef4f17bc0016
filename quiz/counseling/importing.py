"""Add the clients of a file: all of them or none, and no one who is there already."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language

from quiz.counseling.client_csv import EMAIL, NAME, ClientRow
from quiz.counseling.inviting import invite_all
from quiz.counseling.locks import lock
from quiz.counseling.mailing import mail_client_invitations
from quiz.counseling.models import Client, ClientInvitation, Counselor
from quiz.web.fields import folded_name


@dataclass(frozen=True)
class Plan:
    """Which rows would add a client, and which are clients already."""

    new: list[ClientRow]
    known: list[ClientRow]
    new_groups: list[str]

    @property
    def addresses(self) -> int:
        return sum(bool(row.email) for row in self.new)


def plan(counselor: Counselor, rows: Iterable[ClientRow]) -> Plan:
    """Compare rows with the counselor's clients, archived ones too: by address, else by name."""
    there: set[tuple[str, str]] = set()
    for email, folded in Client.objects.of(counselor).values_list("email", "folded"):
        there |= {(EMAIL, email.casefold()), (NAME, folded)}
    checked = [(row, row.key in there) for row in rows]
    new = [row for row, is_there in checked if not is_there]
    known = [row for row, is_there in checked if is_there]
    groups = _first_of_each(row.group for row in new if row.group)
    own = set(counselor.groups.values_list("folded", flat=True))
    return Plan(new, known, [name for folded, name in groups.items() if folded not in own])


def import_clients(
    counselor: Counselor, rows: Sequence[ClientRow], now: datetime, *, sends_email: bool
) -> int:
    """Add those rows that are new, each with an invitation; return how many. Sent twice, adds once.

    The number of queries doesn't depend on the number of rows.
    """
    with transaction.atomic():
        lock(counselor.pk)
        new = plan(counselor, rows).new
        groups = _by_name(counselor.groups, (row.group for row in new if row.group))
        tags = _by_name(counselor.tags, (tag for row in new for tag in row.tags))
        clients = Client.objects.bulk_create(
            Client(
                counselor=counselor,
                name=row.name,
                email=row.email,
                group=groups.get(folded_name(row.group)),
            )
            for row in new
        )
        through = Client.tags.through
        through.objects.bulk_create(
            through(client_id=client.pk, tag_id=tags[folded_name(tag)].pk)
            for client, row in zip(clients, new, strict=True)
            for tag in row.tags
        )
        links = invite_all(clients, now)
        if sends_email:
            _mail(link for link in links if link.client.email)
    return len(clients)


def _by_name(rows: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return groups or tags by folded name, with those created that weren't there."""
    wanted = _first_of_each(names)
    there = set(rows.filter(folded__in=wanted).values_list("folded", flat=True))
    missing = [name for folded, name in wanted.items() if folded not in there]
    rows.bulk_create(rows.model(counselor=rows.instance, name=name) for name in missing)
    return {row.folded: row for row in rows.filter(folded__in=wanted)}


def _first_of_each(names: Iterable[str]) -> dict[str, str]:
    """Return names by folded name; the first spelling of each counts."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(folded_name(name), name)
    return found


def _mail(links: Iterable[ClientInvitation]) -> None:
    ids = [str(link.pk) for link in links]
    if ids:
        mail_client_invitations.enqueue(ids, get_language() or "")
