"""Users and groups on Django's own pages, which refuse forged requests like all others here.

A password that an administrator chooses for someone else is a first password.
"""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    AdminUserCreationForm,
    UserChangeForm,
    UsernameField,
)
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ManyToManyField, QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from quiz.counseling.accounts import reset_two_steps
from quiz.web.first_password import was_given
from quiz.web.forms import NameField
from quiz.web.names import clean_line
from quiz.web.second_factor import CHANGE_PASSWORD
from roles.admin.adding import AddsOnce
from roles.admin.screens import CheckedLists, is_id

admin.site.unregister([User, Group])


class CheckedChoices(ModelMultipleChoiceField):
    """Refuses a choice that can't be a primary key; Django would ask the database, which fails."""

    def clean(self, value: Any) -> Any:
        for pk in value or []:
            if not is_id(str(pk)):
                raise ValidationError(
                    self.error_messages["invalid_pk_value"],
                    code="invalid_pk_value",
                    params={"pk": pk},
                )
        return super().clean(value)


class CheckedForms(AddsOnce, CheckedLists):
    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> Any:
        kwargs["form_class"] = CheckedChoices
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class VisibleUsernameField(UsernameField):
    """Django allows some letters in a user name that no one can see."""

    def to_python(self, value: Any) -> Any:
        name = str(super().to_python(value) or "")
        if name != clean_line(name):
            raise ValidationError(_("Some characters of this name can't be seen. Type it again."))
        return name


class UserForm(UserChangeForm):
    class Meta(UserChangeForm.Meta):
        field_classes: ClassVar = {
            "username": VisibleUsernameField,
            "first_name": NameField,
            "last_name": NameField,
        }


class NewUserForm(AdminUserCreationForm):
    class Meta(AdminUserCreationForm.Meta):
        field_classes: ClassVar = {"username": VisibleUsernameField}


class GivenPasswordForm(AdminPasswordChangeForm):
    def save(self, commit: bool = True) -> User:
        with transaction.atomic():
            user: User = super().save(commit)
            if commit and user.has_usable_password():
                was_given(user)
        return user


@admin.action(
    description=_("Reset two-step login (lost phone)"),
    permissions=["change"],
)
def reset_two_step_login(
    model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet[User]
) -> None:
    """Make these people set up a new app when they log in next."""
    count = len(chosen)
    reset_two_steps(chosen)
    text = ngettext(
        "%d person sets up a new app at the next login.",
        "%d people set up a new app at the next login.",
        count,
    )
    model_admin.message_user(request, text % count, messages.SUCCESS)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, CheckedForms):
    form = UserForm
    add_form = NewUserForm
    change_password_form = GivenPasswordForm
    actions = (reset_two_step_login,)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change and obj.has_usable_password():
            was_given(obj)

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """Change one's own password where the old one is asked for."""
        if id == str(request.user.pk):
            return redirect(CHANGE_PASSWORD)
        response: HttpResponse = super().user_change_password(request, id, form_url)
        return response

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        self.delete_queryset(request, User.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Delete users; what others did with their accounts stays in the log, without the names."""
        keys = list(queryset.values_list("pk", flat=True))
        with transaction.atomic():
            super().delete_queryset(request, queryset)
            about = LogEntry.objects.filter(content_type__app_label="auth")
            for key in keys:
                own = about.filter(content_type__model="user", object_id=str(key))
                own.update(object_repr=f"User {key}")


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, CheckedForms):
    pass
