"""A counselor's caseload: filtered, sorted and paged clients."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from quiz.counseling.models import Client, ClientGroup, ClientQuerySet, Counselor, Tag
from quiz.web.names import clean_line, fold

PAGE_SIZE = 50
BY_NAME, NEWEST = "name", "newest"
WORDS_SEARCHED = 5


@dataclass(frozen=True)
class Chosen:
    """Filters and sort order of a caseload. Empty filters match all clients."""

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
    """One page of `total` clients. The next page starts after the client `next_after`."""

    clients: list[Client]
    total: int
    next_after: UUID | None


def caseload_page(
    counselor: Counselor, chosen: Chosen, after: UUID | None = None, size: int = PAGE_SIZE
) -> CaseloadPage:
    """Return the page that starts after a client, or the first page."""
    matching = matching_clients(counselor, chosen)
    if chosen.sort == NEWEST:
        rows = matching.order_by(F("created_at").desc(), "id")
    else:
        rows = matching.order_by("folded", "id")
    following = rows.filter(_behind(counselor, chosen.sort, after)) if after else rows
    found = list(following.select_related("group").prefetch_related("tags")[: size + 1])
    shown = found[:size]
    return CaseloadPage(
        clients=shown,
        total=matching.count(),
        next_after=shown[-1].pk if len(found) > size else None,
    )


def matching_clients(counselor: Counselor, chosen: Chosen) -> ClientQuerySet:
    """Return the counselor's clients that match the filters, annotated with `state`."""
    clients = Client.objects.of(counselor).with_state()
    for word in clean_line(chosen.search).split()[:WORDS_SEARCHED]:
        clients = clients.filter(_holds(word))
    if chosen.group:
        clients = clients.filter(group=chosen.group)
    if chosen.tag:
        clients = clients.filter(tags=chosen.tag)
    if chosen.state:
        clients = clients.filter(Q(state=chosen.state))
    return clients


def _holds(word: str) -> Q:
    folded = fold(word)
    tags = Tag.objects.filter(clients=OuterRef("pk"), folded__contains=folded)
    return Q(folded__contains=folded) | Q(email__icontains=word) | Q(Exists(tags))


def _behind(counselor: Counselor, sort: str, after: UUID) -> Q:
    """Match the clients that come after this one in the sort order."""
    place = Client.objects.of(counselor).filter(pk=after)
    if sort == NEWEST:
        for created_at in place.values_list("created_at", flat=True):
            return Q(created_at__lte=created_at) & (Q(created_at__lt=created_at) | Q(id__gt=after))
    else:
        for folded in place.values_list("folded", flat=True):
            return Q(folded__gte=folded) & (Q(folded__gt=folded) | Q(id__gt=after))
    # No such client (any more): start from the first page.
    return Q()
