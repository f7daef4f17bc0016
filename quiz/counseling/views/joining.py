"""Turn an invitation into a counselor account, once."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.models import Login
from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.forms import PasswordInput, TextInput
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from quiz.attempts.models.link import hash_of_token
from quiz.counseling.accounts import accounts_of, open_account
from quiz.counseling.models import NAME_LENGTH, CounselorInvitation
from quiz.web.errors import no_such_link
from quiz.web.forms import NameField, submitted
from quiz.web.private import private
from quiz.web.second_factor import SET_UP

# For this long, the second of two clicks finds the account that the first one created.
DOUBLE_CLICK = timedelta(minutes=1)
NEW_PASSWORD = {"autocomplete": "new-password"}


class JoinForm(forms.Form):
    name = NameField(
        label=_("Your name"),
        max_length=NAME_LENGTH,
        widget=TextInput(attrs={"autocomplete": "name"}),
    )
    password1 = forms.CharField(
        label=_("Password"), strip=False, widget=PasswordInput(attrs=NEW_PASSWORD)
    )
    password2 = forms.CharField(
        label=_("Password again"), strip=False, widget=PasswordInput(attrs=NEW_PASSWORD)
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        for name, words in {
            "name": _("Enter your name."),
            "password1": _("Choose a password."),
            "password2": _("Enter the same password again."),
        }.items():
            self.fields[name].error_messages["required"] = words

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        password = data.get("password1")
        if not password:
            return data
        try:
            validate_password(password, User(email=self.email, first_name=data.get("name", "")))
        except ValidationError as error:
            self.add_error("password1", error)
        if "password2" in data and data["password2"] != password:
            self.add_error("password2", _("This isn't the same password. Type it again."))
        return data


def opened_just_now(request: HttpRequest, token: str, now: datetime) -> User | None:
    """Return the account that the first of two clicks created, if the password is right."""
    spent = CounselorInvitation.objects.filter(
        token_hash=hash_of_token(token), spent_at__gt=now - DOUBLE_CLICK
    ).first()
    user = accounts_of(spent.email).filter(is_active=True).first() if spent else None
    if user and user.check_password(request.POST.get("password1", "")):
        return user
    return None


def let_in(request: HttpRequest, user: User) -> HttpResponse:
    """Log in the new user, and redirect to set up the second factor."""
    response: HttpResponse = perform_login(request, Login(user, redirect_url=resolve_url(SET_UP)))
    request.session.set_expiry(0)
    if request.user.is_authenticated:
        reauthenticate_by_password(request)
    return response


@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
@private
def join(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    invitation = CounselorInvitation.objects.by_token(token, now)
    if invitation is None:
        user = opened_just_now(request, token, now) if request.method == "POST" else None
        if user is None:
            raise no_such_link()
        return let_in(request, user)

    context: dict[str, Any] = {"email": invitation.email, "page_url": request.path}
    if accounts_of(invitation.email).exists():
        return render(request, "counseling/join.html", context | {"has_account": True})
    if request.user.is_authenticated:
        return render(request, "counseling/join.html", context | {"is_signed_in": True})

    form = JoinForm(submitted(request), email=invitation.email)
    if form.is_valid():
        data = form.cleaned_data
        user = open_account(invitation, data["name"], data["password1"], now)
        user = user or opened_just_now(request, token, now)
        # Without a user, someone else was faster. Opening the link again says what happened.
        return let_in(request, user) if user else redirect(request.path)
    return render(request, "counseling/join.html", context | {"form": form})
