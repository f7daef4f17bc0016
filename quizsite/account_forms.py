"""Log-in forms of allauth that read names, addresses and codes as people paste them."""

import re
import time
from datetime import UTC, datetime
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.account.forms import ReauthenticateForm as PasswordForm
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core import context
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.utils import decrypt
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quiz.web.first_password import was_changed
from quiz.web.forms import AS_TYPED, AddressField
from quiz.web.typed import plain
from quizsite import guesses


class DigitsField(forms.CharField):
    """A code of digits only, whatever is written between and around them."""

    def to_python(self, value: Any) -> str:
        return re.sub(r"\D", "", plain(super().to_python(value) or ""))


class NameOrAddressField(forms.CharField):
    """The user name of an administrator, or an e-mail address as it is copied."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return AddressField().to_python(text) if "@" in text else text.strip()


def _code_field() -> DigitsField:
    return DigitsField(
        error_messages={"required": _("Type the six digits of the code.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )


class LogInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = NameOrAddressField(
            label=_("E-mail address or user name"),
            widget=forms.TextInput(attrs={"autocomplete": "username", **AS_TYPED}),
            max_length=254,
            error_messages={"required": _("Enter your e-mail address or user name.")},
        )
        self.fields["password"].error_messages["required"] = _("Enter your password.")


class ConfirmPasswordForm(PasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].error_messages["required"] = _("Enter your password.")


class NewPasswordForm(ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in {
            "oldpassword": _("Enter the password you have now."),
            "password1": _("Choose a new password."),
            "password2": _("Enter the new password again."),
        }.items():
            self.fields[name].error_messages["required"] = words

    def clean_oldpassword(self) -> str:
        tries = guesses.passwords(context.request, self.user.get_username(), [self.user])
        if not tries.spend():
            raise guesses.wait()
        password: str = super().clean_oldpassword()
        tries.give_back()
        return password

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        if password == self.cleaned_data.get("oldpassword"):
            raise forms.ValidationError(_("This is the password you have now. Choose another one."))
        return password

    def save(self) -> None:
        super().save()
        was_changed(context.request, self.user)
        reauthenticate_by_password(context.request)


class CountedCode(BaseAuthenticateForm):
    """A code of the app or a recovery code. Each works once, whichever worker sees it."""

    code = _code_field()

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        tries = guesses.codes(context.request, self.user)
        if not tries.spend():
            raise guesses.wait()
        with_codes = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
        authenticators = list(
            Authenticator.objects.filter(user=self.user, type__in=with_codes).order_by("-type")
        )
        for authenticator in authenticators:
            if _accepts(authenticator, code):
                tries.give_back()
                authenticator.user = self.user
                self.authenticator = authenticator
                return code
        if authenticators:
            self._emit_authentication_failed(authenticators[0])
        raise get_adapter().validation_error("incorrect_code")


class LogInCodeForm(CountedCode, AuthenticateForm):
    pass


class ConfirmCodeForm(CountedCode, ReauthenticateForm):
    pass


def _accepts(authenticator: Authenticator, code: str) -> bool:
    if authenticator.type != Authenticator.Type.TOTP:
        return bool(authenticator.wrap().validate_code(code))
    # Read the clock first: a code that ends in between must not count as one of the next period.
    now = time.time()
    started_at = datetime.fromtimestamp(now - now % mfa_settings.TOTP_PERIOD, UTC)
    secret = decrypt(authenticator.data["secret"])
    return bool(validate_totp_code(secret, code)) and _use_up(authenticator, started_at)


def _use_up(authenticator: Authenticator, started_at: datetime) -> bool:
    """Use up the code of the period that started then; False if someone has used it."""
    unused = Authenticator.objects.filter(
        Q(last_used_at=None) | Q(last_used_at__lt=started_at), pk=authenticator.pk
    )
    return bool(unused.update(last_used_at=timezone.now()))


class SetUpForm(ActivateTOTPForm):
    """The first code of an app. The view gives the secret: allauth makes a new one on each GET."""

    code = _code_field()

    def __init__(self, *args: Any, user: Any, secret: str, **kwargs: Any) -> None:
        forms.Form.__init__(self, *args, **kwargs)
        self.user, self.secret = user, secret
