"""A screen of drafts: what is frozen is only read, a second save is told of the first one."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import unquote
from django.db import IntegrityError, models
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from quiz.admin.drafts.frozen import OfDrafts, is_frozen, version_of
from quiz.admin.drafts.merge import Merge, shown, signed, typed_over, unsigned
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.web.errors import PageError
from roles.admin.history import WithHistory
from roles.admin.screens import is_id

MOST_TOLD = 8
TOO_LATE = gettext_lazy("Not saved: this draft was published or deleted meanwhile")
NOT_SAVED_YET = gettext_lazy(
    "Nothing is saved yet: somebody else changed this draft while you had it open. All that you "
    "typed stands below, over what is there now. Look at it, then save again."
)


def delete_of_drafts(
    screen: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet
) -> HttpResponse | None:
    """Delete what is chosen, or say why it can't be, where Django speaks of missing rights."""
    if any(map(is_frozen, chosen)):
        text = _("Nothing was deleted: parts of a published or retired version are among them.")
        screen.message_user(request, text, messages.ERROR)
        return None
    return delete_selected(screen, request, chosen)


def tell_what_the_check_finds(request: HttpRequest, version: QuestionnaireVersion | None) -> None:
    """Say after a save how the draft stands; its own page says how to mend each fault."""
    if version is None:
        return
    whole = QuestionnaireVersion.objects.with_parts().get(pk=version.pk)
    faults = whole.faults()
    errors = [fault for fault in faults if fault.level == "error"]
    for fault in errors[:MOST_TOLD]:
        messages.error(request, capfirst(f"{fault.where}: {fault.message}"))
    if len(errors) > MOST_TOLD:
        more = len(errors) - MOST_TOLD
        text = ngettext("… and %d more error.", "… and %d more errors.", more) % more
        messages.error(request, text)
    warnings = len(faults) - len(errors)
    if warnings:
        text = ngettext(
            "The check of the draft has %d warning; its page says which.",
            "The check of the draft has %d warnings; its page says which.",
            warnings,
        )
        messages.warning(request, text % warnings)
    if not errors:
        messages.info(request, _("The check finds no errors in the draft."))


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
                "a statement, a trait or another row of it deleted or added."
            ),
        ) from error


class ScreenOfDrafts(OfDrafts, WithHistory):
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

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with told_of_conflicts():
            return super().changelist_view(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with told_of_conflicts():
            return super().delete_view(request, *args, **kwargs)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if self._is_of_a_version_that_is_gone(object_id, version_id):
            text = _("Its version was deleted, so it can't be shown as it was, or brought back.")
            messages.error(request, text)
            return redirect("admin:index")
        with told_of_conflicts():
            return super().history_form_view(request, object_id, version_id, *args, **kwargs)

    def _is_of_a_version_that_is_gone(self, object_id: str, entry_id: str) -> bool:
        if not (is_id(object_id) and is_id(entry_id)):
            return False
        entry = self.model.history.filter(id=object_id, history_id=entry_id).first()
        return entry is not None and version_of(entry.instance) is None

    # ---------------------------------------------------------------- what others changed

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with told_of_conflicts():
            return super().changeform_view(request, *args, **kwargs)

    def _changeform_view(
        self, request: HttpRequest, object_id: str | None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Django calls this within the transaction of a save, and renders after it."""
        if request.method == "POST" and object_id and self.has_change_permission(request):
            pk = unquote(object_id)
            self._let_others_wait(request, pk)
            row = self.get_object(request, pk)
            if row is not None and self.has_change_permission(request, row):
                self._lay_over_what_others_changed(request, row)
            elif (seen := unsigned(request.POST.get("seen", ""))) is not None:
                return self._too_late(request, typed_over(seen, request.POST))
        return super()._changeform_view(request, object_id, *args, **kwargs)

    def _let_others_wait(self, request: HttpRequest, pk: str) -> None:
        """Keep everybody else from writing to the draft until this form is saved."""
        version = version_of(self.get_object(request, pk))
        if version:
            QuestionnaireVersion.objects.select_for_update().filter(pk=version.pk).first()

    def _too_late(self, request: HttpRequest, typed: list[tuple[str, str]]) -> HttpResponse:
        """Give back what was typed into a draft that is one no more."""
        context = self.admin_site.each_context(request)
        context |= {"title": TOO_LATE, "typed": typed, "opts": self.opts}
        template = "admin/quiz/too_late.html"
        return TemplateResponse(request, template, context, status=HTTPStatus.CONFLICT)

    def _lay_over_what_others_changed(self, request: HttpRequest, row: models.Model) -> None:
        """Leave a form as it was sent if it showed what is there now; else lay it over that."""
        form, formsets = self._unsent(request, row)
        seen = unsigned(request.POST.get("seen", ""))
        if seen != shown(form, formsets):
            merge = Merge(seen or shown(form, formsets), request.POST, form, formsets)
            request.meanwhile = merge.changes
            request.POST = merge.data

    def _unsent(
        self, request: HttpRequest, row: models.Model
    ) -> tuple[ModelForm, list[BaseInlineFormSet]]:
        """Return the form and its inlines as they stand before anybody types."""
        form = self.get_form(request, row, change=True)(instance=row)
        formsets = [
            formset(instance=row, queryset=inline.get_queryset(request))
            for formset, inline in self.get_formsets_with_inlines(request, row)
            if inline.has_change_permission(request, row)
        ]
        return form, formsets

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)

        class FormOfDraft(form):  # type: ignore[misc, valid-type]
            def _get_validation_exclusions(self) -> set[str]:
                """Ask whether a key is taken in the version, though the form doesn't show that."""
                return super()._get_validation_exclusions() - {"version"}

            def clean(self) -> dict[str, Any] | None:
                """Keep the form from being saved once others have changed what it showed."""
                if hasattr(request, "meanwhile"):
                    self.add_error(None, NOT_SAVED_YET)
                return super().clean()

        return FormOfDraft

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = context.get("original")
        context["may_draft"] = request.user.has_perm("quiz.add_questionnaireversion")
        context["frozen_version"] = version_of(obj) if is_frozen(obj) else None
        context["meanwhile"] = getattr(request, "meanwhile", None)
        if obj and self.has_change_permission(request, obj):
            context["seen"] = self._seen(request, context, obj)
        return super().render_change_form(request, context, *args, **kwargs)

    def _seen(self, request: HttpRequest, context: dict[str, Any], row: models.Model) -> str:
        """Return what the form to show says of itself: what it holds before anybody types."""
        if request.method != "POST":
            inlines = context["inline_admin_formsets"]
            formsets = [inline.formset for inline in inlines if inline.has_change_permission]
            return signed(shown(context["adminform"].form, formsets))
        if hasattr(request, "meanwhile"):
            # What was typed stands in `row` by now.
            return signed(shown(*self._unsent(request, self.get_object(request, str(row.pk)))))
        return request.POST.get("seen", "")

    # ---------------------------------------------------------------- what the check finds

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        self._tell_what_the_check_finds(request, obj)
        return super().response_change(request, obj)

    def response_add(self, request: HttpRequest, obj: Any, *args: Any) -> HttpResponse:
        self._tell_what_the_check_finds(request, obj)
        return super().response_add(request, obj, *args)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        if not isinstance(obj, QuestionnaireVersion):
            self._tell_what_the_check_finds(request, obj)

    def _tell_what_the_check_finds(self, request: HttpRequest, obj: Any) -> None:
        tell_what_the_check_finds(request, version_of(obj))
