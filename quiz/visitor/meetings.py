"""The client's side of a meeting: read it, download it, delete it for both."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from quiz.attempts.models import Attempt
from quiz.counseling.meeting_files import pdf_of, text_of
from quiz.counseling.meetings import Meeting, delete_as_client
from quiz.visitor.own_attempt import own_attempt_required
from quiz.web.scarce import PDFS


@require_safe
@own_attempt_required
def own_meeting(request: HttpRequest, attempt: Attempt, meeting_id: UUID) -> HttpResponse:
    return render(request, "quiz/own_meeting.html", {"meeting": _own(attempt, meeting_id)})


@require_safe
@own_attempt_required
def own_meeting_pdf(request: HttpRequest, attempt: Attempt, meeting_id: UUID) -> HttpResponse:
    PDFS.require_place()
    meeting = _own(attempt, meeting_id)
    page_url = reverse("quiz:own_meeting", args=[meeting.pk])
    return pdf_of(meeting, meeting.counselor.name, page_url)


@require_safe
@own_attempt_required
def own_meeting_text(request: HttpRequest, attempt: Attempt, meeting_id: UUID) -> HttpResponse:
    meeting = _own(attempt, meeting_id)
    return text_of(meeting, meeting.counselor.name)


@require_POST
@own_attempt_required
def own_meeting_delete(request: HttpRequest, attempt: Attempt, meeting_id: UUID) -> HttpResponse:
    """Delete it for both. A second click finds it deleted already."""
    if meeting := Meeting.objects.of_same_person(attempt).filter(pk=meeting_id).first():
        delete_as_client(meeting)
    return redirect(f"{reverse('quiz:own_data')}#meetings")


def _own(attempt: Attempt, meeting_id: UUID) -> Meeting:
    meeting: Meeting = get_object_or_404(Meeting.objects.of_same_person(attempt), pk=meeting_id)
    return meeting
