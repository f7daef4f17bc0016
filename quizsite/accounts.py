"""Sessions and accounts, for the addresses that have them: a visitor of the quiz has neither."""

import base64
import io
from collections.abc import Mapping, Sequence
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

from quiz.web.accounts import has_accounts
from quiz.web.errors import PageError
from quiz.web.private import View
from quizsite.errors import error_page


class OnlyWithAccounts:
    """In front of a middleware class: run it only for addresses marked `with_accounts`.

    That is known once the address is resolved, so `process_view` does what the class does in
    `process_request`. Without the session, user and messages, a visit to the quiz costs about 5 %
    less CPU time.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Do nothing yet."""

    def process_view(
        self, request: HttpRequest, view: View, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> None:
        if has_accounts(view):
            self.prepare(request)

    def prepare(self, request: HttpRequest) -> None:
        """Do what the middleware class does with a request."""
        raise NotImplementedError


class Sessions(OnlyWithAccounts, SessionMiddleware):
    def prepare(self, request: HttpRequest) -> None:
        # PostgreSQL can't look up NUL characters, so a cookie with them names no session.
        if "\0" in request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""):
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
        SessionMiddleware.process_request(self, request)


class Accounts(OnlyWithAccounts, AuthenticationMiddleware):
    def prepare(self, request: HttpRequest) -> None:
        AuthenticationMiddleware.process_request(self, request)


class Messages(OnlyWithAccounts, MessageMiddleware):
    def prepare(self, request: HttpRequest) -> None:
        MessageMiddleware.process_request(self, request)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    return error_page(
        request,
        HTTPStatus.TOO_MANY_REQUESTS,
        _("Too many attempts"),
        _("Nothing was changed. Wait a few minutes, then try again."),
    )


class CounselorAccounts(DefaultAccountAdapter):
    """Accounts are by invitation only, and nothing in them depends on the Host header."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(
        self, request: HttpRequest, level: int, message_template: Any = None, *args: Any, **kw: Any
    ) -> None:
        """Skip the message after login: the page that follows doesn't show messages."""
        if message_template != "account/messages/logged_in.txt":
            super().add_message(request, level, message_template, *args, **kw)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count by account only: allauth also counts by Host, which an attacker could vary."""
        return str(credentials.get("email", credentials.get("username", ""))).lower()


class SecondFactor(DefaultMFAAdapter):
    """Codes from an app; their secrets are encrypted with the site's secret key."""

    def build_totp_svg(self, url: str) -> str:
        """Draw the QR code as inline SVG: the content security policy forbids data: URLs."""
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
                _("We can't check your code anymore"),
                _(
                    "This site's secret key has changed. Ask an administrator to reset your "
                    "two-step login, then set it up again."
                ),
            ) from error


def _fernet() -> MultiFernet:
    """Encrypt with the secret key; decrypt with earlier ones too."""
    keys = [
        salted_hmac("quizsite.second_factor", "key", secret, algorithm="sha256").digest()
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
