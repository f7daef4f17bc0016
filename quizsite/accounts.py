"""Sessions and accounts, for the pages that have them: a visitor of the quiz has neither."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from simple_history.middleware import HistoryRequestMiddleware

View = Callable[[HttpRequest], HttpResponse]

PATHS = ("/admin/", "/counselor/", "/invitation/", "/group/")


class OnlyWithAccounts:
    """In front of a middleware: pages outside PATHS pass it by."""

    get_response: View

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(PATHS):
            return super().__call__(request)  # type: ignore[misc]
        return self.get_response(request)


class Sessions(OnlyWithAccounts, SessionMiddleware):
    """A cookie that holds NUL characters, which PostgreSQL can't look up, names no session."""

    def process_request(self, request: HttpRequest) -> None:
        if "\0" in request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""):
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
        super().process_request(request)


class Messages(OnlyWithAccounts, MessageMiddleware):
    pass


class Accounts(OnlyWithAccounts, AuthenticationMiddleware):
    """`request.user`; its `process_view` asks for a login only where a view wants one."""


def histories(get_response: View) -> View:
    """Let the history of a row say who changed it."""
    with_user = HistoryRequestMiddleware(get_response)

    def middleware(request: HttpRequest) -> HttpResponse:
        passes = with_user if request.path_info.startswith(PATHS) else get_response
        return passes(request)

    return middleware
