"""Log-in forms of allauth that read addresses and codes as people paste them."""

import re
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.account.forms import ReauthenticateForm as PasswordForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy as _

from quiz.web.forms import AddressField
from quiz.web.typed import plain


class DigitsField(forms.CharField):
    """A code of digits only, whatever is written between and around them."""

    def to_python(self, value: Any) -> str:
        return re.sub(r"\D", "", plain(super().to_python(value) or ""))


def _code_field() -> DigitsField:
    return DigitsField(
        error_messages={"required": _("Type the six digits of the code.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )


class LogInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = AddressField(
            label=_("E-mail address"),
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
            error_messages={"required": _("Enter your e-mail address.")},
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


class LogInCodeForm(AuthenticateForm):
    code = _code_field()


class ConfirmCodeForm(ReauthenticateForm):
    code = _code_field()


class SetUpForm(ActivateTOTPForm):
    """The first code of an app. The view gives the secret: allauth makes a new one on each GET."""

    code = _code_field()

    def __init__(self, *args: Any, user: Any, secret: str, **kwargs: Any) -> None:
        forms.Form.__init__(self, *args, **kwargs)
        self.user, self.secret = user, secret
