"""One result that a client shares: its page, its PDF, and the sheet to prepare a meeting."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from quiz.counseling.models import AuditEntry, Counselor, Disclosure
from quiz.counseling.preparation import prepare
from quiz.counseling.views.access import counselor_required
from quiz.counseling.views.own import shared_with
from quiz.results.display import result_values
from quiz.results.files import pdf_file, result_file
from quiz.results.pdf import laid_out
from quiz.results.report import report
from quiz.web.scarce import PDFS

# How a result was seen, for the log.
ON_A_PAGE, AS_PDF, AS_A_SHEET = "page", "pdf", "sheet"


def _log(request: HttpRequest, counselor: Counselor, disclosure: Disclosure, how: str) -> None:
    # A HEAD shows nothing.
    if request.method == "GET":
        client = disclosure.client
        AuditEntry.objects.log(counselor, AuditEntry.SAW, client, detail=how)


@require_safe
@counselor_required
def client_result(request: HttpRequest, counselor: Counselor, disclosure_id: UUID) -> HttpResponse:
    disclosure = shared_with(counselor, disclosure_id)
    context = {
        **_values(disclosure),
        "disclosure": disclosure,
    }
    _log(request, counselor, disclosure, ON_A_PAGE)
    return render(request, "counseling/client_result.html", context)


@require_safe
@counselor_required
def client_result_pdf(
    request: HttpRequest, counselor: Counselor, disclosure_id: UUID
) -> HttpResponse:
    PDFS.require_place()
    disclosure = shared_with(counselor, disclosure_id)
    page_url = reverse("quiz:client_result", args=[disclosure.pk])
    # The file name doesn't contain a person's name.
    response = result_file(_values(disclosure), "result.pdf", page_url)
    _log(request, counselor, disclosure, AS_PDF)
    return response


@require_safe
@counselor_required
def preparation(request: HttpRequest, counselor: Counselor, disclosure_id: UUID) -> HttpResponse:
    disclosure = shared_with(counselor, disclosure_id)
    _log(request, counselor, disclosure, AS_A_SHEET)
    return render(request, "counseling/preparation.html", _sheet(disclosure))


@require_safe
@counselor_required
def preparation_pdf(
    request: HttpRequest, counselor: Counselor, disclosure_id: UUID
) -> HttpResponse:
    PDFS.require_place()
    disclosure = shared_with(counselor, disclosure_id)
    context = _sheet(disclosure) | {"language": get_language() or settings.LANGUAGE_CODE}
    html = render_to_string("counseling/preparation_pdf.html", context)
    page_url = reverse("quiz:preparation", args=[disclosure.pk])
    response = pdf_file(lambda: laid_out(html, site_url=settings.SITE_URL), "meeting.pdf", page_url)
    _log(request, counselor, disclosure, AS_A_SHEET)
    return response


def _values(disclosure: Disclosure) -> dict[str, Any]:
    values = result_values(
        disclosure.attempt,
        disclosure.shows,
        is_own=False,
        shows_next_step=disclosure.shows_next_step,
    )
    return values | {"whose": disclosure.client.name}


def _sheet(disclosure: Disclosure) -> dict[str, Any]:
    attempt, language = disclosure.attempt, get_language() or ""
    questionnaire, values = attempt.questionnaire, attempt.values()
    full = report(disclosure.result, questionnaire, values, language)
    sheet = prepare(full, questionnaire, values, language, disclosure.shows)
    return {"disclosure": disclosure, "sheet": sheet}
