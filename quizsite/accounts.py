"""Sessions and accounts, for the addresses that have them: a visitor of the quiz has neither."""

import base64
import io
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import urlsplit

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AbstractBaseUser, User
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.current import current_organization
from quiz.counseling.accounts import start_page
from quiz.web.accounts import has_accounts
from quiz.web.errors import PageError
from quiz.web.first_password import look_up
from quiz.web.limits import Tries
from quiz.web.private import View
from quiz.web.second_factor import SET_UP, missing_step
from quizsite import guesses
from quizsite.provider.client import note
from quizsite.provider.people import is_of_provider, only_through_provider


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


class ByNameOrAddress(AuthenticationBackend):
    """One field for user names and e-mail addresses, with one hash for a wrong password."""

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        for account in accounts_named(credentials.get("username") or ""):
            if self._check_password(account, credentials["password"]):
                return account
        return None


def accounts_named(name: str) -> list[User]:
    """Return the account with this user name, or else those with this address, ignoring case."""
    users = User.objects.order_by("pk")
    named = users.filter(username__iexact=name)
    return list(named or users.filter(email__iexact=name)) if name else []


class StaffAccounts(DefaultAccountAdapter):
    """Accounts of counselors and administrators: from an invitation, or made in the admin.

    Nothing in them depends on the Host header.
    """

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": gettext_lazy(
            "The name or the password is wrong. Check both and try again."
        ),
    }

    # Of the password that is being checked.
    tries: Tries | None = None

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Answer every request with a page, whose status says what happened."""
        return False

    def add_message(
        self, request: HttpRequest, level: int, message_template: Any = None, *args: Any, **kw: Any
    ) -> None:
        """Skip the message after login: the page that follows doesn't show messages."""
        if message_template != "account/messages/logged_in.txt":
            super().add_message(request, level, message_template, *args, **kw)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return start_page(request).url

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index" if missing_step(request) is None else SET_UP)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a password before it is checked."""
        name = credentials["username"].casefold()
        tries = guesses.passwords(request, name, accounts_named(name))
        if not tries.spend():
            raise guesses.wait()
        self.tries = tries

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        self.tries = None
        try:
            user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        except Exception:
            # The password wasn't checked: too many others are, or the database is away.
            if self.tries:
                self.tries.give_back()
            raise
        return user

    def _rollback_login_failed_rl_usage(self) -> None:
        """Give back the try that was right."""
        if self.tries:
            self.tries.give_back()

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        look_up(request, user)

    def pre_login(self, request: HttpRequest, user: Any, **kw: Any) -> HttpResponse | None:
        """Let people of the provider in through it alone, so that it can shut them out."""
        if not (kw.get("signal_kwargs") or {}).get("sociallogin") and is_of_provider(user):
            raise only_through_provider()
        response: HttpResponse | None = super().pre_login(request, user, **kw)
        return response

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kw: Any) -> HttpResponse:
        if login := (kw.get("signal_kwargs") or {}).get("sociallogin"):
            note(request, login)
        response: HttpResponse = super().post_login(request, user, **kw)
        if any(each["method"] == "mfa" for each in get_authentication_records(request, user)):
            guesses.remember_device(response, user)
        return response


class SecondFactor(DefaultMFAAdapter):
    """Codes from an app, whose secrets are encrypted with the site's secret key, and passkeys."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Tie passkeys to the site's own name, whichever of its names someone uses.

        Browsers refuse passkeys of an IP address, but not those of this machine's `localhost`.
        """
        host = urlsplit(settings.SITE_URL).hostname or ""
        name = "localhost" if host == "::1" or host.startswith("127.") else host
        return {"id": name, "name": current_organization().name}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: str) -> str:
        return ""

    def get_totp_issuer(self) -> str:
        return current_organization().name

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
