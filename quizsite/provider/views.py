"""To the provider and back: the log-in, and the question whether someone still belongs there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from quiz.web.private import private
from quiz.web.provider import answers_of, is_from_provider, must_log_in
from quiz.web.second_factor import ASK_PROVIDER, is_in_use, missing_step
from quizsite.provider.client import Exchange, provider_for


def with_provider(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer 404 on a site without a provider."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.OIDC_URL:
            raise Http404
        return view(request, *args, **kwargs)

    return private(shown)


@with_provider
def log_in(request: HttpRequest) -> HttpResponse:
    """Redirect to the provider. A link and no form: browsers let no form lead to another site."""
    wanted = get_next_redirect_url(request)
    return redirect(provider_for(request).get_login_address(AuthProcess.LOGIN, wanted))


@with_provider
def check(request: HttpRequest) -> HttpResponse:
    """Ask the provider, without a click, whether it still confirms this session.

    A page leads there, because a redirect after a form may not: the content security policy counts
    it as part of the form. With `again`, the person has to log in there, so the page waits.
    """
    if not request.user.is_authenticated or not is_from_provider(request):
        return redirect("account_login")
    wanted = get_next_redirect_url(request) or get_adapter(request).get_login_redirect_url(request)
    if missing_step(request) != ASK_PROVIDER:
        return redirect(wanted)
    waits = "again" in request.GET
    is_too_old = must_log_in(request) or not is_in_use(request, answers_of(request)[-1]["at"])
    prompt = "login" if waits or is_too_old else "none"
    address = provider_for(request).get_login_address(AuthProcess.REDIRECT, wanted, prompt)
    shown = {"address": address, "waits": waits, "provider": settings.OIDC_NAME}
    return render(request, "account/provider_check.html", shown)


class Callback(OAuth2CallbackView):
    adapter: Exchange

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, response = super()._get_state(request, provider)
        self.adapter.state = state or {}
        return state, response


@with_provider
def callback(request: HttpRequest) -> HttpResponseBase:
    answer: HttpResponseBase = Callback.adapter_view(Exchange(request, settings.OIDC_URL))(request)
    return answer
