"""What makes a page embeddable: who may frame it, and a signed token in place of the cookie.

Why: `docs/decisions/2026-11-30-embedding-without-cookies.md`.
"""

from collections.abc import Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.db import InterfaceError, InternalError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from quiz.attempts.models import Attempt
from quiz.web.errors import PageError
from quiz.web.private import View

SALT = "quiz.embed"
TOKEN_AGE = 24 * 3600  # seconds; each page has a new one
# Sending the same again may work.
WORTH_A_RETRY = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


class Place(NamedTuple):
    """The attempt that a form belongs to, and the page that it was on."""

    attempt: Attempt
    page: int


def token_of(attempt: Attempt, page: int) -> str:
    """Return what the form of a page holds: it opens the attempt, so it is never in an address."""
    return signing.dumps([attempt.code, page], salt=SALT, compress=False)


def place_of(token: str) -> Place:
    """Read a token; raise a page that says what to do if it is forged or old, or opens nothing."""
    try:
        code, page = signing.loads(token, salt=SALT, max_age=TOKEN_AGE)
    except signing.BadSignature:
        code, page = "", 0
    attempt = Attempt.objects.by_code(code) if code else None
    if attempt is None:
        raise cannot_continue()
    return Place(attempt, page)


def cannot_continue() -> PageError:
    return PageError(
        HTTPStatus.FORBIDDEN,
        _("We can't continue here"),
        _(
            "This page was open too long, or the answers were deleted. Reload the page to start "
            "again, or enter your return code on our site."
        ),
    )


def embedded(view: View) -> View:
    """Let the origins in the setting frame what a view answers, and no one else; 404 without any.

    Errors are embeddable pages, too: others would leave the frame empty.
    """

    @wraps(view)
    def with_parents(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.EMBED_ORIGINS:
            raise Http404("EMBED_ORIGINS is empty")
        try:
            response = view(request, *args, **kwargs)
        except PageError as error:
            response = _error(request, error)
        except (OperationalError, InterfaceError, InternalError):
            words = _(
                "What you chose on this page wasn't saved. Wait a moment, then send it again."
            )
            problem = PageError(503, _("We can't reach our records just now"), words)
            response = _error(request, problem)
        response.xframe_options_exempt = True  # type: ignore[attr-defined]
        response._csp_replace = {  # type: ignore[attr-defined]
            "frame-ancestors": settings.EMBED_ORIGINS
        }
        return response

    return with_parents


def _error(request: HttpRequest, error: PageError) -> HttpResponse:
    is_worth_it = request.method == "POST" and error.status in WORTH_A_RETRY
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    values = {"error": error, "sent": sent if is_worth_it else []}
    return embedded_page("quiz/embed/error.html", values, status=error.status)


def embedded_page(
    template: str, values: Mapping[str, Any], *, status: int = HTTPStatus.OK
) -> HttpResponse:
    """Render a page for a frame. Without the request, no template can read a cookie."""
    parents = " ".join(settings.EMBED_ORIGINS)
    return HttpResponse(render_to_string(template, {**values, "parents": parents}), status=status)
