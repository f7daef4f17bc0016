"""The history of a row and its parts on one page, and restoring an earlier state."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import re_path
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin
from simple_history.utils import get_history_manager_for_model

from roles.admin.adding import AddsOnce
from roles.admin.entries import (
    ONE_SAVE,
    Entry,
    entries_from,
    merge_moves,
    name_of_record,
    title_of_record,
    values_of_record,
)
from roles.admin.screens import CheckedLists, is_id
from roles.history import differing

ENTRIES_PER_PAGE = 50


class HistoryAdmin(AddsOnce, CheckedLists, SimpleHistoryAdmin):
    """Records who changed what and when, and restores an earlier state.

    `parts_with_history` lists the models whose rows belong to the row, each with the lookup from
    its history to the row's primary key.
    """

    parts_with_history: Sequence[tuple[type[models.Model], str]] = ()

    def get_urls(self) -> list[Any]:
        urls: list[Any] = super().get_urls()
        if not self._parts_without_page():
            return urls
        name = f"{self.opts.app_label}_{self.opts.model_name}_part_history"
        view = self.admin_site.admin_view(self.part_history_view)
        return [re_path(r"^([^/]+)/history/([^/]+)/([^/]+)/$", view, name=name), *urls]

    def _parts_without_page(self) -> dict[str | None, tuple[type[models.Model], str]]:
        """Map the name of each part that has no page of its own to its model and lookup."""
        return {
            model._meta.model_name: (model, lookup)
            for model, lookup in self.parts_with_history
            if not self.admin_site.is_registered(model)
        }

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        object_id = unquote(object_id)
        if not is_id(object_id):
            return self._no_such_row(request, object_id)
        newest = self.model.history.filter(id=object_id).first()
        present = self.get_object(request, object_id)
        row = present or (newest and newest.instance)
        if row is None:
            return self._no_such_row(request, object_id)
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        name = str(present) if present else name_of_record(newest)
        entries = self._entries(request, object_id, is_gone=present is None)
        pages = Paginator(entries, ENTRIES_PER_PAGE)
        context = {
            "has_earlier": any(entry.url and not entry.is_present for entry in entries),
            **self.admin_site.each_context(request),
            "title": _("History of “%s”") % name,
            "opts": self.opts,
            "object": row,
            "name": name,
            "is_deleted": present is None,
            "entries": pages.get_page(request.GET.get(PAGE_VAR)),
            "page_var": PAGE_VAR,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/row_history.html", context)

    def _no_such_row(self, request: HttpRequest, object_id: str) -> HttpResponse:
        # Private to Django; `tests/roles/test_admin.py` pins it.
        response: HttpResponse = self._get_obj_does_not_exist_redirect(
            request, self.opts, object_id
        )
        return response

    def _entries(self, request: HttpRequest, object_id: str, *, is_gone: bool) -> list[Entry]:
        """List what happened to the row and to the parts this user may see, newest first."""
        found = list(entries_from(self.model.history.filter(id=object_id)))
        for model, lookup in self.parts_with_history:
            if _has_any_permission(request, model, "view", "change"):
                records = get_history_manager_for_model(model).filter(**{lookup: object_id})
                found += entries_from(records, None if is_gone else object_id, whole=self.model)
        found.sort(key=lambda entry: entry.when, reverse=True)
        return merge_moves(found)

    # ---------------------------------------------------------------- one earlier state

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show an earlier state; a POST from someone who may change the row restores it."""
        if not (is_id(object_id) and is_id(version_id)):
            raise Http404("No such entry")
        entry = get_object_or_404(self.model.history, id=object_id, history_id=version_id)
        is_write = request.method == "POST"
        if is_write and not self.has_change_history_permission(request, entry.instance):
            raise PermissionDenied
        present = _present(entry)
        is_gone = present is None
        context = {"is_present": _is_same(present, entry), **(extra_context or {})}
        # Only a write needs a transaction. On SQLite a transaction would block visitors' writes.
        with transaction.atomic() if is_write else nullcontext():
            response: HttpResponse = super().history_form_view(
                request, object_id, version_id, context
            )
            if is_write and is_gone and self.model._default_manager.filter(pk=object_id).exists():
                self._restore_parts(object_id)
        return response

    def _restore_parts(self, object_id: str) -> None:
        """Restore the parts that were deleted together with their row."""
        deleted = self.model.history.filter(id=object_id, history_type="-").first()
        if deleted is None:
            return
        same_save = (deleted.history_date - ONE_SAVE, deleted.history_date + ONE_SAVE)
        for model, lookup in self.parts_with_history:
            entries = get_history_manager_for_model(model).filter(
                **{lookup: object_id}, history_type="-", history_date__range=same_save
            )
            for entry in entries:
                if not model._default_manager.filter(pk=entry.id).exists():
                    entry.instance.save()

    def has_change_history_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask about the row as it is now: the version may have been frozen since the entry."""
        present = self.model._default_manager.filter(pk=obj.pk).first() if obj else None
        return bool(super().has_change_history_permission(request, present or obj))

    def part_history_view(
        self, request: HttpRequest, object_id: str, part: str, version_id: str
    ) -> HttpResponse:
        """Show an earlier state of a part that has no page of its own; a POST restores it."""
        parts = self._parts_without_page()
        if part not in parts or not (is_id(object_id) and is_id(version_id)):
            raise Http404("No such entry")
        model, lookup = parts[part]
        history = get_history_manager_for_model(model)
        entry = get_object_or_404(history, **{lookup: object_id}, history_id=version_id)
        row = self.get_object(request, object_id)
        if row is None:
            return self._no_such_row(request, object_id)
        may_view = self.has_view_or_change_permission(request, row)
        if not (may_view and _has_any_permission(request, model, "view", "change")):
            raise PermissionDenied
        is_present = _is_same(_present(entry), entry)
        may_change = self.has_change_permission(request, row)
        may_change = may_change and _has_any_permission(request, model, "change")
        if request.method == "POST":
            if not may_change:
                raise PermissionDenied
            return self._restore_part(request, row, entry)
        context = {
            **self.admin_site.each_context(request),
            "title": _("An earlier state of “%s”") % title_of_record(entry),
            "opts": self.opts,
            "object": row,
            "values": values_of_record(entry),
            "is_present": is_present,
            "may_restore": may_change and not is_present,
        }
        return TemplateResponse(request, "admin/part_history.html", context)

    def _restore_part(self, request: HttpRequest, row: Any, entry: Any) -> HttpResponse:
        what = title_of_record(entry)
        part = entry.instance
        present = _present(entry)
        part._state.adding = present is None
        if _is_same(present, entry):
            self.message_user(request, _("%s is already like this.") % what, messages.INFO)
        else:
            try:
                with transaction.atomic():
                    part.full_clean()
                    part.save()
            except (ValidationError, IntegrityError) as error:
                reasons = getattr(error, "messages", [_("The database refused it.")])
                text = _("%s can't be brought back.") % what
                self.message_user(request, " ".join([text, *reasons]), messages.ERROR)
            else:
                self.log_change(request, row, [{"changed": {"name": what, "object": str(part)}}])
                self.message_user(request, _("%s is back.") % what, messages.SUCCESS)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_history"
        return redirect(name, row.pk)

    # ---------------------------------------------------------------- saving without a change

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write the row only if something differs, so that a history has no empty entries."""
        stored = self.model._default_manager.filter(pk=obj.pk).first() if change else None
        obj.was_unchanged = stored is not None and _is_same(stored, obj)
        if not obj.was_unchanged:
            super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        if formset.new_objects or formset.changed_objects or formset.deleted_objects:
            form.instance.was_unchanged = False

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None if _was_unchanged(obj) else super().log_change(request, obj, message)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Say so if nothing was changed; Django would call that a change."""
        if not _was_unchanged(obj):
            response: HttpResponse = super().response_change(request, obj)
            return response
        self.message_user(request, _("You changed nothing, so nothing was saved."), messages.INFO)
        if "_continue" in request.POST:
            return redirect(request.get_full_path())
        if "_addanother" in request.POST:
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_add")
        return self.response_post_save_change(request, obj)


def _was_unchanged(row: Any) -> bool:
    return getattr(row, "was_unchanged", False)


def _present(record: Any) -> Any:
    """Find the row of a history entry as it is now; None if it was deleted."""
    return record.instance_type._default_manager.filter(pk=record.id).first()


def _is_same(row: Any, state: Any) -> bool:
    """Compare a row with another state of it, which may be a history entry."""
    return row is not None and not differing(type(row)._meta.concrete_fields, row, state)


def _has_any_permission(request: HttpRequest, model: type[models.Model], *rights: str) -> bool:
    name = f"{model._meta.app_label}.%s_{model._meta.model_name}"
    return any(request.user.has_perm(name % right) for right in rights)
