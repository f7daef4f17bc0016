"""Error pages in the site's own design: what happened, what to do, and where to go.

Programs get problem documents of the API instead.
"""

import logging

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quiz.web.errors import PageError
from quiz.web.frames import embedded_error, is_embedded
from quizsite.api.problems import is_for_api, problem

logger = logging.getLogger(__name__)

FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}


def error_page(
    request: HttpRequest,
    status: int,
    heading: str,
    advice: str,
    link: tuple[str, str] | None = None,
    other: tuple[str, str] | None = None,
    *,
    retry_after: int = 0,
) -> HttpResponse:
    """`link` is the address and the text of the button; by default it opens the home page.

    `other` is a second way, shown as a link. `retry_after` is in seconds.
    """
    if is_for_api(request):
        return problem(status, retry_after=retry_after)
    if is_embedded(request):
        error = PageError(status, heading, advice, link, other, retry_after=retry_after)
        return embedded_error(request, error)
    link = link or (reverse("quiz:home"), _("Go to the home page"))
    context = {
        "heading": heading,
        "advice": advice,
        "link": link,
        "other": other,
        "status": status,
    }
    response = render(request, "error.html", context, status=status)
    response["Cache-Control"] = "no-store"
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return error_page(
        request,
        400,
        _("We can't read that request"),
        _(
            "It isn't in the form we expect, so nothing was changed. Go back and try again, or "
            "start from the home page."
        ),
    )


def too_large(request: HttpRequest) -> HttpResponse:
    return error_page(
        request,
        413,
        _("That was too much to send"),
        _("Nothing was saved. Go back and send a shorter text or a smaller file."),
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(
        request,
        403,
        _("You may not open this page"),
        _("Your account doesn't have the right to see it. Ask an administrator for it."),
    )


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(
        request,
        404,
        _("We can't find that page"),
        _("The address may have a typing error, or the page has moved. Nothing you saved is lost."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    # Without the address that some reasons end with: it can hold a token.
    logger.warning("CSRF check failed: %s", reason.partition(" - ")[0])
    if not is_form(request):
        return not_a_form(request)
    if reason == REASON_NO_CSRF_COOKIE and not request.COOKIES:
        return error_page(
            request,
            403,
            _("Your browser sent us no cookies"),
            _(
                "Nothing was saved just now. Allow cookies for this site, then go back, reload the "
                "page and send it again. If you deleted them, your return code opens your quiz."
            ),
            other=(reverse("quiz:resume"), _("Enter your return code")),
        )
    return error_page(
        request,
        403,
        _("We couldn't check that this came from you"),
        _(
            "Nothing was saved just now. What you saved before is safe. Go back, reload the page "
            "and send it again."
        ),
    )


def is_form(request: HttpRequest) -> bool:
    """Whether a request has a form for a body, or no body."""
    return request.META.get("CONTENT_LENGTH") in (None, "", "0") or request.content_type in FORMS


def not_a_form(request: HttpRequest) -> HttpResponse:
    return error_page(
        request,
        415,
        _("We couldn't read what you sent"),
        _("It didn't arrive as a form, so nothing was saved. Go back, reload and try again."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(
        request,
        500,
        _("Something went wrong on our side"),
        _(
            "What you saved before is safe. Go back and try again. If it happens again, come back "
            "later."
        ),
    )
