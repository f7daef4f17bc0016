"""Versions and their parts in the admin: only what is a draft's can be written."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.forms import CharField
from django.http import HttpRequest
from translated_fields import TranslatedFieldAdmin

from quiz.questionnaires.models import BackgroundOption, QuestionnaireVersion
from roles.admin.screens import LabelledFormSet, Rows

LARGEST_SMALL_NUMBER = 32_767


def version_of(part: models.Model | None) -> QuestionnaireVersion | None:
    """Return the version that decides; None for a part that is not saved yet, or whose is gone."""
    if part is None or isinstance(part, QuestionnaireVersion):
        return part
    try:
        if isinstance(part, BackgroundOption):
            return part.question.version
        return part.version if part.version_id else None
    except ObjectDoesNotExist:
        return None


def is_frozen(part: models.Model | None) -> bool:
    """Say whether a part can't be written; one whose version is gone has no place any more."""
    version = version_of(part)
    return not version.is_draft if version else bool(getattr(part, "version_id", None))


class PlainLines(CharField):
    """Lines as they are stored; browsers end them in another way, which is no change."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


class OfDrafts(TranslatedFieldAdmin):
    """A screen, or an inline on one, whose rows can be written only while they are a draft's.

    An inline's permissions are asked with the row of its page, which is of the same version.
    """

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not is_frozen(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not is_frozen(obj)

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if isinstance(db_field, models.TextField):
            kwargs["form_class"] = PlainLines
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class KeyedFormSet(LabelledFormSet):
    """Rows whose keys may be exchanged: each lets go of its key before another takes it."""

    def save(self, commit: bool = True) -> Any:
        names = {field.name for field in self.model._meta.fields}
        name = "key" if "key" in names else "value"
        is_number = isinstance(self.model._meta.get_field(name), models.IntegerField)
        for place, form in enumerate(self.initial_forms):
            if form in self.deleted_forms or name in form.changed_data:
                # Nobody can type these, and they last until the rows are saved.
                free = LARGEST_SMALL_NUMBER - place if is_number else f"~{form.instance.pk}"
                self.model._default_manager.filter(pk=form.instance.pk).update(**{name: free})
        return super().save(commit)


class InlineOfDrafts(OfDrafts, Rows):
    formset = KeyedFormSet

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not is_frozen(obj)
