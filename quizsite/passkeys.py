"""Passkeys: forms that refuse whatever isn't one, and the pages that differ from allauth's.

A passkey is always asked to verify its owner. Next to the password it stands in for the code of the
app; alone it is a login by both steps.
"""

from typing import Any

from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.core import context
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as webauthn
from allauth.mfa.webauthn.internal import auth, flows
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    ListWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django import forms
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _

from quiz.web.forms import NameField
from quizsite import guesses
from quizsite.guesses import remember_device

NAME_LENGTH = 60  # characters
LONGEST = 20_000  # characters of what a browser sends; the longest attestations have about 8,000


class PasskeyField(forms.JSONField):
    """What the browser made. Nothing else can be stored: PostgreSQL refuses NUL in JSON."""

    default_error_messages = {
        "required": _("Your browser sent no passkey. Try again."),
        "invalid": _("We couldn't read the passkey. Try again."),
    }
    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        text = str(value or "")
        if "\\u0000" in text or len(text) > LONGEST:
            raise forms.ValidationError(self.error_messages["invalid"])
        read = super().to_python(value)
        if read is not None and not isinstance(read, dict):
            raise forms.ValidationError(self.error_messages["invalid"])
        return read


def refused() -> forms.ValidationError:
    return forms.ValidationError(_("This passkey didn't work. Try again, or use another way."))


class AddForm(webauthn.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = NameField(
            max_length=NAME_LENGTH,
            error_messages={"required": _("Name the passkey so you can recognize it.")},
        )
        self.fields["credential"] = PasskeyField()

    def clean(self) -> Any:
        try:
            super().clean()
        except DatabaseError:
            raise
        except Exception:  # fido2 raises many kinds of errors for bytes that aren't a passkey
            self.add_error("credential", refused())
        return self.cleaned_data


class CountedPasskey(webauthn.AuthenticateWebAuthnForm):
    """A passkey of an account, counted like a code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = PasskeyField()

    def clean_credential(self) -> Authenticator:
        request = context.request
        tries = guesses.codes(request, self.user) if self.user else guesses.passkeys(request)
        if not tries.spend():
            raise guesses.wait()
        try:
            authenticator: Authenticator = super().clean_credential()
        except DatabaseError:
            tries.give_back()
            raise
        except Exception as error:  # as above
            raise refused() from error
        tries.give_back()
        return authenticator


class LogInStepForm(CountedPasskey):
    pass


class ConfirmForm(CountedPasskey, webauthn.ReauthenticateWebAuthnForm):
    pass


class LogInForm(CountedPasskey, webauthn.LoginWebAuthnForm):
    pass


class AddPasskey(AddWebAuthnView):
    """Count the passkey that was just made as a step of this login, like an app's first code."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # allauth leaves out the form that was sent, with its faults.
        shown: dict[str, Any] = super().get_context_data(**kwargs) | kwargs
        return shown

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        own = Authenticator.objects.filter(user=self.request.user, type=Authenticator.Type.WEBAUTHN)
        post_authentication(self.request, own.latest("pk"))
        remember_device(response, self.request.user)
        return response


class ConfirmByPasskey(ReauthenticateWebAuthnView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().get_context_data(**kwargs) | kwargs
        return shown

    def form_invalid(self, form: Any) -> HttpResponse:
        shown: HttpResponse = self.render_to_response(self.get_context_data(form=form))
        return shown


class SecondStep(AuthenticateView):
    """The code, and next to it the passkey of an account that has one."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().get_context_data(**kwargs)
        own = Authenticator.objects.filter(user=self.stage.login.user)
        shown["has_passkeys"] = own.filter(type=Authenticator.Type.WEBAUTHN).exists()
        return shown


class LogInByPasskey(LoginWebAuthnView):
    """The challenge as JSON for the login page's script, and the answer of the passkey to it."""

    template_name = "mfa/webauthn/log_in.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return JsonResponse({"request_options": auth.begin_authentication(user=None)})

    def form_valid(self, form: Any) -> HttpResponse:
        authenticator = form.cleaned_data["credential"]
        login = Login(user=authenticator.user, redirect_url=get_next_redirect_url(self.request))
        response: HttpResponse = flows.perform_passwordless_login(
            self.request, authenticator, login
        )
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        shown: HttpResponse = self.render_to_response(self.get_context_data(form=form))
        return shown


list_passkeys = ListWebAuthnView.as_view()
remove_passkey = RemoveWebAuthnView.as_view()
