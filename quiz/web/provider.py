"""Which sessions were opened through the OpenID Connect provider, and when it must be asked again.

The provider lets someone in; only it knows whether they still belong there. So each session notes
when the provider was last asked, and opens nothing once that was too long ago.
"""

import time
from collections.abc import Mapping
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from quiz.web.private import View

METHOD = "socialaccount"  # allauth's name for a step of a login that a provider confirmed
COUNSELORS, EDITORS, PUBLISHERS, HEADS = "counselors", "editors", "publishers", "heads"
# Someone who is deactivated there loses access within an hour.
ASK_SECONDS = 55 * 60
# After that, the person themselves logs in again: there, or here with a code or passkey.
LOG_IN_HOURS = 12


def answers_of(request: HttpRequest) -> list[Mapping[str, Any]]:
    """Return when (`at`) and what the provider confirmed for this session, oldest first."""
    records = get_authentication_records(request, request.user)
    return [record for record in records if record["method"] == METHOD]


def is_from_provider(request: HttpRequest) -> bool:
    return bool(answers_of(request))


def roles_of(request: HttpRequest) -> list[str] | None:
    """Return the roles the provider gave last; None for a session that isn't from there."""
    answers = answers_of(request)
    return answers[-1].get("roles", []) if answers else None


def must_ask(request: HttpRequest) -> bool:
    """Say whether the provider must confirm this session before it opens anything."""
    last = answers_of(request)[-1]["at"]
    return not 0 <= time.time() - last < ASK_SECONDS


def must_log_in(request: HttpRequest) -> bool:
    """Say whether the person themselves must log in there again, 12 hours after the last time."""
    logins = [answer["at"] for answer in answers_of(request) if answer.get("logged_in")]
    return not logins or time.time() - logins[-1] >= LOG_IN_HOURS * 3600


def offered() -> str:
    """Return the provider's name if the site has one, or ""."""
    return settings.OIDC_NAME if settings.OIDC_URL else ""


def not_from_provider(view: View) -> View:
    """Refuse pages about passwords, apps and passkeys where the provider does all that."""

    @wraps(view)
    def without_provider(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and is_from_provider(request):
            return redirect("mfa_index")
        return view(request, *args, **kwargs)

    return without_provider
