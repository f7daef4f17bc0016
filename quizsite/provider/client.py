"""What we send to the provider and accept from it: allauth's client, with a nonce.

No token is stored: each is used once, while someone logs in or is confirmed.
"""

import logging
import secrets
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from requests import RequestException

from quiz.web.errors import PageError
from quiz.web.provider import METHOD
from quizsite.provider.people import account_of, give_roles, no_role, roles_in

logger = logging.getLogger("accounts")

# Answers to `prompt=none` that mean: not without asking the person.
ASK_THE_PERSON = {
    *("login_required", "interaction_required"),
    *("consent_required", "account_selection_required"),
}


class Exchange(OpenIDConnectOAuth2Adapter):
    """One exchange of a code for claims; `state` is what we noted when the person left."""

    state: dict[str, Any]

    def get_provider(self) -> "Provider":
        return provider_for(self.request)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return settings.SITE_URL + reverse("provider_callback")

    def get_client(self, request: HttpRequest, app: SocialApp) -> Any:
        """Read the provider's addresses; raises PageError if it's away or answers nonsense."""
        try:
            return super().get_client(request, app)
        except (RequestException, LookupError, TypeError, ValueError) as error:
            raise unreachable(error) from error

    def parse_token(self, data: Any) -> SocialToken:
        return SocialToken(token=str(data["access_token"]))

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        try:
            login: SocialLogin = super().complete_login(request, app, token, **kwargs)
            answer = login.account.extra_data
            id_token, info = dict(answer["id_token"]), dict(answer.get("userinfo") or {})
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise OAuth2Error("unreadable answer") from error
        if not constant_time_compare(str(id_token.get("nonce")), self.state["nonce"]):
            raise OAuth2Error("wrong nonce")
        if info.get("sub") != id_token["sub"] or "\0" in login.account.uid:
            raise OAuth2Error("wrong subject")
        login.claims = {**info, **id_token}
        # Nothing about the person is kept but the subject.
        login.account.extra_data = {}
        return login


class Provider(OpenIDConnectProvider):
    oauth2_adapter_class = Exchange

    def get_login_address(self, process: str, wanted: str | None, prompt: str = "") -> str:
        """Return where the person logs in, or is confirmed; raises PageError if it's away."""
        nonce = secrets.token_urlsafe(16)
        asked = {"nonce": nonce, **({"prompt": prompt} if prompt else {})}
        try:
            response = self.redirect(
                self.request, process, wanted, auth_params=asked, nonce=nonce, prompt=prompt
            )
        except (RequestException, LookupError, TypeError, ValueError) as error:
            raise unreachable(error) from error
        return str(response.url)


def provider_for(request: HttpRequest) -> Provider:
    app = SocialApp(
        provider=Provider.id,
        # Subjects are unique within an issuer only.
        provider_id=settings.OIDC_URL,
        name=settings.OIDC_NAME,
        client_id=settings.OIDC_CLIENT_ID,
        secret=settings.OIDC_CLIENT_SECRET,
        settings={
            "server_url": settings.OIDC_URL,
            "oauth_pkce_enabled": True,
            "scope": ["openid", "profile", "email", *settings.OIDC_SCOPES],
        },
    )
    return Provider(request, app=app)


class StaffProvider(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the account and give it its roles; finish here if we only asked for confirmation."""
        claims = sociallogin.claims
        is_confirmation = sociallogin.state.get("process") == AuthProcess.REDIRECT
        roles = roles_in(claims)
        if not roles:
            logger.info("log-in by provider refused: no role")
            if sociallogin.is_existing:
                give_roles(sociallogin.user, [], claims)
            end(request)
            raise no_role()
        user = account_of(sociallogin.account, claims)
        give_roles(user, roles, claims)
        sociallogin.user = user
        sociallogin.roles = roles
        if is_confirmation:
            raise ImmediateHttpResponse(confirmed(request, sociallogin, user))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        state = (extra_context or {}).get("state") or {}
        answered = request.GET.get("error", "") if state else ""
        reason = type(exception).__name__ if exception else answered or "unknown state"
        logger.warning("log-in by provider failed: %s", reason[:60])
        if isinstance(exception, RequestException):
            raise unreachable(exception) from exception
        if answered in ASK_THE_PERSON and state.get("prompt") == "none":
            asked = urlencode({"again": 1, "next": state.get("next") or ""})
            raise ImmediateHttpResponse(redirect(f"{reverse('provider_check')}?{asked}"))
        if answered:
            end(request)
            raise refused()
        raise broken_off()


def note(request: HttpRequest, login: SocialLogin) -> None:
    """Note in the session that the provider confirmed its user now."""
    prompt = login.state.get("prompt")
    record_authentication(
        request,
        login.user,
        METHOD,
        provider=login.account.provider,
        uid=login.account.uid,
        roles=login.roles,
        logged_in=True if prompt != "none" else None,
    )


def confirmed(request: HttpRequest, login: SocialLogin, user: User) -> HttpResponse:
    """Continue where the person was, with what they had sent."""
    if not request.user.is_authenticated or request.user.pk != user.pk:
        end(request)
        raise refused()
    note(request, login)
    query = QueryDict(mutable=True)
    query["next"] = login.state.get("next") or ""
    request.GET = query  # type: ignore[assignment]
    response = resume_request(request)
    return response or redirect(get_adapter(request).get_login_redirect_url(request))


def end(request: HttpRequest) -> None:
    """End the session, with everything that it kept."""
    if request.user.is_authenticated:
        get_adapter(request).logout(request)


def unreachable(error: Exception) -> PageError:
    logger.warning("provider unreachable: %s", type(error).__name__)
    return PageError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        _("We can't reach %(provider)s") % {"provider": settings.OIDC_NAME},
        _("Only it can confirm who you are. What you sent is kept. Wait a minute, then try again."),
        (reverse("provider_check"), _("Try again")),
        retry_after=60,
    )


def refused() -> PageError:
    return PageError(
        HTTPStatus.FORBIDDEN,
        _("%(provider)s didn't let you in") % {"provider": settings.OIDC_NAME},
        _("Your session here has ended. If that's a mistake, ask who looks after your account."),
        (reverse("account_login"), _("Go to the login")),
    )


def broken_off() -> PageError:
    return PageError(
        HTTPStatus.BAD_REQUEST,
        _("That login didn't work"),
        _("It may have taken too long, or been started in another browser. Try again."),
        (reverse("account_login"), _("Go to the login")),
    )
