"""The quiz inside the pages of an organization, without cookies: every form has one address.

Each form is answered with the next page instead of a redirect, which would lose its token.
"""

from contextlib import nullcontext
from http import HTTPStatus
from typing import Any

from crispy_forms.utils import render_crispy_form
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quiz.attempts.codes import grouped
from quiz.attempts.models import Attempt
from quiz.questionnaires.models.version import frozen_questionnaire
from quiz.visitor.embed_tokens import cannot_continue, place_of, token_of
from quiz.visitor.own_attempt import own_attempt, remember_attempt
from quiz.visitor.page_forms import NotAnAnswer, answers_sent, blank_fields, research_sent
from quiz.visitor.starting import new_form_mark, start_once
from quiz.visitor.starts import give_start_back
from quiz.visitor.taking import BACK, answers_on, frame_of, missing_on
from quiz.visitor.welcome import live_version_id, summary_of
from quiz.web.errors import PageError
from quiz.web.frames import embedded, embedded_page, require_parents
from quiz.web.private import private
from quiz.web.rendering import checked_in

SCRIPT_AGE = 3600  # seconds until a browser asks for the script again


@require_http_methods(["GET", "HEAD", "POST"])
@embedded
def embed(request: HttpRequest) -> HttpResponse:
    """Introduce the quiz, start it, and take the answers of a page and show the next."""
    if request.method != "POST":
        return _introduction()
    if "attempt" not in request.POST:
        return _start(request)
    attempt, page = place_of(request.POST["attempt"])
    try:
        return _answered(request, attempt, page)
    except Attempt.DoesNotExist:  # deleted while its answers were being saved
        raise cannot_continue() from None


def _introduction() -> HttpResponse:
    summary = summary_of(frozen_questionnaire(live_version_id()), get_language())
    return embedded_page("quiz/embed/introduction.html", {**summary, "form_mark": new_form_mark()})


def _start(request: HttpRequest) -> HttpResponse:
    started = start_once(request, None, live_version_id(), is_first=True)
    # An old form: whoever sends it again may be another person.
    return _show(started, 1) if started else _introduction()


def _answered(request: HttpRequest, attempt: Attempt, page: int) -> HttpResponse:
    """Save the answers of a page, and show what comes next."""
    may_be_first, is_back = attempt.is_empty, request.POST.get("go") == BACK
    # As on the site's own pages, giving the start back takes no commit of its own.
    with transaction.atomic() if may_be_first else nullcontext():
        _save(attempt, page, request.POST, is_back=is_back)
        if may_be_first and not attempt.is_empty:
            give_start_back(request)
    if attempt.is_finished:
        values = {"token": token_of(attempt, page), "code": grouped(attempt.code)}
        return embedded_page("quiz/embed/finished.html", values)
    if is_back:
        return _show(attempt, max(1, page - 1))
    if attempt.is_missing_answers(page):
        return _show(attempt, page, names_missing=True)
    if page < attempt.questionnaire.last_page:
        return _show(attempt, page + 1)
    return _show(attempt, attempt.first_open_page(), names_missing=True)


def _save(attempt: Attempt, page: int, data: QueryDict, *, is_back: bool) -> None:
    """Save what a page was sent with; after the last page, finish if nothing is missing.

    A finished attempt stays as it is.
    """
    questionnaire, now = attempt.questionnaire, timezone.now()
    try:
        sent = answers_sent(questionnaire, page, data)
        research = bool(research_sent(data))
    except NotAnAnswer:
        raise PageError(
            HTTPStatus.BAD_REQUEST,
            _("This page has no such answer"),
            _("We couldn't use what your browser sent, so nothing changed. Go back and try again."),
        ) from None
    if page == questionnaire.background_page:
        if is_back or not attempt.finish(sent, now=now, research=research):
            attempt.save_background(sent, now=now, research=research)
        return
    if values := {key: int(value) for key, value in sent.items()}:
        attempt.save_answers(values, page=page, now=now)
    if page == questionnaire.last_page and not is_back:
        attempt.finish({}, now=now)


def _show(attempt: Attempt, page: int, *, names_missing: bool = False) -> HttpResponse:
    questionnaire = attempt.questionnaire
    is_background = page == questionnaire.background_page
    context: dict[str, Any] = {
        **({"pages": range(1, page)} if is_background else frame_of(attempt, page)),
        "page": page,
        "statements": len(questionnaire.items),
        "is_background": is_background,
        "is_last": page == questionnaire.last_page,
        "is_for_research": attempt.allows_research,
        "answered": len(attempt.answers),
        "token": token_of(attempt, page),
        "code": grouped(attempt.code),
    }
    if names_missing:
        form, faults = missing_on(attempt, page)
        context |= {"fields": render_crispy_form(form), "form_faults": faults}
    else:
        checked = attempt.background if is_background else answers_on(attempt, page)
        fields = blank_fields(questionnaire, page, attempt.language)
        # Rendered by a template, which escapes.
        context["fields"] = SafeString(checked_in(fields, checked))
    return embedded_page("quiz/embed/answer_page.html", context)


# ---------------------------------------------------------------- outside the frame


@require_POST
@private
def embed_open(request: HttpRequest) -> HttpResponse:
    """Open the result in a tab of the site itself, where the browser may keep a cookie."""
    require_parents()
    attempt, _page = place_of(request.POST.get("attempt", ""))
    own = own_attempt(request)
    # An invited client has a use for it before the first answer: their link works only once.
    is_used = own and (own.client_id or not own.is_empty)
    is_other = own and own.person != attempt.person
    if own and is_used and is_other and "replace" not in request.POST:
        values = {"own_code": grouped(own.code), "token": request.POST["attempt"]}
        return render(request, "quiz/embed/other_quiz.html", values)
    response = redirect(attempt.way_on_url)
    remember_attempt(response, attempt.code)
    return response


@require_safe
def embed_script(request: HttpRequest) -> HttpResponse:
    """The script for the organization's page, which may load it from here."""
    require_parents()
    script = render_to_string("quiz/embed/height.js")
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    patch_cache_control(response, public=True, max_age=SCRIPT_AGE)
    return response
