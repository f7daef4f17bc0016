"""The caseload: the list of a counselor's clients."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from quiz.counseling.caseload import caseload_page
from quiz.counseling.forms import STATE_WORDS, CaseloadForm
from quiz.counseling.models import SHARED, Counselor
from quiz.counseling.views.access import counselor_required


@require_safe
@counselor_required
def caseload(request: HttpRequest, counselor: Counselor) -> HttpResponse:
    form = CaseloadForm(request.GET, counselor=counselor)
    chosen = form.chosen
    page = caseload_page(counselor, chosen, after=uuid_or_none(request.GET.get("after", "")))
    context = {
        "form": form,
        "chosen": chosen,
        "page": page,
        "rows": [(client, STATE_WORDS[client.state]) for client in page.clients],
        "can_compare": sum(client.state == SHARED for client in page.clients) > 1,
        "is_later_page": "after" in request.GET,
        "next_query": query_with_after(request, page.next_after),
        "first_query": query_with_after(request, None),
    }
    return render(request, "counseling/caseload.html", context)


def query_with_after(request: HttpRequest, after: object) -> str:
    """Return the query string of the same list, starting after a client; None is the first page."""
    query = request.GET.copy()
    query.pop("after", None)
    if after is not None:
        query["after"] = str(after)
    return query.urlencode()


def uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
