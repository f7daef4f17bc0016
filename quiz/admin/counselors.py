"""Counselors: their invitations, their accounts, and the log of what they saw and did."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from allauth.socialaccount.admin import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.admin import UserSession
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from quiz.admin.reassigning import reassign
from quiz.attempts.deletions import delete_for_good
from quiz.counseling.accounts import reset_two_steps
from quiz.counseling.audit_details import in_words
from quiz.counseling.mailing import ask_to_mail
from quiz.counseling.models import AuditEntry, Counselor, CounselorInvitation
from quiz.counseling.monthly.months import ReportOpening
from quiz.web.forms import AddressField
from quiz.web.mail import delete_written, sends_mail
from quiz.web.names import fold
from roles.admin.adding import AddsOnce
from roles.admin.screens import CheckedLists, help_texts

# Their pages would show the secrets of two-step login, where people log in, and addresses that only
# allauth manages.
admin.site.unregister([EmailAddress, Authenticator, UserSession])
# The provider is in the settings, and no token is stored.
admin.site.unregister([SocialAccount, SocialApp, SocialToken])

DAYS_OF_AN_INVITATION = 14


class FoldedSearch(CheckedLists):
    """Searches names without case and accents, as counselors do; `search_fields` say where."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, queryset, fold(search_term))


class ReadOnly(FoldedSearch):
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


# ---------------------------------------------------------------- invitations


class InvitationForm(forms.ModelForm):
    class Meta:
        model = CounselorInvitation
        fields = ("email", "expires_at")
        field_classes = {"email": AddressField}
        help_texts = help_texts(
            (
                "email",
                gettext_lazy("The counselor logs in with this address."),
            ),
            (
                "expires_at",
                format_lazy(
                    gettext_lazy(
                        "The link works once, until this time ({zone}). To cancel it earlier, "
                        "delete the invitation."
                    ),
                    zone=settings.TIME_ZONE,
                ),
            ),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if email := self.fields.get("email"):
            where = (
                _("We send the link there when you save.")
                if sends_mail()
                else _("This site can't send e-mail, so pass the link on yourself.")
            )
            email.help_text = f"{email.help_text} {where}"

    def clean_expires_at(self) -> datetime:
        expires_at: datetime = self.cleaned_data["expires_at"]
        if expires_at <= timezone.now():
            raise forms.ValidationError(_("This time is over. Choose a later one."))
        return expires_at


def send_invitation(request: HttpRequest, invitation: CounselorInvitation) -> None:
    """Have the link e-mailed, and say so. Its page shows how far the e-mail is."""
    if ask_to_mail(invitation):
        words = _("We'll send the link to %s within a minute. The invitation's page shows it.")
        messages.success(request, words % invitation.email)
    else:
        messages.error(
            request,
            _("The e-mail wasn't sent. Open the invitation and pass its link on yourself."),
        )


@admin.register(CounselorInvitation)
class CounselorInvitationAdmin(AddsOnce, ReadOnly):
    form = InvitationForm
    list_display = ("email", "created_at", "expires_at", "delivery", "spent_at", "made_by")
    list_select_related = ("made_by", "mail")
    search_fields = ("email",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ("email", "expires_at")
        return ("email", "expires_at", "link", "delivery", "spent_at", "made_by", "created_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        expires_at = timezone.localtime() + timedelta(days=DAYS_OF_AN_INVITATION)
        return {"expires_at": expires_at.replace(microsecond=0)}

    def delete_model(self, request: HttpRequest, obj: CounselorInvitation) -> None:
        self.delete_queryset(request, CounselorInvitation.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        addresses = set(queryset.values_list("email", flat=True))
        delete_for_good(queryset)
        transaction.on_commit(lambda: delete_written(addresses, lambda _text: False))

    @admin.display(description=gettext_lazy("link"))
    def link(self, obj: CounselorInvitation) -> str:
        if obj.spent_at:
            return _("Used: the counselor has an account.")
        if obj.expires_at <= timezone.now():
            return _("Expired. Add a new invitation to send another link.")
        return obj.url or _("This link can't be shown any more. Add a new invitation.")

    @admin.display(description=gettext_lazy("e-mail"))
    def delivery(self, obj: CounselorInvitation) -> str:
        words = {
            "waiting": _("We'll send it within a minute."),
            "late": _("It isn't sent yet, and we'll try again. You can also pass the link on."),
            "sent": _("We sent it."),
            "failed": _("It couldn't be sent. Pass the link on yourself."),
            "": "",
        }[obj.mail_state]
        return f"{obj.mail_problem} {words}".strip()

    def save_model(
        self, request: HttpRequest, obj: CounselorInvitation, form: Any, change: bool
    ) -> None:
        made = CounselorInvitation.objects.make(
            email=obj.email, expires_at=obj.expires_at, made_by=request.user
        )
        obj.pk = made.pk
        obj.refresh_from_db()
        send_invitation(request, made)


# ---------------------------------------------------------------- accounts


class CounselorForm(forms.ModelForm):
    is_open = forms.BooleanField(
        label=gettext_lazy("Account is open"),
        required=False,
        help_text=gettext_lazy(
            "Clear this to close the account. Its sessions end immediately and its links stop "
            "working. Its clients read that no one sees their results. Clients and results stay, "
            "until you hand them over to a colleague."
        ),
    )

    class Meta:
        model = Counselor
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_open"].initial = self.instance.user.is_active


@admin.action(
    description=gettext_lazy("Close accounts and end their sessions"),
    permissions=["change"],
)
def close_accounts(
    model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet[Counselor]
) -> None:
    # Read now: the list may be filtered to open accounts, and this loop closes them.
    counselors = list(chosen.select_related("user"))
    for counselor in counselors:
        set_open(counselor, False)
    count = len(counselors)
    text = ngettext("%d account is closed.", "%d accounts are closed.", count)
    model_admin.message_user(request, text % count, messages.SUCCESS)


@admin.action(
    description=gettext_lazy("Reset two-step login (lost phone)"),
    permissions=["change"],
)
def reset_two_step_login(
    model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet[Counselor]
) -> None:
    """Make these counselors set up a new app when they log in next."""
    count = len(chosen)
    reset_two_steps(User.objects.filter(counselor__in=chosen))
    text = ngettext(
        "%d counselor sets up a new app at the next login.",
        "%d counselors set up a new app at the next login.",
        count,
    )
    model_admin.message_user(request, text % count, messages.SUCCESS)


def set_open(counselor: Counselor, is_open: bool) -> None:
    counselor.user.is_active = is_open
    counselor.user.save(update_fields=["is_active"])


@admin.register(Counselor)
class CounselorAdmin(FoldedSearch):
    form = CounselorForm
    list_display = ("name", "email", "is_open", "joined", "last_login")
    list_filter = ("user__is_active",)
    list_select_related = ("user",)
    search_fields = ("folded", "user__email")
    fields = ("name", "email", "is_open")
    readonly_fields = ("email",)
    actions = (close_accounts, reset_two_step_login)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.reassign)
        return [
            path("<path:object_id>/reassign/", view, name="quiz_counselor_reassign"),
            *super().get_urls(),
        ]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def reassign(self, request: HttpRequest, object_id: str) -> HttpResponse:
        giver = self.get_object(request, object_id)
        if not self.has_change_permission(request, giver):
            raise PermissionDenied
        if giver is None:
            raise Http404
        return reassign(request, self, giver)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Counselors create their own accounts from an invitation, and choose their password."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account can be closed instead: entries of the audit log refer to it."""
        return False

    @admin.display(description=gettext_lazy("e-mail address"), ordering="user__email")
    def email(self, obj: Counselor) -> str:
        return obj.user.email

    @admin.display(description=gettext_lazy("open"), boolean=True, ordering="user__is_active")
    def is_open(self, obj: Counselor) -> bool:
        return obj.user.is_active

    @admin.display(description=gettext_lazy("joined"), ordering="user__date_joined")
    def joined(self, obj: Counselor) -> datetime:
        return obj.user.date_joined

    @admin.display(description=gettext_lazy("last login"), ordering="user__last_login")
    def last_login(self, obj: Counselor) -> datetime | None:
        return obj.user.last_login

    def save_model(self, request: HttpRequest, obj: Counselor, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        set_open(obj, form.cleaned_data["is_open"])


# ---------------------------------------------------------------- the audit logs


@admin.register(ReportOpening)
class ReportOpeningAdmin(ReadOnly):
    list_display = ("at", "user", "how")
    list_filter = ("how",)
    list_select_related = ("user",)
    fields = ("at", "user", "how")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly):
    list_display = ("at", "counselor", "action", "client", "detail_in_words")
    list_filter = ("action", "counselor")
    list_select_related = ("counselor", "client")
    search_fields = ("counselor__folded", "client__folded")
    fields = ("at", "counselor", "action", "client", "detail_in_words")
    readonly_fields = ("detail_in_words",)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Read the names of all rows together."""
        changelist = super().get_changelist_instance(request)
        changelist.result_list = list(changelist.result_list)
        words = in_words(changelist.result_list)
        for entry in changelist.result_list:
            entry.detail_words = words[entry.pk]
        return changelist

    @admin.display(description=gettext_lazy("detail"))
    def detail_in_words(self, obj: Any) -> str:
        if not hasattr(obj, "detail_words"):
            obj.detail_words = in_words([obj])[obj.pk]
        words: str = obj.detail_words
        return words

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
