"""The record of a meeting as files, the same for the counselor and the client."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language

from quiz.counseling.meetings import Meeting
from quiz.results.files import pdf_file
from quiz.results.pdf import laid_out


def pdf_of(meeting: Meeting, other: str, page_url: str) -> HttpResponse:
    """Return a PDF. `other` names the person that its reader met."""
    language = get_language() or settings.LANGUAGE_CODE
    html = render_to_string(
        "counseling/meeting_pdf.html", _values(meeting, other) | {"language": language}
    )
    # Not "meeting.pdf": that is the sheet for the counselor alone.
    name = "meeting-record.pdf"
    return pdf_file(lambda: laid_out(html, site_url=settings.SITE_URL), name, page_url)


def text_of(meeting: Meeting, other: str) -> HttpResponse:
    """Return plain text in UTF-8."""
    text = render_to_string("counseling/meeting.txt", _values(meeting, other))
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="meeting-record.txt"'
    return response


def _values(meeting: Meeting, other: str) -> dict[str, Any]:
    return {"meeting": meeting, "other": other}
