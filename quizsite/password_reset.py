"""A new password by e-mail, for accounts that have one here, on a site with a mail server.

Pages answer the same whether or not there is an account, and as fast: a task does the rest.
"""

from typing import Any

from allauth.account.forms import (
    ResetPasswordForm,
    ResetPasswordKeyForm,
    default_token_generator,
)
from allauth.account.utils import user_pk_to_url_str
from allauth.account.views import PasswordResetFromKeyView, PasswordResetView
from allauth.core import context
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django_tasks import task

from organization.current import current_organization
from quiz.counseling.accounts import accounts_of
from quiz.web.first_password import FirstPassword
from quiz.web.forms import AddressField
from quiz.web.limits import Tries, network_of, too_many
from quiz.web.mail import send_text, sends_mail
from quizsite.provider.people import is_of_provider

SECONDS = 60 * 60  # in which mails are counted
MAILS_OF_A_NETWORK = 20
MAILS_TO_ONE_ADDRESS = 3


class AskForm(ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = AddressField(
            label=gettext_lazy("E-mail address"),
            error_messages={"required": gettext_lazy("Enter your e-mail address.")},
        )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        return email

    def clean(self) -> Any:
        if "email" in self.cleaned_data:
            self._refuse_too_many(self.cleaned_data["email"])
        return super().clean()

    def _refuse_too_many(self, email: str) -> None:
        limits = {
            f"network {network_of(context.request)}": MAILS_OF_A_NETWORK,
            f"address {email}": MAILS_TO_ONE_ADDRESS,
        }
        if not Tries("password reset", limits, seconds=SECONDS).spend():
            self.add_error("email", too_many(_("Too many e-mails. Wait an hour, then try again.")))

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Have a link e-mailed. For an address without an account, the task does nothing."""
        email: str = self.cleaned_data["email"]
        keys = list(accounts_of(email).values_list("pk", flat=True))
        mail_password_reset.enqueue(keys, get_language() or "")
        return email


@task(queue_name="mail")
def mail_password_reset(keys: list[int], language: str) -> None:
    """Send a link to those of these accounts that may have a new password. Raises NotSent."""
    for user in User.objects.filter(pk__in=keys, is_active=True).exclude(email=""):
        if not user.has_usable_password() or is_of_provider(user):
            continue
        key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
        url = settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=key)
        with override(language):
            values = {"url": url, "name": user.get_username()}
            send_text(_("A new password"), "account/password_reset_email.txt", values, user.email)


class NewPasswordByLinkForm(ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in {
            "password1": _("Choose a new password."),
            "password2": _("Enter the new password again."),
        }.items():
            self.fields[name].error_messages["required"] = words

    def save(self) -> None:
        """Change the password, which ends every session of the account and this link."""
        super().save()
        FirstPassword.objects.filter(user_id=self.user.pk).delete()


class Ask(PasswordResetView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().get_context_data(**kwargs)
        return shown | {"can_send": sends_mail(), "contact": current_organization().contact_email}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show the page again on a site that can't send: it says who to ask."""
        if not sends_mail():
            return self.get(request, *args, **kwargs)
        return super().post(request, *args, **kwargs)


class NewPassword(PasswordResetFromKeyView):
    success_url = reverse_lazy("account_login")
