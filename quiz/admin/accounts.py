"""Users and groups on Django's own pages, which refuse forged requests like all others here."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm, UsernameField
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ManyToManyField, QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from quiz.web.forms import NameField
from quiz.web.names import clean_line
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


class CheckedForms(CheckedLists):
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


@admin.register(User)
class UserAdmin(DjangoUserAdmin, CheckedForms):
    form = UserForm
    add_form = NewUserForm

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
