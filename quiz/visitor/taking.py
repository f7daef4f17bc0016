"""Taking the quiz: one form per page."""

from collections.abc import Hashable, Mapping
from contextlib import nullcontext
from http import HTTPStatus

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quiz.attempts.models import Attempt
from quiz.core.questionnaire import RESEARCH, Questionnaire, words
from quiz.core.sitting import Sitting
from quiz.questionnaires.models.version import frozen_questionnaire
from quiz.visitor.own_attempt import for_own_attempt, no_attempt, own_attempt
from quiz.visitor.page_forms import (
    YES,
    NotAnAnswer,
    PageForm,
    answers_sent,
    blank_fields,
    page_form,
    research_sent,
)
from quiz.visitor.result import newest_result
from quiz.visitor.starts import give_start_back
from quiz.visitor.welcome import live_version_id
from quiz.web.errors import PageError
from quiz.web.forms import FormFault
from quiz.web.private import private
from quiz.web.rendering import (
    ANSWERED_PLACEHOLDER,
    ATTEMPT_PLACEHOLDER,
    Preview,
    cached_page,
)
from quiz.web.theme import SWITCH_ANCHOR, THEMES, remember_theme

MOST_KEYS = 9  # each digit from 1 on chooses an answer

# Values of `go` next to "next": the other button, and the script that saves early.
BACK, KEEP = "back", "keep"
# The script of the pages asks with this for the next page instead of a redirect to it (RFC 7240).
PAGE_ITSELF = "return=representation"


@require_http_methods(["GET", "HEAD", "POST"])
@private
def answer_page(request: HttpRequest, page: int) -> HttpResponseBase:
    attempt = own_attempt(request)
    if attempt is None:
        require_page(frozen_questionnaire(live_version_id()), page)
    return for_own_attempt(request, attempt, lambda own: _own_page(request, own, page))


def _own_page(request: HttpRequest, attempt: Attempt, page: int) -> HttpResponse:
    require_page(attempt.questionnaire, page)
    may_be_first = request.method == "POST" and attempt.is_empty
    try:
        # One transaction: without Redis, giving the start back then takes no commit of its own.
        with transaction.atomic() if may_be_first else nullcontext():
            response = sitting_page(request, attempt, page)
            if may_be_first and not attempt.is_empty:
                give_start_back(request)
    except Attempt.DoesNotExist:  # deleted while this page was being saved
        raise no_attempt(request) from None
    if attempt.is_finished and _wants_page(request):
        return _placed_at(attempt.result_url, newest_result(request, attempt))
    return response


def require_page(questionnaire: Questionnaire, page: int) -> None:
    """Raise Http404 unless the questionnaire has this page."""
    if not 1 <= page <= questionnaire.last_page:
        raise Http404(f"No page {page}")


def sitting_page(
    request: HttpRequest, sitting: Sitting, page: int, *, preview: Preview | None = None
) -> HttpResponse:
    """Show a page of a sitting, or save its answers and lead to the next page."""
    if sitting.is_finished:
        return (
            _answer_to_script(False)
            if request.POST.get("go") == KEEP
            else redirect(sitting.result_url)
        )
    if request.method != "POST":
        names_missing = "missing" in request.GET and sitting.is_missing_answers(page)
        return (_show_missing if names_missing else _show)(request, sitting, page, preview)

    if request.POST.get("attempt", sitting.mark) != sitting.mark:
        raise of_another_quiz(sitting.page_url(page))
    try:
        sent = answers_sent(sitting.questionnaire, page, request.POST)
        if page == sitting.questionnaire.background_page:
            return _save_background(request, sitting, page, sent, preview)
    except NotAnAnswer:
        raise not_an_answer(sitting.page_url(page)) from None
    return _save_answers(request, sitting, page, sent, preview)


def _save_answers(
    request: HttpRequest,
    sitting: Sitting,
    page: int,
    sent: dict[str, str],
    preview: Preview | None,
) -> HttpResponse:
    values = {key: int(value) for key, value in sent.items()}
    go = request.POST.get("go")
    if go == KEEP or go in THEMES:
        is_kept = not values or sitting.keep_answers(values, page=page)
        return (
            _answer_to_script(is_kept) if go == KEEP else _same_page_in(go, sitting.page_url(page))
        )
    if values and not sitting.save_answers(values, page=page, now=timezone.now()):
        return redirect(sitting.result_url)
    if go == BACK:
        return _back_from(request, sitting, page, preview)
    if sitting.is_missing_answers(page):
        return _show_missing(request, sitting, page, preview)
    if page < sitting.questionnaire.last_page:
        return _lead_to(request, sitting, page + 1, preview)
    return _finish(request, sitting, {}, None, preview)


def _save_background(
    request: HttpRequest,
    sitting: Sitting,
    page: int,
    sent: dict[str, str],
    preview: Preview | None,
) -> HttpResponse:
    go, research = request.POST.get("go"), research_sent(request.POST)
    if go != KEEP:  # the whole page was sent, and browsers leave out a box without its tick
        research = bool(research)
    if go not in (KEEP, BACK, *THEMES):
        return _finish(request, sitting, sent, research, preview)
    is_saved = sitting.save_background(sent, now=timezone.now(), research=research)
    if go == KEEP:
        return _answer_to_script(is_saved)
    if go == BACK:
        return _back_from(request, sitting, page, preview)
    return _same_page_in(go, sitting.page_url(page))


def _answer_to_script(is_saved: bool) -> HttpResponse:
    """Tell the script that saves early: saved, or a conflict with a finished quiz."""
    status = HTTPStatus.NO_CONTENT if is_saved else HTTPStatus.CONFLICT
    return HttpResponse(status=status)


def _same_page_in(theme: str, page_url: str) -> HttpResponse:
    response = redirect(f"{page_url}{SWITCH_ANCHOR}")
    remember_theme(response, theme)
    return response


def _finish(
    request: HttpRequest,
    sitting: Sitting,
    background: dict[str, str],
    research: bool | None,
    preview: Preview | None,
) -> HttpResponse:
    """Finish the attempt; if answers are missing, save the rest and go to the first of them."""
    if sitting.finish(background, now=timezone.now(), research=research) or sitting.is_finished:
        return redirect(sitting.result_url)
    if background or research not in (None, sitting.allows_research):
        sitting.save_background(background, now=timezone.now(), research=research)
    page = sitting.first_open_page()
    url = f"{sitting.page_url(page)}?missing"
    if _wants_page(request):
        return _placed_at(url, _show_missing(request, sitting, page, preview))
    return redirect(url)


def _back_from(
    request: HttpRequest, sitting: Sitting, page: int, preview: Preview | None
) -> HttpResponse:
    if page == 1:
        return redirect(sitting.start_url)
    return _lead_to(request, sitting, page - 1, preview)


def _lead_to(
    request: HttpRequest, sitting: Sitting, page: int, preview: Preview | None
) -> HttpResponse:
    """Redirect to a page, or answer with the page itself if the request asks for that."""
    url = sitting.page_url(page)
    if _wants_page(request):
        return _placed_at(url, _show(request, sitting, page, preview))
    return redirect(url)


def _wants_page(request: HttpRequest) -> bool:
    return request.method == "POST" and request.headers.get("Prefer") == PAGE_ITSELF


def _placed_at(url: str, page: HttpResponse) -> HttpResponse:
    """Name the address that a GET would have shown this page at."""
    page["Content-Location"] = url
    return page


def not_an_answer(page_url: str) -> PageError:
    """The error for an answer that the page does not offer."""
    return PageError(
        400,
        _("This page has no such answer"),
        _(
            "We couldn't use what your browser sent, so nothing changed. Open the page again and "
            "choose from the answers it shows."
        ),
        (page_url, _("Open the page again")),
    )


def of_another_quiz(page_url: str) -> PageError:
    """The error for a page that was opened before another quiz was started."""
    return PageError(
        HTTPStatus.CONFLICT,
        _("This page belongs to an earlier quiz"),
        _(
            "Someone started a new quiz in this browser, so we didn't save this page. Continue "
            "with the new quiz: its answers are still there."
        ),
        (page_url, _("Open the new quiz")),
    )


def _show(
    request: HttpRequest, sitting: Sitting, page: int, preview: Preview | None
) -> HttpResponse:
    questionnaire = sitting.questionnaire
    # A draft's pages would only push out those that visitors ask for.
    fields_of = blank_fields.__wrapped__ if preview else blank_fields
    fields = fields_of(questionnaire, page, sitting.language)
    form = {"fields": fields, "page_url": sitting.page_url(page), "preview": preview}
    if page == questionnaire.background_page:
        template = "quiz/background_page.html"
        values = form | {
            "page": page,
            "pages": range(1, page),
            "statements": len(questionnaire.items),
        }
        checked: Mapping[str, object] = {
            **sitting.background,
            **({RESEARCH: YES} if sitting.allows_research else {}),
        }
    else:
        template = "quiz/answer_page.html"
        values = form | frame_of(sitting, page)
        checked = answers_on(sitting, page)
    own = {ATTEMPT_PLACEHOLDER: sitting.mark, ANSWERED_PLACEHOLDER: str(len(sitting.answers))}
    return cached_page(request, template, values, checked=checked, filled_in=own)


def _show_missing(
    request: HttpRequest, sitting: Sitting, page: int, preview: Preview | None
) -> HttpResponse:
    """Show a page and link to the statements on it that have no answer yet."""
    form, missing = missing_on(sitting, page)
    context = {
        **frame_of(sitting, page),
        "page_url": sitting.page_url(page),
        "preview": preview,
        "attempt_mark": sitting.mark,
        "answers_given": len(sitting.answers),
        "form": form,
        "form_faults": missing,
    }
    return render(request, "quiz/answer_page.html", context)


def missing_on(sitting: Sitting, page: int) -> tuple[PageForm, list[FormFault]]:
    """Return the form of a page with its faults, and a link to each missing answer."""
    questionnaire = sitting.questionnaire
    form = page_form(questionnaire, page, sitting.language)(answers_on(sitting, page))
    form.is_valid()
    missing = [
        FormFault(f"id_{item.key}_{questionnaire.low}", words(item.text, sitting.language))
        for item in questionnaire.unanswered(sitting.answers, page)
    ]
    return form, missing


def answers_on(sitting: Sitting, page: int) -> dict[str, int]:
    given = sitting.answers
    items = sitting.questionnaire.item_pages[page - 1]
    return {item.key: given[item.key]["value"] for item in items if item.key in given}


def frame_of(sitting: Sitting, page: int) -> dict[str, Hashable]:
    """What a page shows around its statements."""
    questionnaire = sitting.questionnaire
    return {
        "page": page,
        "pages": range(1, len(questionnaire.item_pages) + 1),
        "page_count": len(questionnaire.item_pages),
        "statements": len(questionnaire.items),
        "instructions": words(questionnaire.texts["instructions"], sitting.language),
        "keys": min(len(questionnaire.scale), MOST_KEYS),
    }
