"""Which steps of a login a session has passed: a password of one's own, then a code or passkey."""

import time
from collections.abc import Mapping, Sequence
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url

from quiz.web.first_password import must_change
from quiz.web.private import View, private
from quiz.web.provider import LOG_IN_HOURS, answers_of, must_ask

ASK_PASSWORD, ASK_SECOND_FACTOR = "account_login", "mfa_reauthenticate"
ASK_PROVIDER = "provider_check"
CHANGE_PASSWORD, SET_UP = "account_change_password", "mfa_activate_totp"
Type = Authenticator.Type
SECOND_FACTORS = (Type.TOTP, Type.WEBAUTHN)
# When the session was last used, in seconds; written once in WRITE_SECONDS, not for each request.
SEEN_AT, WRITE_SECONDS = "seen_at", 60
# In the query of requests that a page's script repeats: no one need be there.
PART = "part"


def app_of(user: AbstractBaseUser) -> Authenticator | None:
    return Authenticator.objects.filter(user=user, type=Type.TOTP).first()


def second_factors_of(user: AbstractBaseUser) -> list[Authenticator]:
    """Return the app and the passkeys of an account. Recovery codes only stand in for them."""
    return list(Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS))


def has_passed(request: HttpRequest, second_factors: Sequence[Authenticator]) -> bool:
    """Say whether this session has recently used one of these, and was used lately.

    A code from a removed app doesn't count, nor does a removed passkey.
    """
    now = time.time()
    records = get_authentication_records(request, request.user)
    used = [
        record["at"]
        for record in records
        if record["method"] == "mfa" and any(_is_of(record, each) for each in second_factors)
    ]
    if not used or used[-1] < now - LOG_IN_HOURS * 3600:
        return False
    return is_in_use(request, used[-1])


def is_in_use(request: HttpRequest, since: float) -> bool:
    """Say whether the session was used lately, after a step of the login at `since`.

    This request counts as use, unless a script repeats it.
    """
    now = time.time()
    seen_at = max(since, request.session.get(SEEN_AT, 0))
    if now - seen_at >= settings.IDLE.total_seconds():
        return False
    if now - seen_at >= WRITE_SECONDS and PART not in request.GET:
        request.session[SEEN_AT] = now
    return True


def _is_of(record: Mapping[str, Any], second_factor: Authenticator) -> bool:
    """Say whether a step of a login was passed with this app or passkey, or in its place."""
    if record["at"] < second_factor.created_at.timestamp():
        return False
    if second_factor.type == Type.WEBAUTHN and record["type"] == Type.WEBAUTHN:
        return bool(record["id"] == second_factor.pk)
    return record["type"] in (second_factor.type, Type.RECOVERY_CODES)


def missing_step(request: HttpRequest) -> str | None:
    """Return the URL name of the first step that this session lacks; None when it has all."""
    if not request.user.is_authenticated:
        return ASK_PASSWORD
    if answers := answers_of(request):
        is_open = is_in_use(request, answers[-1]["at"]) and not must_ask(request)
        return None if is_open else ASK_PROVIDER
    second_factors = second_factors_of(request.user)
    if second_factors and not has_passed(request, second_factors):
        return ASK_SECOND_FACTOR
    if must_change(request):
        return CHANGE_PASSWORD
    return None if second_factors else SET_UP


def ask_at(request: HttpRequest, name: str) -> HttpResponse:
    """Redirect to a step of the login.

    After a GET, a page that asks for a password or code returns to this one. A form whose code is
    too old is kept in the session and processed after the new code, unless it has a file.
    """
    if name in (CHANGE_PASSWORD, SET_UP):
        return redirect(name)
    if request.method in ("GET", "HEAD"):
        return redirect_to_login(request.get_full_path(), resolve_url(name))
    if name in (ASK_SECOND_FACTOR, ASK_PROVIDER) and not request.FILES:
        kept: HttpResponse = suspend_request(request, resolve_url(name))
        return kept
    return redirect(name)


def second_factor_if_set_up(view: View) -> View:
    """Require the second factor if there is one, so a password isn't enough to change it."""

    @wraps(view)
    def with_second_factor(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        step = missing_step(request)
        if step in (ASK_SECOND_FACTOR, ASK_PROVIDER):
            return ask_at(request, step)
        return view(request, *args, **kwargs)

    return private(with_second_factor)
