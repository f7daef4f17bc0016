"""The form page of a draft or one of its parts, and what happens when an editor saves there.

`DraftAdmin` builds on `HistoryAdmin` (who changed what, and restoring it), which builds on
`AddsOnce` (forms that are sent twice), `CheckedLists` (forged filters) and django-simple-history's
`SimpleHistoryAdmin`. When an editor saves a part, for example a statement, these run in this order:

1.  `DraftAdmin.changeform_view` answers 409 if the database refuses what follows, because another
    person saved at the same moment. It also adds the language to the labels of translated fields.
2.  `AddsOnce.changeform_view` redirects a form that has added its row before.
    `ModelAdmin.changeform_view` (Django) opens the transaction.
3.  `DraftAdmin._changeform_view` locks the version, so that other saves wait for this one. If the
    version was published or deleted since the form was opened, it answers 409 and gives back what
    the editor typed. If someone else changed a row of the form, `Merge` lays what was typed over
    what is stored now.
4.  `ModelAdmin._changeform_view` (Django) asks `DraftAdmin.has_change_permission`, which refuses a
    frozen version with a 403, and builds the form and its rows:
    `get_form` adds `DraftForm`, which refuses a key that the version has already, and a form that
    was merged in step 3; `DraftRows` checks permissions and the number of rows; `ItemFormSet.clean`
    numbers the statements without gaps.
5.  `ItemAdmin.save_model` puts a new statement last. `SimpleHistoryAdmin.save_model` notes who
    saves. `ModelAdmin.save_model` (Django) writes the row. `KeyedFormSet.save` releases the keys of
    its rows, then writes them, so that two rows can exchange keys.
6.  Below all this, the database refuses any write to a frozen version (`questionnaires.freezing`).
7.  `DraftAdmin.response_change` or `response_add` reports what the check finds in the draft.
    If the form had errors, `DraftAdmin.render_change_form` shows it again with the others' changes
    and a new signature of what it shows.

The steps 3 and 4 override methods that are private to Django. A test pins them:
`tests/quiz/admin/drafts/test_private_django.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import unquote
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, models
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from translated_fields import show_language_code

from quiz.admin.drafts.frozen import is_frozen, version_of
from quiz.admin.drafts.merge import Merge, OthersChange, shown, signed, typed_over, unsigned
from quiz.questionnaires.models import QuestionnaireVersion, Trait
from quiz.web.errors import PageError
from roles.admin.history import HistoryAdmin
from roles.admin.screens import PLAIN_LINES, is_id

MOST_ERRORS_LISTED = 8
TOO_LATE = gettext_lazy("Not saved: this draft was published or deleted")
NOT_SAVED_YET = gettext_lazy(
    "Someone else changed this draft while you had it open. The form shows your text and their "
    "other changes. Check it, then save again."
)


def delete_chosen_of_drafts(
    model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet[Any]
) -> HttpResponse | None:
    """Delete the chosen rows, or say which kind can't be deleted; Django would name permissions."""
    if any(map(is_frozen, chosen)):
        text = _(
            "Nothing was deleted, because some of these belong to a published or retired version."
        )
        model_admin.message_user(request, text, messages.ERROR)
        return None
    return delete_selected(model_admin, request, chosen)


def report_check(request: HttpRequest, version: QuestionnaireVersion | None) -> None:
    """Message what the check finds in a draft; the draft's own page says how to fix each fault."""
    if version is None:
        return
    faults = QuestionnaireVersion.objects.with_parts().get(pk=version.pk).faults()
    errors = [fault for fault in faults if fault.level == "error"]
    for fault in errors[:MOST_ERRORS_LISTED]:
        messages.error(request, capfirst(f"{fault.where}: {fault.message}"))
    if len(errors) > MOST_ERRORS_LISTED:
        more = len(errors) - MOST_ERRORS_LISTED
        text = ngettext("… and %d more error.", "… and %d more errors.", more) % more
        messages.error(request, text)
    warnings = len(faults) - len(errors)
    if warnings:
        text = ngettext(
            "The check has %d warning. The draft's page shows it.",
            "The check has %d warnings. The draft's page shows them.",
            warnings,
        )
        messages.warning(request, text % warnings)
    if not errors:
        messages.info(request, _("The check finds no errors in the draft."))


@contextmanager
def conflicts_explained() -> Iterator[None]:
    """Explain on a page that someone else was faster: they deleted this, or changed it (409)."""
    try:
        yield
    except ObjectDoesNotExist as error:
        raise PageError(
            HTTPStatus.NOT_FOUND,
            _("Someone just deleted this"),
            _(
                "The page needs a draft or a part of one that is gone, so nothing was saved. To "
                "copy what you typed, go back in your browser."
            ),
            (reverse("admin:index"), _("Open the start page of the admin")),
        ) from error
    except IntegrityError as error:
        raise PageError(
            409,
            _("Someone else changed this at the same time"),
            _(
                "Nothing was saved. Go back in your browser and copy what you typed. Then open "
                "the page again: the version may be published, or a row of it deleted or added."
            ),
        ) from error


def rendered(response: HttpResponse) -> HttpResponse:
    """Render now, while the labels of translated fields name their language."""
    return response.render() if isinstance(response, SimpleTemplateResponse) else response


# The merge happens before Django builds the form, so what it found travels with the request.
OTHERS_CHANGES = "others_changes"


def others_changes(request: HttpRequest) -> list[OthersChange] | None:
    """Read what others changed since the sent form was opened; None where nothing was merged."""
    return getattr(request, OTHERS_CHANGES, None)


class DraftForm(ModelForm):
    """Checks that `DraftAdmin.get_form` adds to the form of a version or a part."""

    was_merged = False

    def _get_validation_exclusions(self) -> set[str]:
        """Check that a key is unique in the version, although the form doesn't show the version."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # private
        return excluded - {"version"}

    def clean(self) -> dict[str, Any] | None:
        """Refuse to save a merged form before the editor has seen the result.

        Keep the version from being deleted until the part is saved; DoesNotExist if it is gone.
        """
        if version_id := getattr(self.instance, "version_id", None):
            QuestionnaireVersion.objects.select_for_update().get(pk=version_id)
        if self.was_merged:
            self.add_error(None, NOT_SAVED_YET)
        return super().clean()


class DraftAdmin(HistoryAdmin):
    """A form page whose row is writable only while it belongs to a draft."""

    formfield_overrides = PLAIN_LINES

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_change_permission(request, obj)) and not is_frozen(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not is_frozen(obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Keep a part in its version: other parts point to it and would stay behind."""
        fields = super().get_readonly_fields(request, obj)
        return fields if obj is None or obj == version_of(obj) else [*fields, "version"]

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Offer only drafts as the version, and only traits of drafts."""
        drafts = QuestionnaireVersion.objects.drafts()
        if db_field.name == "version":
            kwargs["queryset"] = drafts
        if db_field.name == "trait":
            kwargs["queryset"] = Trait.objects.select_related("version").filter(version__in=drafts)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        if "delete_selected" in actions:
            actions["delete_selected"] = (delete_chosen_of_drafts, *actions["delete_selected"][1:])
        return actions

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        with conflicts_explained(), show_language_code(True):
            return rendered(super().changelist_view(request, extra_context))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        with conflicts_explained():
            return rendered(super().delete_view(request, object_id, extra_context))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        with conflicts_explained():
            return rendered(super().history_view(request, object_id, extra_context))

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if self._is_from_deleted_version(object_id, version_id):
            text = _("Its version was deleted, so you can't see this state or bring it back.")
            messages.error(request, text)
            return redirect("admin:index")
        with conflicts_explained():
            return rendered(
                super().history_form_view(request, object_id, version_id, extra_context)
            )

    def part_history_view(
        self, request: HttpRequest, object_id: str, part: str, version_id: str
    ) -> HttpResponse:
        with conflicts_explained():
            return rendered(super().part_history_view(request, object_id, part, version_id))

    def _is_from_deleted_version(self, object_id: str, entry_id: str) -> bool:
        if not (is_id(object_id) and is_id(entry_id)):
            return False
        entry = self.model.history.filter(id=object_id, history_id=entry_id).first()
        return entry is not None and version_of(entry.instance) is None

    # ---------------------------------------------------------------- what others changed

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        with conflicts_explained(), show_language_code(True):
            return rendered(super().changeform_view(request, object_id, form_url, extra_context))

    def _changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None,
        form_url: str,
        extra_context: dict[str, Any] | None,
    ) -> HttpResponse:
        """Merge or refuse a POST before Django looks at it, inside the transaction of the save."""
        if request.method == "POST" and object_id and self.has_change_permission(request):
            pk = unquote(object_id)
            self._lock_version(request, pk)
            row = self.get_object(request, pk)
            if row is not None and self.has_change_permission(request, row):
                self._merge_with_others_changes(request, row)
            elif (seen := unsigned(request.POST.get("seen", ""))) is not None:
                return self._too_late(request, typed_over(seen, request.POST))
        response: HttpResponse = super()._changeform_view(
            request, object_id, form_url, extra_context
        )
        return response

    def _lock_version(self, request: HttpRequest, pk: str) -> None:
        """Make other writes to the draft wait until this form is saved."""
        version = version_of(self.get_object(request, pk))
        if version:
            QuestionnaireVersion.objects.select_for_update().filter(pk=version.pk).first()

    def _too_late(self, request: HttpRequest, typed: list[tuple[str, str]]) -> HttpResponse:
        """Give back what was typed into a draft that was published or deleted."""
        context = self.admin_site.each_context(request)
        context |= {"title": TOO_LATE, "typed": typed, "opts": self.opts}
        template = "admin/quiz/too_late.html"
        return TemplateResponse(request, template, context, status=HTTPStatus.CONFLICT)

    def _merge_with_others_changes(self, request: HttpRequest, row: models.Model) -> None:
        """Leave a form as it was sent if it showed what is stored now; merge it otherwise."""
        form, formsets = self._untouched_form(request, row)
        seen = unsigned(request.POST.get("seen", ""))
        if seen != shown(form, formsets):
            merge = Merge(seen or shown(form, formsets), request.POST, form, formsets)
            setattr(request, OTHERS_CHANGES, merge.changes)
            request.POST = cast(Any, merge.data)

    def _untouched_form(
        self, request: HttpRequest, row: models.Model
    ) -> tuple[ModelForm, list[BaseInlineFormSet]]:
        """Build the form and its rows as they are before anyone types."""
        form = self.get_form(request, row, change=True)(instance=row)
        formsets = [
            formset(instance=row, queryset=inline.get_queryset(request))
            for formset, inline in self.get_formsets_with_inlines(request, row)
            if inline.has_change_permission(request, row)
        ]
        return form, formsets

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        was_merged = others_changes(request) is not None
        return type(form.__name__, (DraftForm, form), {"was_merged": was_merged})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = context.get("original")
        context["may_draft"] = request.user.has_perm("quiz.add_questionnaireversion")
        context["frozen_version"] = version_of(obj) if is_frozen(obj) else None
        context["others_changes"] = others_changes(request)
        if obj and self.has_change_permission(request, obj):
            context["seen"] = self._seen(request, context, obj)
        return super().render_change_form(request, context, *args, **kwargs)

    def _seen(self, request: HttpRequest, context: dict[str, Any], row: models.Model) -> str:
        """Sign what the form holds before anyone types."""
        if request.method != "POST":
            inlines = context["inline_admin_formsets"]
            formsets = [inline.formset for inline in inlines if inline.has_change_permission]
            return signed(shown(context["adminform"].form, formsets))
        if others_changes(request) is not None:
            # The form has put what was typed into `row`, so read the stored one.
            stored: Any = self.get_object(request, str(row.pk))
            return signed(shown(*self._untouched_form(request, stored)))
        return request.POST.get("seen", "")

    # ---------------------------------------------------------------- what the check finds

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        report_check(request, version_of(obj))
        response: HttpResponse = super().response_change(request, obj)
        return response

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        report_check(request, version_of(obj))
        return super().response_add(request, obj, post_url_continue)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        if not isinstance(obj, QuestionnaireVersion):
            report_check(request, version_of(obj))
