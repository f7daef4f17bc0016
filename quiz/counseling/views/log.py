"""The log of what a counselor saw and did."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from quiz.counseling.audit_details import in_words
from quiz.counseling.models import AuditEntry, Counselor
from quiz.counseling.views.access import counselor_required

PAGE_SIZE = 50
LARGEST_ID = 2**63 - 1


@require_safe
@counselor_required
def audit_log(request: HttpRequest, counselor: Counselor) -> HttpResponse:
    entries = _entries_after(counselor, request.GET.get("after", ""))
    found = list(entries.select_related("client")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    words = in_words(shown)
    context = {
        "rows": [_row(entry, counselor, words[entry.pk]) for entry in shown],
        "next_after": shown[-1].pk if len(found) > PAGE_SIZE else None,
        "is_later_page": "after" in request.GET,
    }
    return render(request, "counseling/audit_log.html", context)


def _entries_after(counselor: Counselor, text: str) -> QuerySet[AuditEntry]:
    """Return the counselor's entries, newest first, starting after the one with this id."""
    entries = AuditEntry.objects.filter(counselor=counselor)
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    place = entries.filter(pk=number).first() if 0 < number <= LARGEST_ID else None
    if place is None:
        return entries
    return entries.filter(Q(at__lte=place.at) & (Q(at__lt=place.at) | Q(pk__lt=place.pk)))


def _row(entry: AuditEntry, counselor: Counselor, detail: str) -> dict[str, Any]:
    # The counselor may no longer read about a client who was handed over.
    is_own = entry.client is not None and entry.client.counselor_id == counselor.pk
    return {
        "at": entry.at,
        "action": AuditEntry.ACTIONS.get(entry.action, entry.action),
        "detail": detail,
        "client": entry.client if is_own else None,
        "is_elsewhere": entry.client is not None and not is_own,
    }
