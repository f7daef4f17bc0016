"""A client's page, and what a counselor can do there."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quiz.attempts.deletions import delete_for_good
from quiz.counseling.audit_details import OVERVIEW
from quiz.counseling.caseload import state_dates
from quiz.counseling.caseload_forms import STATE_DATES, STATE_WORDS
from quiz.counseling.clients import (
    add_client,
    add_note,
    change_client,
    delete_client,
)
from quiz.counseling.forms import (
    SCOPES_SEEN,
    ClientForm,
    LinkForm,
    NewClientForm,
    NoteForm,
)
from quiz.counseling.inviting import open_invitation, place_for_codes
from quiz.counseling.models import (
    INVITED,
    STARTED,
    AuditEntry,
    Client,
    Counselor,
    Disclosure,
)
from quiz.counseling.reminders import remindable
from quiz.counseling.time_limits import ends_of
from quiz.counseling.views.access import counselor_required
from quiz.counseling.views.inviting import mail_and_report, texts_of
from quiz.counseling.views.own import not_saved, own_client
from quiz.results.pictures import level_of
from quiz.results.retakes import MOST_COMPARED, SideBySide, Taken, side_by_side
from quiz.web.forms import render_form, submitted
from quiz.web.mail import sends_mail
from quiz.web.qr_code import qr_code

# ---------------------------------------------------------------- the page


@require_safe
@counselor_required
def client(request: HttpRequest, counselor: Counselor, client_id: UUID) -> HttpResponse:
    return _client_page(request, own_client(counselor, client_id), NoteForm())


def _client_page(request: HttpRequest, client: Any, note_form: NoteForm) -> HttpResponse:
    invitation = open_invitation(client, timezone.now())
    disclosures = list(client.disclosures.select_related("attempt"))
    since = state_dates([client])[client.pk]
    context = {
        "client": client,
        "state": STATE_WORDS[client.state],
        "since": STATE_DATES[client.state] % date_format(localtime(since)),
        "tags": client.tags.all(),
        "invitation": invitation,
        "place_for_codes": place_for_codes(),
        "can_send": sends_mail(),
        "qr_code": qr_code(invitation.url) if invitation and invitation.url else "",
        # Its only field is hidden and needs no id; the note form uses the same one.
        "link_form": LinkForm(auto_id=False),
        "shared": [
            (each, each.result, SCOPES_SEEN[each.scope], level_of(each.result))
            for each in disclosures
        ],
        "retakes": _retakes(disclosures),
        "meetings": client.meetings.with_result().select_related("counselor"),
        "notes": client.notes.select_related("author"),
        "reminding": _reminding(client),
        "ends": ends_of([client]).get(client.pk),
    }
    # The page shows the suggestions, so opening it counts as seeing the results, even if a note was
    # invalid. A HEAD shows nothing.
    if disclosures and request.method != "HEAD":
        AuditEntry.objects.log(client.counselor, AuditEntry.SAW, client, detail=OVERVIEW)
    return render_form(request, "counseling/client.html", note_form, context, name="note_form")


def _reminding(client: Any) -> dict[str, Any] | None:
    """What the page says of reminders; None for a client who gets none."""
    if client.state not in (INVITED, STARTED) or client.archived_at:
        return None
    now, own = timezone.now(), Client.objects.filter(pk=client.pk)
    last = client.reminders.select_related("mail").first()
    return {
        "last": last,
        "again_at": last.again_at if last and last.again_at > now else None,
        "texts": texts_of(own),
        "can_remind": remindable(own, now).exists(),
        "has_stopped": client.reminders.stopped().exists(),
    }


def _retakes(disclosures: Iterable[Disclosure]) -> SideBySide | None:
    """Compare the newest shared results; None for fewer than two."""
    by_age = sorted(disclosures, key=lambda each: each.finished_at)[-MOST_COMPARED:]
    if not by_age:
        return None
    taken = [Taken(each.result, each.finished_at, each.shows) for each in by_age]
    newest_first = [each.attempt for each in reversed(by_age)]
    questionnaires = [attempt.questionnaire for attempt in newest_first]
    return side_by_side(taken, questionnaires, get_language() or newest_first[0].language)


# ---------------------------------------------------------------- adding and changing


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
def client_add(request: HttpRequest, counselor: Counselor) -> HttpResponse:
    form = NewClientForm(submitted(request), counselor=counselor)
    if form.is_valid():
        values = form.cleaned_data
        with transaction.atomic():
            client, is_new = add_client(counselor, values["id"], values, timezone.now())
            invitation = open_invitation(client, timezone.now())
            if is_new and values["sends_email"] and invitation:
                mail_and_report(request, invitation)
        return redirect("quiz:client", client.pk)
    return render_form(request, "counseling/client_add.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
def client_edit(request: HttpRequest, counselor: Counselor, client_id: UUID) -> HttpResponse:
    client = own_client(counselor, client_id)
    form = ClientForm(submitted(request), counselor=counselor, client=client)
    if form.is_valid():
        if not change_client(client, form.cleaned_data):
            raise Http404
        return redirect("quiz:client", client.pk)
    return render_form(request, "counseling/client_edit.html", form, {"client": client})


# ---------------------------------------------------------------- deleting


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
def client_delete(request: HttpRequest, counselor: Counselor, client_id: UUID) -> HttpResponse:
    client = own_client(counselor, client_id)
    if request.method == "POST":
        if not delete_client(client):
            raise Http404
        # Without the name: a cookie may carry the message.
        messages.success(request, _("You deleted the client."))
        return redirect("quiz:caseload")
    return render(request, "counseling/client_delete.html", {"client": client})


# ---------------------------------------------------------------- notes


@require_POST
@counselor_required
def note_add(request: HttpRequest, counselor: Counselor, client_id: UUID) -> HttpResponse:
    try:
        client = own_client(counselor, client_id)
    except Http404:
        return not_saved(request, None, "text")
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _client_page(request, client, form)
    data = form.cleaned_data
    if not add_note(client, data["id"], data["text"], is_for_client=data["is_for_client"]):
        return not_saved(request, None, "text")
    return redirect("quiz:client", client.pk)


@require_POST
@counselor_required
def note_delete(
    request: HttpRequest, counselor: Counselor, client_id: UUID, note_id: UUID
) -> HttpResponse:
    client = own_client(counselor, client_id)
    delete_for_good(client.notes.filter(pk=note_id))
    return redirect("quiz:client", client.pk)
