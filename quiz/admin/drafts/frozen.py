"""Only a draft and its parts can be written; a frozen version is read-only. Rows obey it here."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.http import HttpRequest

from quiz.questionnaires.models import BackgroundOption, QuestionnaireVersion
from roles.admin.screens import LabeledFormSet, Rows

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

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not is_frozen(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not is_frozen(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not is_frozen(obj)
