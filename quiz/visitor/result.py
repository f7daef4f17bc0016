"""The visitor's own results: page, PDF, JSON, and earlier ones."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from organization.current import current_organization
from quiz.attempts.codes import grouped
from quiz.attempts.models import Attempt
from quiz.core.sitting import Sitting
from quiz.counseling.handover import last_changes
from quiz.counseling.meetings import Meeting
from quiz.counseling.models import Client, Disclosure
from quiz.results.display import result_data, result_values
from quiz.results.files import json_file, result_file
from quiz.results.retakes import MOST_COMPARED, Taken, side_by_side
from quiz.visitor.forms import SCOPE_WORDS, NextStepForm
from quiz.visitor.own_attempt import own_attempt_required
from quiz.web.rendering import Preview, rendered_once
from quiz.web.scarce import PDFS


@require_safe
@own_attempt_required
def result(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    return newest_result(request, attempt)


@gzip_page  # with up to 100 random bytes, so that its size gives nothing away
def newest_result(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """Show the newest result; a retake that isn't finished doesn't take it away."""
    finished = Attempt.objects.newest_result_of(attempt)
    if finished is None:
        return redirect(attempt.way_on_url)
    more = frame_of(attempt, finished) | _retake(attempt)
    return sitting_result(request, finished, more=more)


def _retake(attempt: Attempt) -> dict[str, Any]:
    """What the page says of a retake that isn't finished; nothing without one."""
    if attempt.is_finished:
        return {}
    return {
        "open_url": attempt.way_on_url,
        "answered": len(attempt.answers),
        "statements": len(attempt.questionnaire.items),
    }


def frame_of(attempt: Attempt, finished: Attempt) -> dict[str, Any]:
    """What the page shows around the newest result: the code, the counselor, earlier results."""
    frame: dict[str, Any] = {
        "code": grouped(attempt.code),
        "keep_until": finished.keep_until,
        "has_earlier": finished.person != finished.code_hash,
        "result_mark": finished.mark,
        "step_field": _step_field(get_language()),
        "share_id": uuid4(),
    }
    if finished.client_id is None:
        return frame
    clients = Client.objects.select_related("counselor__user")
    client = clients.filter(pk=finished.client_id).first()
    if client is None:  # deleted in the meantime
        return frame
    disclosures = {each.attempt_id: each for each in Disclosure.objects.filter(client=client)}
    return frame | {
        "client": client,
        "changed": last_changes([client]).get(client.pk),
        "disclosure": disclosures.get(finished.pk),
        "disclosed_before": bool(disclosures),
        "scopes": SCOPE_WORDS,
        "notes": client.notes.filter(is_for_client=True).select_related("author"),
        "meetings": Meeting.objects.of_same_person(finished),
    }


@rendered_once
def _step_field(_language: str | None) -> SafeString:
    """Draw the field for one's own next step, still empty."""
    return NextStepForm()["next_step"].as_widget()


@require_safe
@own_attempt_required
def result_pdf(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """Return one page, or with `?answers` all answers on a second one."""
    PDFS.require_place()
    finished = Attempt.objects.newest_result_of(attempt)
    if finished is None:
        return redirect(attempt.way_on_url)
    values = result_values(finished, is_own=True) | {"with_answers": "answers" in request.GET}
    return result_file(values, "my-result.pdf", attempt.result_url)


@require_safe
@own_attempt_required
def result_json(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    finished = Attempt.objects.newest_result_of(attempt)
    if finished is None:
        return redirect(attempt.way_on_url)
    return json_file(result_data(finished), "my-result.json")


def _finished(attempt: Attempt) -> list[Attempt]:
    """The person's finished attempts, oldest first."""
    attempts = Attempt.objects.of_same_person(attempt).filter(finished_at__isnull=False)
    return list(attempts.order_by("finished_at", "id"))


@require_safe
@own_attempt_required
def own_results(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """Compare the newest results, and link to each."""
    finished = _finished(attempt)
    compared = finished[-MOST_COMPARED:]
    taken = [Taken(each.stored_result, cast(datetime, each.finished_at)) for each in compared]
    context = {
        "attempt": attempt,
        "results": finished,
        "retakes": side_by_side(
            taken,
            [each.questionnaire for each in reversed(compared)],
            get_language() or attempt.language,
        ),
        "most": MOST_COMPARED,
    }
    return render(request, "quiz/own_results.html", context)


@require_safe
@own_attempt_required
def own_result(request: HttpRequest, attempt: Attempt, place: int) -> HttpResponse:
    """Show one of the person's results; the oldest is number 1."""
    finished = _finished(attempt)
    if not 1 <= place <= len(finished):
        raise Http404(f"No result {place}")
    more = {"is_earlier": True, "open_url": "" if attempt.is_finished else attempt.way_on_url}
    return sitting_result(request, finished[place - 1], more=more)


def sitting_result(
    request: HttpRequest,
    sitting: Sitting,
    *,
    preview: Preview | None = None,
    more: Mapping[str, Any] = {},
) -> HttpResponse:
    """Show the result of a sitting; before that, redirect to its first unanswered page."""
    if not sitting.is_finished:
        return redirect(sitting.way_on_url)
    context = {
        **result_values(sitting, is_own=True),
        "start_url": sitting.start_url,
        "preview": preview,
        "talk_to": current_organization().contact,
        **more,
    }
    return render(request, "quiz/result.html", context)
