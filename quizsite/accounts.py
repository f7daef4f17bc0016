"""Sessions and accounts, for the pages that have them: a visitor of the quiz has neither."""

import base64
import io
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from simple_history.middleware import HistoryRequestMiddleware

from quiz.web.errors import PageError
from quizsite.errors import error_page

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


def too_many_requests(request: HttpRequest) -> HttpResponse:
    return error_page(
        request,
        HTTPStatus.TOO_MANY_REQUESTS,
        _("That was tried too often"),
        _("Nothing was changed. Wait a few minutes, then try again."),
    )


class CounselorAccounts(DefaultAccountAdapter):
    """Accounts by invitation only; nothing in them is taken from the Host header."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(
        self, request: HttpRequest, level: int, message_template: Any = None, *args: Any, **kw: Any
    ) -> None:
        """Say what the next page shows; after a log-in that is a page without messages."""
        if message_template != "account/messages/logged_in.txt":
            super().add_message(request, level, message_template, *args, **kw)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count by account: allauth counts by Host as well, which whoever guesses could vary."""
        return str(credentials.get("email", credentials.get("username", ""))).lower()


class SecondFactor(DefaultMFAAdapter):
    """Codes of an app: what they are made from is of no use without the site's secret key."""

    def build_totp_svg(self, url: str) -> str:
        """Return a drawing to stand in the page itself: the policy allows no data: address."""
        drawing = io.BytesIO()
        segno.make(url, error="m").save(
            drawing, kind="svg", xmldecl=False, svgns=False, omitsize=True, light="#fff"
        )
        return drawing.getvalue().decode()

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _fernet().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            raise PageError(
                HTTPStatus.FORBIDDEN,
                _("We can't check your second step any more"),
                _(
                    "The site has a new secret key since you set it up. Ask an administrator to "
                    "take your second step away; then log in and set it up again."
                ),
            ) from error


def _fernet() -> MultiFernet:
    """Return what encrypts with the secret key, and decrypts also with those before it."""
    keys = [
        salted_hmac("quizsite.second_factor", "key", secret, algorithm="sha256").digest()
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
