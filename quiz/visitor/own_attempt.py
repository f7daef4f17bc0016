"""The visitor's own attempt, named by a signed cookie: no session, and no secret in a URL."""

from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from quiz.attempts.models import Attempt
from quiz.web.errors import PageError
from quiz.web.private import View, private

COOKIE_AGE = timedelta(days=365)


def _signer() -> Signer:
    return Signer(salt="quiz.attempt")


def own_attempt(request: HttpRequest) -> Attempt | None:
    """Return the attempt that the cookie names; None if there is none, or the cookie is forged."""
    try:
        code = _signer().unsign(request.COOKIES.get(settings.ATTEMPT_COOKIE_NAME, ""))
    except BadSignature:
        return None
    return Attempt.objects.by_code(code)


def remember_attempt(response: HttpResponse, code: str) -> None:
    response.set_cookie(
        settings.ATTEMPT_COOKIE_NAME,
        _signer().sign(code),
        max_age=COOKIE_AGE,
        secure=settings.ATTEMPT_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_attempt(response: HttpResponse) -> None:
    response.delete_cookie(settings.ATTEMPT_COOKIE_NAME, samesite="Lax")


def no_attempt(request: HttpRequest) -> PageError:
    """The error for a page that needs an attempt when the cookie names none."""
    start = (reverse("quiz:introduction"), _("Go to the start of the quiz"))
    if settings.ATTEMPT_COOKIE_NAME in request.COOKIES:
        return PageError(
            403,
            _("We can't find your quiz"),
            _(
                "The note that your browser keeps for us does not lead to any answers. "
                "They may have been deleted, or the note was changed. You can begin again, or go "
                "on with your code: the start of the quiz leads to both."
            ),
            start,
        )
    return PageError(
        403,
        _("There is no quiz on this device yet"),
        _(
            "This page needs a quiz that was begun in this browser, or your code from another "
            "device; the start of the quiz leads to both. If you did begin one just now, your "
            "browser may be refusing cookies: allow them for this site, then begin again."
        ),
        start,
    )


def own_attempt_required(view: View) -> View:
    """Pass the visitor's own attempt to the view, or raise a page that says what to do.

    No browser or proxy may store what the view answers.
    """

    @wraps(view)
    def with_attempt(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        attempt = own_attempt(request)
        if attempt is None:
            raise no_attempt(request)
        return view(request, attempt, *args, **kwargs)

    return private(with_attempt)
