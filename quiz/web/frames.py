"""Pages for a frame on someone else's page: the sites in the setting may frame them, no one else.

Why: `docs/decisions/2026-11-30-embedding-without-cookies.md`.
"""

from collections.abc import Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

from quiz.web.errors import PageError
from quiz.web.private import View

# Sending the same again may work.
WORTH_A_RETRY = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


def require_parents() -> None:
    """Raise Http404 while no site may frame anything."""
    if not settings.EMBED_ORIGINS:
        raise Http404("EMBED_ORIGINS is empty")


def embedded(view: View) -> View:
    """Mark a view that answers with pages for a frame; 404 while no site may frame them.

    Its errors are such pages too: others would leave the frame empty.
    """

    @wraps(view)
    def if_wanted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_parents()
        return view(request, *args, **kwargs)

    vars(if_wanted)["is_embedded"] = True
    return if_wanted


def is_embedded(request: HttpRequest) -> bool:
    """Say whether the answer to a request belongs into a frame."""
    match = request.resolver_match
    is_marked = match is not None and hasattr(match.func, "is_embedded")
    return is_marked and bool(settings.EMBED_ORIGINS)


def embedded_page(
    template: str, values: Mapping[str, Any], *, status: int = HTTPStatus.OK
) -> HttpResponse:
    """Render a page for a frame. Without the request, no template can read a cookie."""
    parents = settings.EMBED_ORIGINS
    html = render_to_string(template, {**values, "parents": " ".join(parents)})
    response = HttpResponse(html, status=status)
    response["Cache-Control"] = "no-store"
    # X-Frame-Options can't name sites; the policy does, and every browser in use reads it.
    response.xframe_options_exempt = True
    response._csp_replace = {"frame-ancestors": parents}  # type: ignore[attr-defined]
    return response


def embedded_error(request: HttpRequest, error: PageError) -> HttpResponse:
    """Show an error in the frame, with what was sent if sending it again may help."""
    fields = request.POST.lists() if error.status in WORTH_A_RETRY else ()
    sent = [(name, value) for name, values in fields for value in values]
    values = {"error": error, "sent": sent}
    response = embedded_page("quiz/embed/error.html", values, status=error.status)
    if error.retry_after:
        response["Retry-After"] = str(error.retry_after)
    return response
