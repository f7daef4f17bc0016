"""A counselor's caseload: which clients, in which order, a page at a time."""

import re
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower

from quiz.counseling.clients import tidy
from quiz.counseling.models import Client, ClientGroup, ClientQuerySet, Counselor, Tag

PAGE_SIZE = 50
BY_NAME, NEWEST = "name", "newest"
WORDS_SEARCHED = 5


@dataclass(frozen=True)
class Chosen:
    """What a counselor wants to see of the caseload; empty means all."""

    search: str = ""
    group: ClientGroup | None = None
    tag: Tag | None = None
    state: str = ""
    sort: str = BY_NAME

    @property
    def is_all(self) -> bool:
        return not (self.search or self.group or self.tag or self.state)


@dataclass(frozen=True)
class CaseloadPage:
    """Some clients of `total`; `next_after` is where the next page begins."""

    clients: list[Client]
    total: int
    next_after: UUID | None


def caseload_page(
    counselor: Counselor, chosen: Chosen, after: UUID | None = None, size: int = PAGE_SIZE
) -> CaseloadPage:
    """Return the clients that follow one in the order chosen; the first ones without it."""
    matching = matching_clients(counselor, chosen)
    rows = matching.alias(lower_name=Lower("name"))
    if chosen.sort == NEWEST:
        rows = rows.order_by(F("created_at").desc(), "id")
    else:
        rows = rows.order_by("lower_name", "id")
    following = rows.filter(_behind(counselor, chosen.sort, after)) if after else rows
    found = list(following.select_related("group").prefetch_related("tags")[: size + 1])
    shown = found[:size]
    return CaseloadPage(
        clients=shown,
        total=matching.count(),
        next_after=shown[-1].pk if len(found) > size else None,
    )


def matching_clients(counselor: Counselor, chosen: Chosen) -> ClientQuerySet:
    """Return the counselor's own clients that fit, with their states."""
    clients = Client.objects.of(counselor).with_state()
    for word in tidy(chosen.search).split()[:WORDS_SEARCHED]:
        clients = clients.filter(_holds(word))
    if chosen.group:
        clients = clients.filter(group=chosen.group)
    if chosen.tag:
        clients = clients.filter(tags=chosen.tag)
    if chosen.state:
        clients = clients.filter(state=chosen.state)
    return clients


def _holds(word: str) -> Q:
    pattern = "".join(map(_small_or_capital, word))
    tags = Tag.objects.filter(clients=OuterRef("pk"), name__regex=pattern)
    return Q(name__regex=pattern) | Q(email__regex=pattern) | Q(Exists(tags))


def _small_or_capital(letter: str) -> str:
    """Return a pattern for a letter: SQLite, and PostgreSQL without a locale, know only ASCII's."""
    cases = {letter, *(case for case in (letter.lower(), letter.upper()) if len(case) == 1)}
    return f"[{''.join(sorted(cases))}]" if len(cases) > 1 else re.escape(letter)


def _behind(counselor: Counselor, sort: str, after: UUID) -> Q:
    """Return the condition for what stands behind a client of the counselor's, whoever it was."""
    place = Client.objects.of(counselor).filter(pk=after)
    if sort == NEWEST:
        for created_at in place.values_list("created_at", flat=True):
            return Q(created_at__lte=created_at) & (Q(created_at__lt=created_at) | Q(id__gt=after))
    else:
        # Lowered and compared by the database, which orders by the same rules.
        for name in place.values_list(Lower("name"), flat=True):
            return Q(lower_name__gte=name) & (Q(lower_name__gt=name) | Q(id__gt=after))
    # Not there any more, or never: from the beginning.
    return Q()
