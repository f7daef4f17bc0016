"""What is done with the clients that are checked in the caseload, or with one of them."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from quiz.counseling.bulk import MOST_TAGS, add_tags, archive, move_to_group, restore
from quiz.counseling.caseload_forms import BulkForm, HandoverForm
from quiz.counseling.handover import Part, hand_over, whole_groups
from quiz.counseling.models import Client, Counselor
from quiz.counseling.views.access import counselor_required
from quiz.counseling.views.caseload import caseload_with
from quiz.counseling.views.inviting import remind_and_report
from quiz.counseling.views.own import own_client, own_clients
from quiz.web.forms import render_form, submitted
from quiz.web.names import isolated

# Pages that ask first, by the button that leads there.
ASKED_AT = {
    BulkForm.ARCHIVE: "quiz:clients_archive",
    BulkForm.HAND_OVER: "quiz:clients_handover",
    BulkForm.COMPARE: "quiz:client_comparison",
}


@require_POST
@counselor_required
def clients_bulk(request: HttpRequest, counselor: Counselor) -> HttpResponse:
    """Do what the pressed button says, or go to the page that asks first.

    The query is that of the list, which is shown again with its faults, or afterwards.
    """
    form = BulkForm(request.POST, counselor=counselor)
    if not form.is_valid():
        return caseload_with(request, counselor, form)
    data = form.cleaned_data
    ids = data["client"]
    if data["do"] in ASKED_AT:
        return _at(ASKED_AT[data["do"]], [("client", each) for each in sorted(ids)])
    if not Client.objects.of(counselor).filter(pk__in=ids).exists():
        raise Http404("No such client")
    if data["do"] == BulkForm.REMIND:
        return remind_and_report(request, counselor, ids) or _to_list(request)
    messages.success(request, _DO[data["do"]](counselor, data))
    return _to_list(request)


def _to_list(request: HttpRequest) -> HttpResponse:
    return _at("quiz:caseload", list(request.GET.items()))


def _at(name: str, query: list[tuple[str, Any]]) -> HttpResponseRedirect:
    url = reverse(name)
    return HttpResponseRedirect(f"{url}?{urlencode(query)}" if query else url)


def _tag(counselor: Counselor, data: dict[str, Any]) -> str:
    count = add_tags(counselor, data["client"], data["tags"])
    words = ngettext("You tagged %d client.", "You tagged %d clients.", count) % count
    if left_out := len(data["client"]) - count:
        why = ngettext(
            "%(n)d client would have more than %(most)d tags, so nothing was added there.",
            "%(n)d clients would have more than %(most)d tags, so nothing was added there.",
            left_out,
        )
        words = f"{words} {why % {'n': left_out, 'most': MOST_TAGS}}"
    return words


def _group(counselor: Counselor, data: dict[str, Any]) -> str:
    count = move_to_group(counselor, data["client"], data["group"], data["new_group"])
    words = ngettext("%d client is in the group now.", "%d clients are in the group now.", count)
    return words % count


def _restore(counselor: Counselor, data: dict[str, Any]) -> str:
    count = restore(counselor, data["client"])
    words = ngettext(
        "%d client is in your list again.", "%d clients are in your list again.", count
    )
    return words % count


_DO: dict[str, Callable[[Counselor, dict[str, Any]], str]] = {
    BulkForm.TAG: _tag,
    BulkForm.GROUP: _group,
    BulkForm.RESTORE: _restore,
}


# ---------------------------------------------------------------- pages that ask first


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
def clients_archive(request: HttpRequest, counselor: Counselor) -> HttpResponse:
    clients = _named(request, counselor)
    if request.method == "POST":
        count = archive(counselor, [each.pk for each in clients], timezone.now())
        words = ngettext("You archived %d client.", "You archived %d clients.", count)
        messages.success(request, words % count)
        return redirect("quiz:caseload")
    delete_days = settings.DELETE_ARCHIVED_CLIENTS.days
    context = _of(clients) | {"delete_days": delete_days}
    return render(request, "counseling/clients_archive.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
def clients_handover(request: HttpRequest, counselor: Counselor) -> HttpResponse:
    return _handover(request, counselor, _named(request, counselor))


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
def client_handover(request: HttpRequest, counselor: Counselor, client_id: UUID) -> HttpResponse:
    return _handover(request, counselor, [own_client(counselor, client_id)])


def _handover(request: HttpRequest, counselor: Counselor, clients: list[Client]) -> HttpResponse:
    ids = {each.pk for each in clients}
    groups = whole_groups(counselor, ids)
    form = HandoverForm(
        submitted(request),
        counselor=counselor,
        groups=groups,
        initial={"groups": groups if len(clients) > 1 else []},
    )
    if form.is_valid() and form.receiver:
        along = {group.pk for group in form.cleaned_data.get("groups", ())}
        moved = hand_over(counselor, form.receiver, Part(ids, along))
        if moved.clients:
            names = {
                "n": moved.clients,
                "client": isolated(clients[0].name),
                "colleague": isolated(form.receiver.name),
            }
            words = ngettext(
                "%(client)s is now with %(colleague)s.",
                "%(n)d clients are now with %(colleague)s.",
                moved.clients,
            )
            messages.success(request, words % names)
        return redirect("quiz:caseload")
    return render_form(request, "counseling/client_handover.html", form, _of(clients))


def _named(request: HttpRequest, counselor: Counselor) -> list[Client]:
    """Return the clients in the query; 404 unless all are the counselor's, and there are any."""
    clients = own_clients(counselor, request.GET.getlist("client"))
    if not clients:
        raise Http404("No client is named")
    return sorted(clients, key=lambda each: (each.folded, each.pk))


def _of(clients: list[Client]) -> dict[str, Any]:
    return {"clients": clients, "only": clients[0] if len(clients) == 1 else None}
