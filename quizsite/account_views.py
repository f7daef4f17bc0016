"""Pages of an account that differ from allauth's: setting up an app, log-out, own sessions."""

import time
from datetime import UTC, datetime
from functools import wraps
from http import HTTPStatus
from typing import Any, NamedTuple

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.mfa.base import views as second_factor
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.totp.internal.auth import (
    SECRET_SESSION_KEY,
    clear_totp_secret,
    generate_totp_secret,
)
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from quiz.web.forms import says_to_wait
from quiz.web.private import View, private
from quiz.web.provider import is_from_provider
from quiz.web.second_factor import SEEN_AT, SET_UP, app_of
from quizsite.guesses import GUESS_SECONDS, remember_device

ACCOUNT, SESSIONS = "mfa_index", "usersessions_list"
# How long the secret of an app that is being set up is kept, and since when.
SECRET_SECONDS, SECRET_MADE_AT = 15 * 60, "mfa.totp.made_at"


def counts_guesses(view: View) -> View:
    """Answer with status 429 when the form of a page says that there were too many guesses."""

    @wraps(view)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        shown = getattr(response, "context_data", None) or {}
        forms = [shown.get(name) for name in ("form", "webauthn_form")]
        if any(isinstance(each, BaseForm) and says_to_wait(each) for each in forms):
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
            response["Retry-After"] = str(GUESS_SECONDS)
        return response

    return counted


@login_required
def own_account(request: HttpRequest) -> HttpResponseBase:
    """List the ways to log in, or name the provider, which has them all."""
    if is_from_provider(request):
        return render(request, "account/provider_account.html")
    response: HttpResponseBase = second_factor.index(request)
    return response


# ---------------------------------------------------------------- log-out


@private
def log_out(request: HttpRequest) -> HttpResponseBase:
    """Log out, and let the browser drop the pages it has kept.

    It keeps its cookies and storage: they hold unsent answers of anyone who takes the quiz there.
    """
    response: HttpResponseBase = account.logout(request)
    if request.method == "POST":
        response["Clear-Site-Data"] = '"cache"'
    return response


# ---------------------------------------------------------------- two-step login


class SetUpSecondFactor(ActivateTOTPView):
    """Count the code that sets up an app as a login code, so no one has to enter two.

    The secret stays the same for SECRET_SECONDS, in every tab and after a wrong code, so that an
    app that has scanned it can be used. Only the button or time replaces it. Setting up the app and
    logging out remove it from the session.
    """

    was_replaced = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep an app that is already set up, even after a double click."""
        if request.user.is_authenticated and app_of(request.user):
            return redirect(ACCOUNT)
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "new" in request.POST:
            clear_totp_secret(request)
            return redirect(SET_UP)
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        kwargs["secret"] = self._kept_secret()
        if kwargs["secret"] is None:
            # A code that was sent is for another secret, so the form starts empty.
            kwargs |= {"secret": self._new_secret(), "data": None, "files": None}
        return kwargs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "was_replaced": self.was_replaced}

    def _kept_secret(self) -> str | None:
        session = self.request.session
        is_fresh = time.time() - session.get(SECRET_MADE_AT, 0) < SECRET_SECONDS
        secret: str | None = session.get(SECRET_SESSION_KEY) if is_fresh else None
        return secret

    def _new_secret(self) -> str:
        session = self.request.session
        self.was_replaced = self.request.method == "POST" or SECRET_SESSION_KEY in session
        secret: str = generate_totp_secret()
        session[SECRET_SESSION_KEY], session[SECRET_MADE_AT] = secret, time.time()
        return secret

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except IntegrityError:
            clear_totp_secret(self.request)
            return redirect(ACCOUNT)
        app = app_of(self.request.user)
        if app:
            post_authentication(self.request, app)
            remember_device(response, self.request.user)
        return response


# ---------------------------------------------------------------- own sessions


class Session(NamedTuple):
    pk: int
    browser: str
    ip: str
    since: datetime
    seen_at: datetime
    is_current: bool


@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """List where this account is logged in. A POST ends the session it names, or all others."""
    rows = UserSession.objects.purge_and_list(request.user)
    if request.method != "POST":
        listed = sorted(map(_described, rows), key=lambda each: each.seen_at, reverse=True)
        listed.sort(key=lambda each: not each.is_current)
        return render(request, "usersessions/usersession_list.html", {"sessions": listed})
    named = request.POST.get("session", "")
    ended = [
        row for row in rows if (str(row.pk) == named if named else True) and not row.is_current()
    ]
    end_sessions(request, ended)
    if ended:
        get_adapter().add_message(
            request, messages.SUCCESS, "usersessions/messages/sessions_logged_out.txt"
        )
    return redirect(SESSIONS)


def _described(row: UserSession) -> Session:
    seen_at = row._session_store(row.session_key).get(SEEN_AT)
    return Session(
        pk=row.pk,
        browser=browser_in(row.user_agent),
        ip=row.ip,
        since=row.created_at,
        seen_at=datetime.fromtimestamp(seen_at, UTC) if seen_at else row.created_at,
        is_current=row.is_current(),
    )


# In the order in which to look: most browsers also name the ones they resemble.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def browser_in(user_agent: str) -> str:
    """Name a browser as people do: “Firefox on Windows”."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")
