"""Taking the quiz: the way in, and one form per page."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from quiz.errors import PageError
from quiz.forms import PageForm, filled_fields, page_form
from quiz.models import Attempt, QuestionnaireVersion
from quiz.models.questionnaire import frozen_questionnaire
from quiz.pictures import EXAMPLE
from quiz.questionnaire import words
from quiz.views.own_attempt import (
    forget_attempt,
    no_attempt,
    own_attempt,
    private,
    remember_attempt,
)

SECONDS_PER_ITEM = 10


def live_version() -> QuestionnaireVersion:
    """Return the published version; a page that says so where there is none."""
    version = QuestionnaireVersion.objects.published().first()
    if version is None:
        raise PageError(
            503,
            _("The quiz is not open yet"),
            _("No questions have been published here so far. Please come back later."),
            (reverse("roles:role_list"), _("Read about the roles")),
        )
    return version


def minutes_for(items: int) -> int:
    """Return the minutes that so many items take most people, at least 1."""
    return max(1, round(items * SECONDS_PER_ITEM / 60))


# ---------------------------------------------------------------- the way in


@require_safe
@private
def home(request: HttpRequest) -> HttpResponse:
    attempt = own_attempt(request)
    response = render(request, "quiz/home.html", {"attempt": attempt, "level": EXAMPLE})
    return _without_dead_cookie(request, response, attempt)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def introduction(request: HttpRequest) -> HttpResponse:
    attempt = own_attempt(request)
    if request.method == "POST":
        return _start(attempt)
    questionnaire = frozen_questionnaire(live_version().pk)
    context = {
        "attempt": attempt,
        "answered": len(attempt.answers) if attempt else 0,
        "items": len(questionnaire.items),
        "minutes": minutes_for(len(questionnaire.items)),
        "instructions": words(questionnaire.texts["instructions"], get_language()),
    }
    response = render(request, "quiz/introduction.html", context)
    return _without_dead_cookie(request, response, attempt)


def _without_dead_cookie(
    request: HttpRequest, response: HttpResponse, attempt: Attempt | None
) -> HttpResponse:
    if attempt is None and settings.ATTEMPT_COOKIE_NAME in request.COOKIES:
        forget_attempt(response)
    return response


def _start(attempt: Attempt | None) -> HttpResponse:
    """Begin; an attempt that is still empty is taken up again, so pressing twice makes one."""
    version = live_version()
    is_empty = attempt and not attempt.is_finished and not attempt.answers
    if is_empty and attempt.version_id == version.pk:
        return redirect("quiz:answer_page", page=1)
    attempt, code = Attempt.objects.start(
        version,
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
    version_id = attempt.version_id if attempt else live_version().pk
    if not 1 <= page <= frozen_questionnaire(version_id).last_page:
        raise Http404(f"No page {page}")
    if attempt is None:
        raise no_attempt(request)
    if attempt.is_finished:
        return redirect("quiz:result")
    if request.method != "POST":
        return _show(request, attempt, page)

    form = page_form(attempt.version_id, page, attempt.language)(request.POST)
    if form.refused():
        raise _not_an_answer(page)
    if page == attempt.questionnaire.background_page:
        return _save_background(request, attempt, page, form)
    return _save_answers(request, attempt, page, form)


def _save_answers(
    request: HttpRequest, attempt: Attempt, page: int, form: PageForm
) -> HttpResponse:
    values = form.values()
    if values and not attempt.save_answers(values, page=page, now=timezone.now()):
        return redirect("quiz:result")
    if request.POST.get("go") == "back":
        return _back_from(page)
    if attempt.questionnaire.unanswered(attempt.answers, page):
        return _show(request, attempt, page, names_missing=True)
    if page < attempt.questionnaire.last_page:
        return redirect("quiz:answer_page", page=page + 1)
    return _finish(attempt, {})


def _save_background(
    request: HttpRequest, attempt: Attempt, page: int, form: PageForm
) -> HttpResponse:
    if request.POST.get("go") == "back":
        attempt.save_background(form.values(), now=timezone.now())
        return _back_from(page)
    return _finish(attempt, form.values())


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


def _show(
    request: HttpRequest, attempt: Attempt, page: int, *, names_missing: bool = False
) -> HttpResponse:
    """Show a page with what was answered; on demand, name the items that are missing."""
    questionnaire = attempt.questionnaire
    if page == questionnaire.background_page:
        fields = filled_fields(attempt.version_id, page, attempt.language, attempt.background)
        context = {
            "page": page,
            "previous": page - 1,
            "pages": range(1, page),
            "fields": fields,
        }
        return render(request, "quiz/background_page.html", context)

    given = attempt.values()
    values = {i.key: given[i.key] for i in questionnaire.item_pages[page - 1] if i.key in given}
    missing = questionnaire.unanswered(attempt.answers, page)
    context = {
        "page": page,
        "pages": range(1, len(questionnaire.item_pages) + 1),
        "page_count": len(questionnaire.item_pages),
        "minutes": minutes_for(len(questionnaire.unanswered(attempt.answers))),
        "instructions": words(questionnaire.texts["instructions"], attempt.language),
    }
    if missing and (names_missing or "missing" in request.GET):
        form = page_form(attempt.version_id, page, attempt.language)(values)
        form.is_valid()
        first = questionnaire.low
        context |= {
            "form": form,
            "missing": [
                (f"#id_{item.key}_{first}", words(item.text, attempt.language)) for item in missing
            ],
        }
    else:
        context["fields"] = filled_fields(attempt.version_id, page, attempt.language, values)
    return render(request, "quiz/answer_page.html", context)
