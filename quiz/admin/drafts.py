"""What is shared by the screens of versions and their parts: only drafts can be written."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.db import IntegrityError, models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from translated_fields import TranslatedFieldAdmin

from quiz.errors import PageError
from quiz.models import BackgroundOption, QuestionnaireVersion
from roles.admin import CheckedLists, Rows


def version_of(part: models.Model | None) -> QuestionnaireVersion | None:
    """Return the version that decides; None for a part that is not saved yet."""
    if part is None or isinstance(part, QuestionnaireVersion):
        return part
    if isinstance(part, BackgroundOption):
        return part.question.version
    return part.version if part.version_id else None


def is_frozen(part: models.Model | None) -> bool:
    version = version_of(part)
    return version is not None and not version.is_draft


class OfDrafts(TranslatedFieldAdmin):
    """A screen, or an inline on one, whose rows can be written only while they are a draft's.

    An inline's permissions are asked with the row of its page, which is of the same version.
    """

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not is_frozen(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not is_frozen(obj)


class InlineOfDrafts(OfDrafts, Rows):
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not is_frozen(obj)


def delete_of_drafts(
    screen: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet
) -> HttpResponse | None:
    """Delete what is chosen, or say why it can't be, where Django speaks of missing rights."""
    if any(map(is_frozen, chosen)):
        text = _("Nothing was deleted: parts of a published or retired version are among them.")
        screen.message_user(request, text, messages.ERROR)
        return None
    return delete_selected(screen, request, chosen)


@contextmanager
def told_of_conflicts() -> Iterator[None]:
    """Explain what the database refused though the form was sound: somebody was faster."""
    try:
        yield
    except IntegrityError as error:
        raise PageError(
            409,
            _("Somebody else changed this at the same moment"),
            _(
                "Nothing was saved. Go back in your browser, where your changes still stand, copy "
                "what you need, and open the page anew: the version may have been published, or "
                "a part of it deleted or added."
            ),
        ) from error


class ScreenOfDrafts(OfDrafts, CheckedLists):
    """A screen of its own: it says why what is frozen can only be read."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A part stays in its version: what points to it would stay behind."""
        fields = super().get_readonly_fields(request, obj)
        return fields if obj is None or obj == version_of(obj) else [*fields, "version"]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        if "delete_selected" in actions:
            actions["delete_selected"] = (delete_of_drafts, *actions["delete_selected"][1:])
        return actions

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = context.get("original")
        context["frozen_version"] = version_of(obj) if is_frozen(obj) else None
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with told_of_conflicts():
            return super().changelist_view(request, *args, **kwargs)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with told_of_conflicts():
            return super().changeform_view(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with told_of_conflicts():
            return super().delete_view(request, *args, **kwargs)
