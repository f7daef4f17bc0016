"""What every request passes through: refuse what no page can serve, and show our error pages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quiz.web.errors import PageError
from quiz.web.private import View
from quizsite.errors import bad_request, error_page, page_not_found

METHODS = {"GET", "HEAD", "POST", "OPTIONS"}
RETRY_AFTER_SECONDS = 5

GetResponse = Callable[[HttpRequest], HttpResponse]


class SoundRequestsOnly:
    """Refuse methods that no page has, and NUL characters, which PostgreSQL can't store."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return _method_not_allowed(request, sorted(METHODS))
        if "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> HttpResponse | None:
        # A link is looked up by the hash of its token, so a wrong token may hold any character and
        # gets the page that every wrong link gets.
        if "\0" in request.path_info and "token" not in kwargs:
            return page_not_found(request)
        return None


class OwnErrorPages:
    """Turn errors that a person can act on into pages that say what to do."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            return _method_not_allowed(request, response["Allow"].split(", "))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, PageError):
            return error_page(
                request,
                exception.status,
                exception.heading,
                exception.advice,
                exception.link,
                exception.other,
            )
        if isinstance(exception, OperationalError | InterfaceError):
            return database_unavailable(request)
        return None


def database_unavailable(request: HttpRequest) -> HttpResponse:
    """Say that nothing can be saved or read now: the database is down, full or busy."""
    response = error_page(
        request,
        503,
        _("We can't reach our records just now"),
        _(
            "What you saved before is safe. What you sent just now was not saved: go back in your "
            "browser, where your choices still stand, wait a moment, and send them again."
        ),
    )
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _method_not_allowed(request: HttpRequest, allowed: list[str]) -> HttpResponse:
    response = error_page(
        request,
        405,
        _("This page can't do that"),
        _("Your browser asked for something this page does not offer. Open it from a link."),
    )
    response["Allow"] = ", ".join(allowed)
    return response
