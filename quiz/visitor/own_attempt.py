"""The visitor's own attempt, named by a signed cookie: no session, and no secret in a URL."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from quiz.attempts.models import Attempt
from quiz.visitor.forms import CodeForm
from quiz.visitor.returning import ask_for_code, attempt_with_code
from quiz.web.errors import PageError
from quiz.web.private import View, private

COOKIE_AGE = timedelta(days=365)
_READ = "_own_attempt"  # where a request keeps what was read


def _signer() -> Signer:
    return Signer(salt="quiz.attempt")


def own_attempt(request: HttpRequest) -> Attempt | None:
    """Return the attempt that the cookie names; None if there is none, or the cookie is forged.

    Read once per request, because the header of every page asks too.
    """
    known = vars(request)
    if _READ not in known:
        known[_READ] = _attempt_of_cookie(request)
    found: Attempt | None = known[_READ]
    return found


def _attempt_of_cookie(request: HttpRequest) -> Attempt | None:
    try:
        code = _signer().unsign(request.COOKIES.get(settings.ATTEMPT_COOKIE_NAME, ""))
    except BadSignature:
        return None
    return Attempt.objects.by_code(code)


def remember_attempt(response: HttpResponseBase, code: str) -> None:
    response.set_cookie(
        settings.ATTEMPT_COOKIE_NAME,
        _signer().sign(code),
        max_age=COOKIE_AGE,
        secure=settings.ATTEMPT_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_attempt(response: HttpResponseBase) -> None:
    response.delete_cookie(settings.ATTEMPT_COOKIE_NAME, samesite="Lax")


def no_attempt(request: HttpRequest) -> PageError:
    """The error for a page that needs an attempt when the cookie names none."""
    start = (reverse("quiz:introduction"), _("Go to the start of the quiz"))
    code = (reverse("quiz:resume"), _("Enter your return code"))
    if settings.ATTEMPT_COOKIE_NAME in request.COOKIES:
        return PageError(
            403,
            _("We can't find your quiz"),
            _(
                "This browser's cookie doesn't open any answers. Maybe they were deleted. Enter "
                "your return code, or start again."
            ),
            start,
            code,
        )
    if request.COOKIES:
        return PageError(
            403,
            _("There is no quiz in this browser"),
            _("If you started one, enter your return code. If not, go to the start."),
            start,
            code,
        )
    return PageError(
        403,
        _("There is no quiz on this device yet"),
        _(
            "If you started one before, enter your return code. If you started one just now, allow "
            "cookies for this site, then start again."
        ),
        start,
        code,
    )


def for_own_attempt(
    request: HttpRequest,
    attempt: Attempt | None,
    answer: Callable[[Attempt], HttpResponseBase],
) -> HttpResponseBase:
    """Answer for the visitor's own attempt.

    Without one, raise a page that says what to do. What was sent by POST is not lost: a form sends
    it again with the return code, and the browser gets a new cookie.
    """
    if attempt:
        return answer(attempt)
    if request.method != "POST":
        raise no_attempt(request)
    form = CodeForm(request.POST if "code" in request.POST else None)
    found = attempt_with_code(request, form)
    if found and request.POST.get("attempt", found.mark) != found.mark:
        form.add_error("code", _("This code opens another quiz. Enter the one for this page."))
        found = None
    if found is None:
        return ask_for_code(request, form)
    vars(request)[_READ] = found
    response = answer(found)
    if settings.ATTEMPT_COOKIE_NAME not in response.cookies:  # deleting everything drops it
        remember_attempt(response, found.code)
    return response


def own_attempt_required(view: View) -> View:
    """Pass the visitor's own attempt to the view, as `for_own_attempt` does.

    No browser or proxy may store what the view answers.
    """

    @wraps(view)
    def with_attempt(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return for_own_attempt(
            request, own_attempt(request), lambda own: view(request, own, *args, **kwargs)
        )

    return private(with_attempt)
