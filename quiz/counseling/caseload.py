"""A counselor's caseload: filtered, sorted and paged clients."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    Exists,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from quiz.attempts.models import Attempt
from quiz.core.packing import LEAN_PLACE, VERDICT_PLACE
from quiz.core.verdict import INSUFFICIENT, Verdict
from quiz.counseling.models import (
    FINISHED,
    INVITED,
    SHARED,
    STARTED,
    Client,
    ClientGroup,
    ClientInvitation,
    ClientQuerySet,
    Counselor,
    Disclosure,
    Tag,
)
from quiz.results.pictures import Level, level_of
from quiz.web.names import clean_line, fold

PAGE_SIZE = 50
# A page has 5 seconds, and finding out the state of a client takes three look-ups.
MOST_COUNTED = 1_000
WORDS_SEARCHED = 5
STATES = (INVITED, STARTED, FINISHED, SHARED)

# What a list is sorted by. With a minus in front, the order is reversed.
NAME, STATE, RESULT, ADDED = "name", "state", "result", "added"
SORTS = tuple(sign + key for key in (NAME, STATE, RESULT, ADDED) for sign in ("", "-"))
# Beyond every lean (-50..50), so that clients without a suggestion come last.
BEYOND = 1000.0


@dataclass(frozen=True)
class Chosen:
    """Filters and sort order of a caseload. Empty filters match all clients.

    Archived clients are apart: either these, or all others, or with None both.
    """

    search: str = ""
    group: ClientGroup | None = None
    tag: Tag | None = None
    state: str = ""
    archived: bool | None = False
    sort: str = NAME

    @property
    def is_all(self) -> bool:
        return not (self.search or self.group or self.tag or self.state or self.archived)

    @property
    def states(self) -> tuple[str, ...]:
        """The states that the filter keeps: a client who shares has finished, too."""
        return {"": STATES, FINISHED: (FINISHED, SHARED)}.get(self.state, (self.state,))


@dataclass(frozen=True)
class Listed:
    """A client in the list, the newest result they share, and since when their state is so."""

    client: Client
    disclosure: Disclosure | None
    since: datetime

    @property
    def level(self) -> Level | None:
        return level_of(self.disclosure.result) if self.disclosure else None


@dataclass(frozen=True)
class CaseloadPage:
    """One page of `total` clients. The next page starts after the client `next_after`.

    `counts` maps each filter by state to the clients who match it and all other filters. Counting
    ends at MOST_COUNTED + 1, which means "more". If more match the other filters, only the chosen
    state is counted, and the others are None.
    """

    rows: tuple[Listed, ...]
    counts: Mapping[str, int | None]
    total: int
    next_after: UUID | None

    @property
    def has_more_than_counted(self) -> bool:
        return self.total > MOST_COUNTED

    @property
    def clients(self) -> list[Client]:
        return [row.client for row in self.rows]


def caseload_page(
    counselor: Counselor, chosen: Chosen, after: UUID | None = None, size: int = PAGE_SIZE
) -> CaseloadPage:
    """Return the page that starts after a client, or the first page."""
    counts = _counts(counselor, chosen)
    rows = _sorted(matching_clients(counselor, chosen), chosen.sort)
    following = rows.filter(_behind(counselor, chosen.sort, after)) if after else rows
    found = list(following.select_related("group").prefetch_related("tags")[: size + 1])
    shown = found[:size]
    shared = Disclosure.objects.filter(client__in=shown).newest_by_client()
    since = state_dates(shown)
    return CaseloadPage(
        rows=tuple(Listed(each, shared.get(each.pk), since[each.pk]) for each in shown),
        counts=counts,
        total=counts[chosen.state] or 0,
        next_after=shown[-1].pk if len(found) > size else None,
    )


def matching_clients(counselor: Counselor, chosen: Chosen) -> ClientQuerySet:
    """Return the counselor's clients that match the filters, annotated with `state`."""
    clients = Client.objects.of(counselor).with_state()
    for word in clean_line(chosen.search).split()[:WORDS_SEARCHED]:
        clients = clients.filter(_holds(counselor, word))
    if chosen.group:
        clients = clients.filter(group=chosen.group)
    if chosen.tag:
        clients = clients.filter(tags=chosen.tag)
    if chosen.state:
        clients = clients.filter(Q(state__in=chosen.states))
    if chosen.archived is not None:
        clients = clients.filter(archived_at__isnull=not chosen.archived)
    return clients


def state_dates(clients: Sequence[Client]) -> dict[UUID, datetime]:
    """Return since when each client, annotated with `state`, has been in that state; one query."""
    attempts = Attempt.objects.filter(client=OuterRef("pk"))
    found = Client.objects.filter(pk__in=[client.pk for client in clients]).values_list(
        "pk",
        _newest(ClientInvitation.objects.filter(client=OuterRef("pk")), "created_at"),
        _newest(attempts, "started_at"),
        _newest(attempts.filter(finished_at__isnull=False), "finished_at"),
        _newest(Disclosure.objects.filter(client=OuterRef("pk")), "at"),
    )
    dates = {pk: dict(zip(STATES, each, strict=True)) for pk, *each in found}
    # Someone may have deleted a quiz since the state was read.
    return {
        client.pk: dates.get(client.pk, {}).get(client.state) or client.created_at
        for client in clients
    }


def _newest(rows: QuerySet[Any], field: str) -> Subquery:
    return Subquery(rows.order_by(f"-{field}").values(field)[:1])


def _holds(counselor: Counselor, word: str) -> Q:
    folded = fold(word)
    tags = counselor.tags.filter(clients=OuterRef("pk"), folded__contains=folded)
    return Q(folded__contains=folded) | Q(email__icontains=word) | Q(Exists(tags))


def counted(counselor: Counselor, chosen: Chosen) -> int:
    """Count the clients that match; MOST_COUNTED + 1 means "more"."""
    return _first(counselor, chosen).count()


def _counts(counselor: Counselor, chosen: Chosen) -> dict[str, int | None]:
    """Count the clients by state who match the other filters; one query unless they are many."""
    all_states = replace(chosen, state="")
    first = Client.objects.filter(pk__in=_first(counselor, all_states).values("pk"))
    by_state = Counter(first.with_state().values_list(F("state"), flat=True))
    if by_state.total() <= MOST_COUNTED:
        return {
            state: sum(by_state[each] for each in replace(chosen, state=state).states)
            for state in ("", *STATES)
        }
    counts: dict[str, int | None] = dict.fromkeys(STATES)
    counts[""] = by_state.total()
    if chosen.state:
        counts[chosen.state] = counted(counselor, chosen)
    return counts


def _first(counselor: Counselor, chosen: Chosen) -> ClientQuerySet:
    """Return as many matching clients as are counted, and one more, in any order."""
    return matching_clients(counselor, chosen).order_by()[: MOST_COUNTED + 1]


# ---------------------------------------------------------------- order


def _sorted(clients: ClientQuerySet, sort: str) -> ClientQuerySet:
    """Sort clients, in ties by name and then by id, so that the order is always the same."""
    if sort.endswith(STATE):
        places = [When(state=state, then=Value(place)) for place, state in enumerate(STATES)]
        clients = clients.annotate(place=Case(*places))
    if sort.endswith(RESULT):
        beyond = -BEYOND if sort.startswith("-") else BEYOND
        clients = clients.annotate(place=Coalesce(Subquery(_newest_lean()), Value(beyond)))
    first, *ties = _keys(sort)
    return clients.order_by(F(first).desc() if sort.startswith("-") else F(first), *ties)


def _keys(sort: str) -> list[str]:
    """Return the fields that decide the order; only the first is ever reversed."""
    first = {NAME: "folded", ADDED: "created_at"}.get(sort.lstrip("-"), "place")
    return list(dict.fromkeys((first, "folded", "id")))


def _newest_lean() -> QuerySet[Disclosure, Any]:
    """The lean of the newest result that a client shares, as `newest_by_client` picks it.

    Null if its answers can't carry a suggestion.
    """
    newest = Disclosure.objects.filter(client=OuterRef("pk"))
    newest = newest.order_by("-attempt__finished_at", "-pk")
    # In the short form a result is a list, in the long form an object.
    lean = Coalesce(
        Cast(F(f"attempt__result__{LEAN_PLACE}"), FloatField()),
        Cast(F("attempt__result__lean"), FloatField()),
    )
    short = Q(**{f"attempt__result__{VERDICT_PLACE}": Verdict.INSUFFICIENT.order})
    suggests_nothing = short | Q(attempt__result__band=INSUFFICIENT)
    return newest.values(lean=Case(When(suggests_nothing, then=None), default=lean))[:1]


def _behind(counselor: Counselor, sort: str, after: UUID) -> Q:
    """Match the clients that come after this one in the sort order."""
    keys = _keys(sort)
    place = _sorted(Client.objects.of(counselor).with_state(), sort).filter(pk=after)
    for values in place.values_list(*keys):
        ways = ["lt" if sort.startswith("-") else "gt", *["gt"] * (len(keys) - 1)]
        return _beyond(list(zip(keys, ways, values, strict=True)))
    # No such client (any more): start from the first page.
    return Q()


def _beyond(keys: Sequence[tuple[str, str, Any]]) -> Q:
    """Match rows beyond these values, the most significant first."""
    (key, way, value), *ties = keys
    beyond = Q(**{f"{key}__{way}": value})
    if not ties:
        return beyond
    # The first condition is enough for an index; with the OR alone, all rows would be read.
    return Q(**{f"{key}__{way}e": value}) & (beyond | _beyond(ties))
