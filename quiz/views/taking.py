"""Taking the quiz: the way in, and one form per page."""

from collections.abc import Hashable
from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from quiz.errors import PageError
from quiz.forms import NotAnAnswer, answers_sent, blank_fields, page_form
from quiz.models import Attempt, QuestionnaireVersion
from quiz.models.questionnaire import frozen_questionnaire
from quiz.pictures import EXAMPLE
from quiz.questionnaire import words
from quiz.rendering import kept_page
from quiz.theme import PLACE, THEMES, remember_theme
from quiz.views.own_attempt import (
    forget_attempt,
    no_attempt,
    own_attempt,
    private,
    remember_attempt,
)

SECONDS_PER_ITEM = 10

# What a page may be sent for, beside going on: its buttons, and the script that saves as one goes.
BACK, KEEP = "back", "keep"


def live_version_id() -> int:
    """Return the published version; a page that says so where there is none."""
    version_id = QuestionnaireVersion.objects.live_id()
    if version_id is None:
        raise PageError(
            503,
            _("The quiz is not open yet"),
            _("No questions have been published here so far. Please come back later."),
            (reverse("roles:role_list"), _("Read about the roles")),
        )
    return version_id


def minutes_for(items: int) -> int:
    """Return the minutes that so many items take most people, at least 1."""
    return max(1, round(items * SECONDS_PER_ITEM / 60))


# ---------------------------------------------------------------- the way in


@require_safe
@private
def home(request: HttpRequest) -> HttpResponse:
    attempt = own_attempt(request)
    response = kept_page(request, "quiz/home.html", {**_way_on(attempt), "level": EXAMPLE})
    return _without_dead_cookie(request, response, attempt)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def introduction(request: HttpRequest) -> HttpResponse:
    attempt = own_attempt(request)
    if request.method == "POST":
        return _start(attempt)
    questionnaire = frozen_questionnaire(live_version_id())
    values = {
        **_way_on(attempt),
        "answered": len(attempt.answers) if attempt else 0,
        "items": len(questionnaire.items),
        "minutes": minutes_for(len(questionnaire.items)),
        "instructions": words(questionnaire.texts["instructions"], get_language()),
    }
    response = kept_page(request, "quiz/introduction.html", values)
    return _without_dead_cookie(request, response, attempt)


def _way_on(attempt: Attempt | None) -> dict[str, bool | int]:
    """Return whether there is a result to see, or a page to go on with (0 for none)."""
    is_finished = attempt is not None and attempt.is_finished
    is_begun = attempt is not None and not is_finished and bool(attempt.answers)
    return {
        "is_finished": is_finished,
        "open_page": attempt.first_open_page() if attempt and is_begun else 0,
    }


def _without_dead_cookie(
    request: HttpRequest, response: HttpResponse, attempt: Attempt | None
) -> HttpResponse:
    if attempt is None and settings.ATTEMPT_COOKIE_NAME in request.COOKIES:
        forget_attempt(response)
    return response


def _start(attempt: Attempt | None) -> HttpResponse:
    """Begin; an attempt that is still empty is taken up again, so pressing twice makes one."""
    version_id = live_version_id()
    if attempt and attempt.is_empty and attempt.version_id == version_id:
        return redirect("quiz:answer_page", page=1)
    attempt, code = Attempt.objects.start(
        version_id,
        language=get_language() or settings.LANGUAGE_CODE,
        is_first=attempt is None,
        now=timezone.now(),
    )
    response = redirect("quiz:answer_page", page=1)
    remember_attempt(response, code)
    return response


# ---------------------------------------------------------------- one page


@require_http_methods(["GET", "HEAD", "POST"])
@private
def answer_page(request: HttpRequest, page: int) -> HttpResponse:
    attempt = own_attempt(request)
    version_id = attempt.version_id if attempt else live_version_id()
    if not 1 <= page <= frozen_questionnaire(version_id).last_page:
        raise Http404(f"No page {page}")
    if attempt is None:
        raise no_attempt(request)
    if attempt.is_finished:
        return _kept(False) if request.POST.get("go") == KEEP else redirect("quiz:result")
    if request.method != "POST":
        names_missing = "missing" in request.GET and attempt.is_missing_answers(page)
        return (_show_missing if names_missing else _show)(request, attempt, page)

    if request.POST.get("attempt", attempt.mark) != attempt.mark:
        raise _of_another_quiz(page)
    try:
        sent = answers_sent(attempt.version_id, page, request.POST)
    except NotAnAnswer:
        raise _not_an_answer(page) from None
    if page == attempt.questionnaire.background_page:
        return _save_background(request, attempt, page, sent)
    return _save_answers(request, attempt, page, sent)


def _save_answers(
    request: HttpRequest, attempt: Attempt, page: int, sent: dict[str, str]
) -> HttpResponse:
    values = {key: int(value) for key, value in sent.items()}
    go = request.POST.get("go")
    if go == KEEP or go in THEMES:
        is_kept = not values or attempt.keep_answers(values, page=page)
        return _kept(is_kept) if go == KEEP else _same_page_in(go, page)
    if values and not attempt.save_answers(values, page=page, now=timezone.now()):
        return redirect("quiz:result")
    if go == BACK:
        return _back_from(page)
    if attempt.is_missing_answers(page):
        return _show_missing(request, attempt, page)
    if page < attempt.questionnaire.last_page:
        return redirect("quiz:answer_page", page=page + 1)
    return _finish(attempt, {})


def _save_background(
    request: HttpRequest, attempt: Attempt, page: int, sent: dict[str, str]
) -> HttpResponse:
    go = request.POST.get("go")
    if go not in (KEEP, BACK, *THEMES):
        return _finish(attempt, sent)
    is_saved = attempt.save_background(sent, now=timezone.now())
    if go == KEEP:
        return _kept(is_saved)
    return _back_from(page) if go == BACK else _same_page_in(go, page)


def _kept(is_saved: bool) -> HttpResponse:
    """Answer the script that saves as one goes: it is there, or the quiz is finished already."""
    status = HTTPStatus.NO_CONTENT if is_saved else HTTPStatus.CONFLICT
    return HttpResponse(status=status)


def _same_page_in(theme: str, page: int) -> HttpResponse:
    response = redirect(f"{reverse('quiz:answer_page', args=[page])}{PLACE}")
    remember_theme(response, theme)
    return response


def _finish(attempt: Attempt, background: dict[str, str]) -> HttpResponse:
    """Close the attempt; where answers are missing, keep the rest and go to the first of them."""
    if attempt.finish(background, now=timezone.now()) or attempt.is_finished:
        return redirect("quiz:result")
    if background:
        attempt.save_background(background, now=timezone.now())
    page = reverse("quiz:answer_page", kwargs={"page": attempt.first_open_page()})
    return redirect(f"{page}?missing")


def _back_from(page: int) -> HttpResponse:
    if page == 1:
        return redirect("quiz:introduction")
    return redirect("quiz:answer_page", page=page - 1)


def _not_an_answer(page: int) -> PageError:
    return PageError(
        400,
        _("That was not an answer to this page"),
        _(
            "What your browser sent does not fit the statements on this page, so nothing was "
            "changed. All answers that you saved are still there. Open the page again and choose "
            "from the answers it shows."
        ),
        (reverse("quiz:answer_page", kwargs={"page": page}), _("Open the page again")),
    )


def _of_another_quiz(page: int) -> PageError:
    return PageError(
        HTTPStatus.CONFLICT,
        _("This page belonged to another quiz"),
        _(
            "A new quiz was begun in this browser after the page was opened, so its answers were "
            "not mixed with the new ones. All answers of the new quiz are still there."
        ),
        (reverse("quiz:answer_page", kwargs={"page": page}), _("Open this page of the new quiz")),
    )


def _show(request: HttpRequest, attempt: Attempt, page: int) -> HttpResponse:
    """Show a page with what was answered."""
    version_id, language = attempt.version_id, attempt.language
    if page == attempt.questionnaire.background_page:
        values = {
            "page": page,
            "pages": range(1, page),
            "fields": blank_fields(version_id, page, language),
        }
        return kept_page(
            request,
            "quiz/background_page.html",
            values,
            checked=attempt.background,
            attempt_mark=attempt.mark,
        )
    values = _frame(attempt, page) | {"fields": blank_fields(version_id, page, language)}
    return kept_page(
        request,
        "quiz/answer_page.html",
        values,
        checked=_answers_on(attempt, page),
        attempt_mark=attempt.mark,
    )


def _show_missing(request: HttpRequest, attempt: Attempt, page: int) -> HttpResponse:
    """Show a page with what was answered, and name the statements that have no answer yet."""
    questionnaire = attempt.questionnaire
    form = page_form(attempt.version_id, page, attempt.language)(_answers_on(attempt, page))
    form.is_valid()
    missing = [
        (f"#id_{item.key}_{questionnaire.low}", words(item.text, attempt.language))
        for item in questionnaire.unanswered(attempt.answers, page)
    ]
    context = {**_frame(attempt, page), "form": form, "missing": missing}
    context["attempt_mark"] = attempt.mark
    return render(request, "quiz/answer_page.html", context)


def _answers_on(attempt: Attempt, page: int) -> dict[str, int]:
    given = attempt.answers
    items = attempt.questionnaire.item_pages[page - 1]
    return {item.key: given[item.key]["value"] for item in items if item.key in given}


def _frame(attempt: Attempt, page: int) -> dict[str, Hashable]:
    """Return what stands around the statements of a page."""
    questionnaire = attempt.questionnaire
    return {
        "page": page,
        "pages": range(1, len(questionnaire.item_pages) + 1),
        "page_count": len(questionnaire.item_pages),
        "minutes": minutes_for(len(questionnaire.unanswered(attempt.answers))),
        "instructions": words(questionnaire.texts["instructions"], attempt.language),
        "keys": len(questionnaire.scale),
    }
