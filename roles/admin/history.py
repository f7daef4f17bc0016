"""Who changed what and when, for a row and its parts on one page, and how to restore it."""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin
from simple_history.utils import get_history_manager_for_model

from roles.admin.screens import CheckedLists, is_id
from roles.history import BEGAN_WITH_WHOLE

ENTRIES_PER_PAGE = 50
# Records this close together come from one save, which writes its rows one after the other.
ONE_SAVE = timedelta(seconds=2)


@dataclass(frozen=True)
class Delta:
    """A field that changed, in words; `row` says which row where an entry holds several."""

    label: str
    old: str
    new: str
    row: str = ""


@dataclass
class Entry:
    """What one person did to one row; `url` shows the row as they left it."""

    when: datetime
    who: str
    kind: str
    what: str
    reason: str
    url: str
    deltas: list[Delta] = field(default_factory=list)
    is_only_order: bool = False


class HistoryAdmin(CheckedLists, SimpleHistoryAdmin):
    """Records who changed what and when, and restores an earlier state.

    `parts_with_history` lists the models whose rows belong to the row, each with the lookup from
    its history to the row's primary key.
    """

    parts_with_history: Sequence[tuple[type[models.Model], str]] = ()

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
        name = str(present) if present else _name_of_record(newest)
        pages = Paginator(self._entries(request, object_id), ENTRIES_PER_PAGE)
        context = {
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
        is_gone = not self.model._default_manager.filter(pk=object_id).exists()
        # Only a write needs a transaction. On SQLite a transaction would block visitors' writes.
        with transaction.atomic() if is_write else nullcontext():
            response: HttpResponse = super().history_form_view(
                request, object_id, version_id, extra_context
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

    def _entries(self, request: HttpRequest, object_id: str) -> list[Entry]:
        """List what happened to the row and to the parts this user may see, newest first."""
        found = list(_entries_from(self.model.history.filter(id=object_id)))
        for model, lookup in self.parts_with_history:
            if _may_view(request, model):
                records = get_history_manager_for_model(model).filter(**{lookup: object_id})
                found += _entries_from(records)
        found.sort(key=lambda entry: entry.when, reverse=True)
        return _merge_moves(found)


def _may_view(request: HttpRequest, model: type[models.Model]) -> bool:
    name = f"{model._meta.app_label}.%s_{model._meta.model_name}"
    return any(request.user.has_perm(name % right) for right in ("view", "change"))


def _entries_from(records: models.QuerySet[Any]) -> Iterator[Entry]:
    """Yield an entry per record, without saves that changed nothing and parts added with a row."""
    previous_records: dict[Any, Any] = {}
    related = _RelatedNames()
    for record in records.select_related("history_user").order_by("history_date", "history_id"):
        previous = previous_records.get(record.id)
        previous_records[record.id] = record
        changed = _changed_fields(previous, record) if previous else []
        is_edit = record.history_type == "~"
        if (is_edit and previous and not changed) or _was_added_with_row(record):
            continue
        yield Entry(
            when=record.history_date,
            who=str(record.history_user or _("the site itself")),
            kind={"+": _("added"), "~": _("changed"), "-": _("deleted")}[record.history_type],
            what=(
                f"{capfirst(str(record.instance_type._meta.verbose_name))} "
                f"“{_name_of_record(record)}”"
            ),
            reason=record.history_change_reason or "",
            url=_url_of(record),
            deltas=[
                Delta(
                    capfirst(str(each.verbose_name)),
                    related.words(each, getattr(previous, each.attname)),
                    related.words(each, getattr(record, each.attname)),
                )
                for each in changed
                if is_edit
            ],
            is_only_order=is_edit and [each.name for each in changed] == ["order"],
        )


def _was_added_with_row(record: Any) -> bool:
    return bool(record.history_type == "+" and record.history_change_reason == BEGAN_WITH_WHOLE)


def _changed_fields(previous: Any, record: Any) -> list[models.Field]:
    return [
        each
        for each in record.instance_type._meta.concrete_fields
        if getattr(previous, each.attname) != getattr(record, each.attname)
    ]


def _name_of_record(record: Any) -> str:
    """Name the row without a query for its parent, which may be deleted."""
    names = ("key", "title", "title_en", "name_en", "topic_en", "heading_en", "text_en", "label_en")
    texts = (str(getattr(record, name, "") or "") for name in names)
    return next((text for text in texts if text), str(record.id))


def _url_of(record: Any) -> str:
    """Link to the recorded state; empty for models that have no page of their own."""
    opts = record.instance_type._meta
    name = f"admin:{opts.app_label}_{opts.model_name}_simple_history"
    try:
        return reverse(name, args=[record.id, record.history_id])
    except NoReverseMatch:
        return ""


class _RelatedNames:
    """Puts field values into words, with one query per related row."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, Any], str] = {}

    def words(self, each: models.Field, value: Any) -> str:
        if isinstance(each, models.BooleanField):
            return _("yes") if value else _("no")
        if each.is_relation and value is not None:
            return self._name(each, value)
        return "" if value is None else str(dict(each.flatchoices).get(value, value))

    def _name(self, each: Any, pk: Any) -> str:
        place = (each.name, pk)
        if place not in self._names:
            row = each.related_model._default_manager.filter(pk=pk).first()
            self._names[place] = _name_of_row(row) if row else _("one that is gone")
        return self._names[place]


def _name_of_row(row: models.Model) -> str:
    return str(getattr(row, "key", "") or row)


def _merge_moves(entries: list[Entry]) -> list[Entry]:
    """Merge the moves of one save into one entry: moving one row renumbers those after it."""
    merged: list[Entry] = []
    for entry in entries:
        last = merged[-1] if merged else None
        if last and _is_same_move(last, entry):
            if last.url:
                last.deltas = [replace(delta, row=last.what) for delta in last.deltas]
                last.what, last.url = _("Several rows"), ""
            last.deltas += [replace(delta, row=entry.what) for delta in entry.deltas]
        else:
            merged.append(entry)
    return merged


def _is_same_move(later: Entry, earlier: Entry) -> bool:
    are_moves = later.is_only_order and earlier.is_only_order
    return are_moves and later.who == earlier.who and later.when - earlier.when <= ONE_SAVE
