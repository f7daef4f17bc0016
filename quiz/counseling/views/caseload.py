"""The caseload: the list of a counselor's clients."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from quiz.counseling.caseload import (
    ADDED,
    MOST_COUNTED,
    NAME,
    RESULT,
    STATE,
    Listed,
    caseload_page,
)
from quiz.counseling.caseload_forms import (
    STATE_FILTERS,
    STATE_WORDS,
    BulkForm,
    CaseloadForm,
)
from quiz.counseling.models import SHARED, Client, Counselor
from quiz.counseling.views.access import counselor_required
from quiz.web.forms import render_form

# How a column is sorted when its link is first followed, and the link's words.
COLUMNS = {
    NAME: (NAME, _("Name")),
    STATE: (STATE, _("State")),
    RESULT: (RESULT, _("Result")),
    ADDED: (f"-{ADDED}", _("Added")),
}


@dataclass(frozen=True)
class Column:
    """A column to sort by. `aria_sort` is empty unless the list is sorted by it."""

    words: Any
    query: str
    aria_sort: str


@require_safe
@counselor_required
def caseload(request: HttpRequest, counselor: Counselor) -> HttpResponse:
    return caseload_with(request, counselor, BulkForm(counselor=counselor))


def caseload_with(request: HttpRequest, counselor: Counselor, bulk: BulkForm) -> HttpResponse:
    """Show the list that the query asks for, with the form for what is checked in it."""
    form = CaseloadForm(request.GET, counselor=counselor)
    chosen = form.chosen
    page = caseload_page(counselor, chosen, after=uuid_or_none(request.GET.get("after", "")))
    chips = [
        (words, _shown(page.counts[state]), state == chosen.state, query_with(request, state=state))
        for state, words in STATE_FILTERS.items()
    ]
    context = {
        "form": form,
        "chosen": chosen,
        "page": page,
        "most_counted": number_format(MOST_COUNTED, force_grouping=True),
        "chips": chips,
        "columns": {key: _column(request, chosen.sort, key) for key in COLUMNS},
        "rows": [(row, *state_words(row)) for row in page.rows],
        "has_archive": chosen.archived or Client.objects.archived(counselor).exists(),
        "archive_query": query_with(request, archived="" if chosen.archived else "1", state=""),
        "checked": {str(each) for each in bulk["client"].value() or ()},
        "query": request.GET.urlencode(),
        "can_compare": sum(client.state == SHARED for client in page.clients) > 1,
        "is_later_page": "after" in request.GET,
        "next_query": query_with(request, after=page.next_after or ""),
        "first_query": query_with(request),
    }
    return render_form(request, "counseling/caseload.html", bulk, context, name="bulk")


def state_words(row: Listed) -> tuple[Any, str]:
    """Return a client's state in words, and since when."""
    return STATE_WORDS[row.client.state], date_format(localtime(row.since))


def _shown(count: int | None) -> str:
    """Return the number of a chip, such as 17 or 1,000+; empty if it isn't counted."""
    if count is None:
        return ""
    number = number_format(min(count, MOST_COUNTED), force_grouping=True)
    return f"{number}+" if count > MOST_COUNTED else number


def _column(request: HttpRequest, sort: str, key: str) -> Column:
    first, words = COLUMNS[key]
    reverse = first.removeprefix("-") if first.startswith("-") else f"-{first}"
    is_sorted = sort.removeprefix("-") == key
    aria_sort = "descending" if sort.startswith("-") else "ascending"
    following = reverse if sort == first else first
    return Column(words, query_with(request, sort=following), aria_sort if is_sorted else "")


def query_with(request: HttpRequest, **changes: object) -> str:
    """Return the query of the same list with these values, on its first page unless `after` says.

    An empty value is left out.
    """
    query = request.GET.copy()
    query.pop("after", None)
    for name, value in changes.items():
        query[name] = str(value)
    for name in [name for name, value in query.items() if not value]:
        del query[name]
    return query.urlencode()


def uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
