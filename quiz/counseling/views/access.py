"""Access to the counselors' pages: an account, a password and a second factor."""

import time
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    SECRET_SESSION_KEY,
    clear_totp_secret,
    generate_totp_secret,
)
from allauth.mfa.totp.views import ActivateTOTPView
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url

from quiz.counseling.models import Counselor
from quiz.web.private import View, private

ASK_PASSWORD, ASK_SECOND_FACTOR = "account_login", "mfa_reauthenticate"
SET_UP, ACCOUNT = "mfa_activate_totp", "mfa_index"
# How long the secret of an app that is being set up is kept, and since when.
SECRET_SECONDS, SECRET_MADE_AT = 15 * 60, "mfa.totp.made_at"
# A working day. Browsers that restore tabs restore the session too, so it must expire.
SECOND_FACTOR_HOURS = 12


def signed_in_counselor(request: HttpRequest) -> Counselor | None:
    """Return the counselor who logged in, even if only with a password so far."""
    if not request.user.is_authenticated:
        return None
    return Counselor.objects.select_related("user").filter(user=request.user).first()


def second_factor_of(user: AbstractBaseUser) -> Authenticator | None:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()


def has_passed(request: HttpRequest, second_factor: Authenticator) -> bool:
    """Say whether this session has a recent code for this second factor.

    Logging in to the admin doesn't ask for a code, and a code from a removed app doesn't count.
    """
    oldest = time.time() - SECOND_FACTOR_HOURS * 3600
    since = max(second_factor.created_at.timestamp(), oldest)
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" and record["at"] >= since for record in records)


def ask_at(request: HttpRequest, name: str) -> HttpResponse:
    """Redirect to a page that asks for a factor; after a GET, that page returns to this one."""
    if request.method in ("GET", "HEAD"):
        return redirect_to_login(request.get_full_path(), resolve_url(name))
    return redirect(name)


def second_factor_if_set_up(view: View) -> View:
    """Require the second factor if there is one, so a password isn't enough to change it."""

    @wraps(view)
    def with_second_factor(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            second_factor = second_factor_of(request.user)
            if second_factor and not has_passed(request, second_factor):
                return ask_at(request, ASK_SECOND_FACTOR)
        return view(request, *args, **kwargs)

    return private(with_second_factor)


def counselor_required(view: View) -> View:
    """Pass the counselor who logged in with both factors, or redirect to the missing step."""

    @wraps(view)
    def with_counselor(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return ask_at(request, ASK_PASSWORD)
        counselor = signed_in_counselor(request)
        if counselor is None:
            raise PermissionDenied
        second_factor = second_factor_of(request.user)
        if second_factor is None:
            return redirect(SET_UP)
        if not has_passed(request, second_factor):
            return ask_at(request, ASK_SECOND_FACTOR)
        return view(request, counselor, *args, **kwargs)

    return private(with_counselor)


class SetUpSecondFactor(ActivateTOTPView):
    """Count the code that sets up an app as a login code, so no one has to enter two.

    The secret stays the same for SECRET_SECONDS, in every tab and after a wrong code, so that an
    app that has scanned it can be used. Only the button or time replaces it. Setting up the app and
    logging out remove it from the session.
    """

    was_replaced = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep an app that is already set up, even after a double click."""
        if request.user.is_authenticated and second_factor_of(request.user):
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
        second_factor = second_factor_of(self.request.user)
        if second_factor:
            post_authentication(self.request, second_factor)
        return response
