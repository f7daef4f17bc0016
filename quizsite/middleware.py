"""What every request passes through: headers, refusing what no page serves, our error pages."""

import codecs
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quiz.web.errors import PageError
from quiz.web.private import View
from quiz.web.scarce import Busy
from quizsite.api.problems import is_for_api
from quizsite.bodies import BROKE_OFF, NO_ROOM, TOO_SLOW, is_too_large
from quizsite.caches.unavailable import CacheUnavailable
from quizsite.errors import bad_request, error_page, page_not_found, too_large
from quizsite.logs import note_cause
from quizsite.threads import CROWDED

METHODS = {"GET", "HEAD", "POST", "OPTIONS"}
RETRY_AFTER_SECONDS = 5
READABLE_CHARSETS = {"utf-8", "ascii"}

GetResponse = Callable[[HttpRequest], HttpResponse]


class FixedHeaders:
    """Send the headers that are the same on every response: pages, errors and static files."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in settings.FIXED_HEADERS.items():
            response.setdefault(name, value)
        return response


class SoundRequestsOnly:
    """Refuse methods that no page has, unreadable bodies, and NUL, which PostgreSQL can't store."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if CROWDED in request.META:
            return crowded(request)
        if request.method not in METHODS:
            return _method_not_allowed(request, sorted(METHODS))
        if "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request)
        return _body_refused(request) or self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> HttpResponse | None:
        # A link is looked up by the hash of its token, so a wrong token may hold any character and
        # gets the page that every wrong link gets.
        if "\0" in request.path_info and "token" not in kwargs:
            return page_not_found(request)
        return None


def _body_refused(request: HttpRequest) -> HttpResponse | None:
    """Answer a body that can't be read as it was meant; None if nothing is wrong with it."""
    headers = request.META
    if is_too_large(headers):
        return too_large(request)
    if headers.get(NO_ROOM):
        return no_room(request)
    if headers.get(TOO_SLOW):
        return _unreadable(request, 408, _("too slowly"))
    if headers.get(BROKE_OFF):
        return _unreadable(request, 400, _("only in part"))
    if "HTTP_TRANSFER_ENCODING" in headers and not headers.get("CONTENT_LENGTH", "").isdecimal():
        return _unreadable(request, 411, _("without its length"))
    encodings = {
        headers.get(name, "").strip().lower()
        for name in ("HTTP_CONTENT_ENCODING", "HTTP_TRANSFER_ENCODING")
    }
    if encodings - {"", "identity", "chunked"}:
        return _unreadable(request, 415, _("compressed"))
    if request.encoding:
        # Django has looked it up.
        if codecs.lookup(request.encoding).name not in READABLE_CHARSETS:
            return _unreadable(request, 415, _("in another character set than UTF-8"))
        request.encoding = "utf-8"
    return None


def no_room(request: HttpRequest) -> HttpResponse:
    """Refuse a large body while other large ones take all the memory that bodies may have."""
    response = error_page(
        request,
        503,
        _("Too many files are arriving just now"),
        _("Nothing was saved. Go back, wait a moment, and send it again."),
    )
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _unreadable(request: HttpRequest, status: int, how: str) -> HttpResponse:
    return error_page(
        request,
        status,
        _("We couldn't read what you sent"),
        _(
            "It arrived %(how)s, so nothing was saved. Go back and send it again, or use another "
            "browser."
        )
        % {"how": how},
    )


class OwnErrorPages:
    """Turn errors that a person can act on into pages that say what to do."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # ninja has words of its own.
        if response.status_code == 405 and (not response.content or is_for_api(request)):
            return _method_not_allowed(request, response["Allow"].split(", "))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        note_cause(request, exception)
        if isinstance(exception, PageError):
            return error_page(
                request,
                exception.status,
                exception.heading,
                exception.advice,
                exception.link,
                exception.other,
                retry_after=exception.retry_after,
            )
        if isinstance(exception, OperationalError | InterfaceError | InternalError):
            return database_unavailable(request)
        if isinstance(exception, CacheUnavailable):
            return limits_unavailable(request)
        if isinstance(exception, Busy):
            return busy(request)
        return None


def database_unavailable(request: HttpRequest) -> HttpResponse:
    """Say that nothing can be saved or read now: the database is down, full or busy."""
    return error_page(
        request,
        503,
        _("We can't reach our records just now"),
        _(
            "What you saved before is safe, but what you sent just now wasn't saved. Go back in "
            "your browser, wait a moment, and send it again."
        ),
        retry_after=RETRY_AFTER_SECONDS,
    )


def limits_unavailable(request: HttpRequest) -> HttpResponse:
    """Refuse what can't be counted: otherwise passwords could be guessed in the meantime."""
    return error_page(
        request,
        503,
        _("We can't check that just now"),
        _("Nothing was changed. Go back in your browser, wait a moment, and send it again."),
        retry_after=RETRY_AFTER_SECONDS,
    )


def busy(request: HttpRequest) -> HttpResponse:
    """Refuse dear work that too many ask for, so that it takes no thread from everyone else."""
    return error_page(
        request,
        503,
        _("Many people are asking for this just now"),
        _("Nothing is lost. Go back in your browser, wait a few seconds, then try again."),
        retry_after=Busy.retry_after,
    )


def crowded(request: HttpRequest) -> HttpResponse:
    """Refuse what no thread could take in time; the server keeps this page for all of them."""
    return error_page(
        request,
        503,
        _("Too many people are here just now"),
        _(
            "What you saved before is safe, but what you sent just now wasn't saved. Go back in "
            "your browser, wait a few seconds, then try again."
        ),
        retry_after=RETRY_AFTER_SECONDS,
    )


def _method_not_allowed(request: HttpRequest, allowed: list[str]) -> HttpResponse:
    response = error_page(
        request,
        405,
        _("This page can't do that"),
        _("Your browser asked for something this page doesn't offer. Open it from a link."),
    )
    response["Allow"] = ", ".join(allowed)
    return response
