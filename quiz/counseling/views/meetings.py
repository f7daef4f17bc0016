"""A meeting with a client: one screen for both to fill in, and the record of it."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from quiz.counseling.audit_details import AS_PDF, AS_TEXT, IN_A_MEETING, OPENED
from quiz.counseling.forms import MeetingForm
from quiz.counseling.meeting_files import pdf_of, text_of
from quiz.counseling.meetings import ChangedMeanwhile, Gone, Meeting, change, hold, reasons_of
from quiz.counseling.models import AuditEntry, Client, Counselor, Disclosure
from quiz.counseling.views.access import counselor_required
from quiz.counseling.views.own import not_saved, own_client
from quiz.web.forms import render_form, submitted
from quiz.web.scarce import PDFS

# ---------------------------------------------------------------- the screen for two


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
def meeting_hold(
    request: HttpRequest, counselor: Counselor, client_id: UUID, disclosure_id: UUID
) -> HttpResponse:
    """Start a meeting about a shared result. A second visit continues it."""
    try:
        client = own_client(counselor, client_id)
    except Http404:
        return _cannot_save(request, None)
    disclosure = _shared(client).filter(pk=disclosure_id).first()
    if disclosure is None:
        return _cannot_save(request, client)
    disclosure.client = client
    newest = _meetings_of(client).filter(attempt=disclosure.attempt_id).first()
    if request.method != "POST" and newest and newest.can_change(counselor, timezone.now()):
        return redirect("quiz:meeting_edit", client.pk, newest.pk)
    form = MeetingForm(submitted(request), reasons=reasons_of(disclosure))
    if not form.is_valid():
        return _screen(request, client, form, disclosure)
    try:
        held = hold(disclosure, form.cleaned_data["id"], form.entered, timezone.now())
    except Gone:
        return _cannot_save(request, client)
    except ChangedMeanwhile:  # saved, changed, and now sent again from the first page
        return _change(request, client, form.cleaned_data["id"])
    return redirect("quiz:meeting", client.pk, held.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
def meeting_edit(
    request: HttpRequest, counselor: Counselor, client_id: UUID, meeting_id: UUID
) -> HttpResponse:
    try:
        client = own_client(counselor, client_id)
    except Http404:
        return _cannot_save(request, None)
    return _change(request, client, meeting_id)


def _change(request: HttpRequest, client: Client, meeting_id: UUID) -> HttpResponse:
    counselor = client.counselor
    meeting = _meetings_of(client).filter(pk=meeting_id).first()
    if meeting is None:
        return _cannot_save(request, client)
    if request.method != "POST" and not meeting.can_change(counselor, timezone.now()):
        return redirect("quiz:meeting", client.pk, meeting.pk)
    disclosure = _shared(client).filter(attempt=meeting.attempt_id).first()
    reasons = meeting.to_mark(reasons_of(disclosure) if disclosure else ())
    form = MeetingForm(submitted(request), reasons=reasons, meeting=meeting)
    if not form.is_valid():
        return _screen(request, client, form, disclosure, meeting)
    if not meeting.can_change(counselor, timezone.now()):
        words = _(
            "Only the counselor who held a meeting can change it, for 12 hours. Copy your words "
            "into a new meeting."
        )
        form.add_error(None, words)
        return _screen(request, client, form, disclosure, meeting)
    try:
        change(meeting, client, form.entered, form.cleaned_data["revision"])
    except Gone:
        return _cannot_save(request, client)
    except ChangedMeanwhile:
        return _changed_meanwhile(request, client, form, disclosure, meeting)
    return redirect("quiz:meeting", client.pk, meeting.pk)


def _screen(
    request: HttpRequest,
    client: Client,
    form: MeetingForm,
    disclosure: Disclosure | None,
    meeting: Meeting | None = None,
    *,
    saved: Meeting | None = None,
) -> HttpResponse:
    """Show the form. `saved` is what is stored, if the form would overwrite what it hasn't seen."""
    if request.method != "HEAD":
        action, detail = AuditEntry.MET, OPENED
        if disclosure:
            action, detail = AuditEntry.SAW, IN_A_MEETING
        AuditEntry.objects.log(client.counselor, action, client, detail=detail)
    context = {"client": client, "disclosure": disclosure, "meeting": meeting, "saved": saved}
    return render_form(request, "counseling/meeting_form.html", form, context)


def _changed_meanwhile(
    request: HttpRequest,
    client: Client,
    form: MeetingForm,
    disclosure: Disclosure | None,
    meeting: Meeting,
) -> HttpResponse:
    """Show what was sent next to what is stored; sent once more, it replaces that."""
    stored = _meetings_of(client).filter(pk=meeting.pk).first()
    if stored is None:
        return _cannot_save(request, client)
    sent = request.POST.copy()
    sent["revision"] = str(stored.revision)
    form = MeetingForm(sent, reasons=form.reasons, meeting=stored)
    words = _("This meeting was saved in another window. Compare below, then save what is right.")
    form.add_error(None, words)
    return _screen(request, client, form, disclosure, meeting, saved=stored)


def _cannot_save(request: HttpRequest, client: Client | None) -> HttpResponse:
    return not_saved(request, client, "agreement", "next_step")


# ---------------------------------------------------------------- the record


@require_safe
@counselor_required
def meeting(
    request: HttpRequest, counselor: Counselor, client_id: UUID, meeting_id: UUID
) -> HttpResponse:
    client, held = _own_meeting(counselor, client_id, meeting_id)
    _log(request, client, OPENED)
    context = {
        "client": client,
        "meeting": held,
        "can_change": held.can_change(counselor, timezone.now()),
    }
    return render(request, "counseling/meeting.html", context)


@require_safe
@counselor_required
def meeting_pdf(
    request: HttpRequest, counselor: Counselor, client_id: UUID, meeting_id: UUID
) -> HttpResponse:
    PDFS.require_place()
    client, held = _own_meeting(counselor, client_id, meeting_id)
    page_url = reverse("quiz:meeting", args=[client.pk, held.pk])
    response = pdf_of(held, client.name, page_url)
    _log(request, client, AS_PDF)
    return response


@require_safe
@counselor_required
def meeting_text(
    request: HttpRequest, counselor: Counselor, client_id: UUID, meeting_id: UUID
) -> HttpResponse:
    client, held = _own_meeting(counselor, client_id, meeting_id)
    _log(request, client, AS_TEXT)
    return text_of(held, client.name)


def _own_meeting(counselor: Counselor, client_id: UUID, meeting_id: UUID) -> tuple[Client, Meeting]:
    client = own_client(counselor, client_id)
    return client, get_object_or_404(_meetings_of(client), pk=meeting_id)


def _meetings_of(client: Client) -> QuerySet[Meeting]:
    return Meeting.objects.with_result().filter(client=client).select_related("counselor")


def _shared(client: Client) -> QuerySet[Disclosure]:
    return Disclosure.objects.filter(client=client).select_related("attempt")


def _log(request: HttpRequest, client: Client, how: str) -> None:
    # A HEAD shows nothing.
    if request.method == "GET":
        AuditEntry.objects.log(client.counselor, AuditEntry.MET, client, detail=how)
