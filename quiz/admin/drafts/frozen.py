"""Only a draft and its parts can be written; a frozen version is read-only. Rows obey it here."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.forms import CharField
from django.http import HttpRequest

from quiz.questionnaires.models import BackgroundOption, QuestionnaireVersion
from roles.admin.screens import SHORT_TEXT, FieldOptions, LabeledFormSet, Rows

LARGEST_SMALL_NUMBER = 32_767


def version_of(part: Any) -> QuestionnaireVersion | None:
    """Find the version of a part; None for a part without one, or whose version was deleted."""
    if part is None or isinstance(part, QuestionnaireVersion):
        return part
    try:
        if isinstance(part, BackgroundOption):
            return part.question.version
        version: QuestionnaireVersion | None = part.version if part.version_id else None
    except ObjectDoesNotExist:
        return None
    return version


def is_frozen(part: models.Model | None) -> bool:
    """Check whether a part is read-only. A part whose version was deleted can't be saved either."""
    version = version_of(part)
    return not version.is_draft if version else bool(getattr(part, "version_id", None))


class PlainLines(CharField):
    """Keeps line ends as the database stores them; browsers send others, which isn't an edit."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


# For `formfield_overrides` of everything that edits a draft.
PLAIN_LINES: FieldOptions = {models.TextField: {"form_class": PlainLines}}
SHORT_PLAIN_LINES: FieldOptions = {
    models.TextField: {**SHORT_TEXT[models.TextField], **PLAIN_LINES[models.TextField]}
}


class KeyedFormSet(LabeledFormSet):
    """Lets rows exchange their keys: each row releases its key before another row takes it."""

    def save(self, commit: bool = True) -> Any:
        model: Any = self.model
        names = {field.name for field in model._meta.fields}
        name = "key" if "key" in names else "value"
        is_number = isinstance(model._meta.get_field(name), models.IntegerField)
        for place, form in enumerate(self.initial_forms):
            if form in self.deleted_forms or name in form.changed_data:
                # No one can type these values. They last until the rows are saved.
                free = LARGEST_SMALL_NUMBER - place if is_number else f"~{form.instance.pk}"
                model._default_manager.filter(pk=form.instance.pk).update(**{name: free})
        return super().save(commit)


class DraftRows(Rows):
    """Rows on the page of a version or a part, writable only while they belong to a draft.

    Django asks for an inline's permissions with the page's row, which has the same version.
    """

    formset = KeyedFormSet
    formfield_overrides = PLAIN_LINES

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not is_frozen(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not is_frozen(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not is_frozen(obj)
