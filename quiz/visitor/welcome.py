"""Before the first page of the quiz: the home page, the introduction, and the start."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from quiz.attempts.codes import grouped
from quiz.attempts.models import Attempt
from quiz.core.questionnaire import Questionnaire, words
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.questionnaires.models.version import frozen_questionnaire
from quiz.results.pictures import EXAMPLE
from quiz.visitor.own_attempt import forget_attempt, own_attempt, remember_attempt
from quiz.visitor.starting import new_form_mark, start_once
from quiz.web.addresses import address
from quiz.web.errors import PageError
from quiz.web.private import private
from quiz.web.rendering import (
    ATTEMPT_PLACEHOLDER,
    CODE_PLACEHOLDER,
    FORM_PLACEHOLDER,
    cached_page,
)

SECONDS_PER_ITEM = 10
OTHER = "other"  # someone else than the person who used this browser before


def live_version_id() -> int:
    """Return the published version; without one, raise a page that says so."""
    version_id = QuestionnaireVersion.objects.live_id()
    if version_id is None:
        raise PageError(
            503,
            _("The quiz isn't open yet"),
            _("There are no questions yet. Please come back later."),
            (address("roles:role_list"), _("Read about the jobs")),
        )
    return version_id


def minutes_for(items: int) -> int:
    """Estimate how many minutes the items take most people, at least 1."""
    return max(1, round(items * SECONDS_PER_ITEM / 60))


@require_safe
@private
def home(request: HttpRequest) -> HttpResponse:
    attempt = own_attempt(request)
    values = {
        **_progress_of(attempt),
        **_size_of_the_quiz(),
        "level": EXAMPLE,
    }
    response = cached_page(request, "quiz/home.html", values)
    return _without_dead_cookie(request, response, attempt)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def introduction(request: HttpRequest) -> HttpResponse:
    attempt = own_attempt(request)
    if request.method == "POST":
        return _start(request, attempt)
    values = {
        **_progress_of(attempt),
        "answered": len(attempt.answers) if attempt else 0,
        "start_url": address("quiz:introduction"),
        **summary_of(frozen_questionnaire(live_version_id()), get_language()),
    }
    own = {
        CODE_PLACEHOLDER: grouped(attempt.code) if attempt else "",
        ATTEMPT_PLACEHOLDER: attempt.mark if attempt else "",
        FORM_PLACEHOLDER: new_form_mark(),
    }
    response = cached_page(request, "quiz/introduction.html", values, filled_in=own)
    return _without_dead_cookie(request, response, attempt)


def summary_of(questionnaire: Questionnaire, language: str | None) -> dict[str, str | int]:
    """What someone reads about a questionnaire before they start."""
    return {
        "items": len(questionnaire.items),
        "per_page": questionnaire.items_per_page,
        "minutes": minutes_for(len(questionnaire.items)),
        "instructions": words(questionnaire.texts["instructions"], language or ""),
    }


def _size_of_the_quiz() -> dict[str, int]:
    """Count what the live version asks and measures; empty while the quiz is closed."""
    version_id = QuestionnaireVersion.objects.live_id()
    if version_id is None:
        return {}
    questionnaire = frozen_questionnaire(version_id)
    items = len(questionnaire.items)
    return {"items": items, "minutes": minutes_for(items), "traits": len(questionnaire.traits)}


def _progress_of(attempt: Attempt | None) -> dict[str, bool | int]:
    """Say whether there are results, and on which page to continue (0 for none)."""
    if attempt is None:
        return {"has_result": False, "has_earlier": False, "open_page": 0}
    is_open = not attempt.is_finished and bool(attempt.answers)
    return {
        "has_result": attempt.has_result,
        "has_earlier": attempt.has_result and attempt.person != attempt.code_hash,
        "open_page": attempt.first_open_page() if is_open else 0,
    }


def _without_dead_cookie(
    request: HttpRequest, response: HttpResponse, attempt: Attempt | None
) -> HttpResponse:
    if attempt is None and settings.ATTEMPT_COOKIE_NAME in request.COOKIES:
        forget_attempt(response)
    return response


def _start(request: HttpRequest, attempt: Attempt | None) -> HttpResponse:
    """Start an attempt, or continue one without answers: a form that is sent twice starts only one.

    If someone else used this browser before, nothing may link the two people.
    """
    version_id = live_version_id()
    is_other = request.POST.get("who") == OTHER
    if attempt and request.POST.get("attempt", attempt.mark) != attempt.mark:
        # A copy of the request has started this one, or another tab has.
        return redirect(attempt.way_on_url)
    if attempt and attempt.is_empty and attempt.version_id == version_id and not is_other:
        return redirect(address("quiz:answer_page", 1))
    started = start_once(
        request, None if is_other else attempt, version_id, is_first=attempt is None
    )
    if started is None:
        return redirect(address("quiz:introduction"))
    response = redirect(started.way_on_url)
    remember_attempt(response, started.code)
    return response
