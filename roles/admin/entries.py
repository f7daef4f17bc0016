"""The entries of a history page: what one person did to one row, in words."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from roles.history import BEGAN_WITH_WHOLE, differing

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
    """What one person did to one row.

    `url` shows the row as they left it; empty where that is how the row still is (`is_present`).
    """

    when: datetime
    who: str
    kind: str
    what: str
    reason: str
    url: str
    is_present: bool = False
    deltas: list[Delta] = field(default_factory=list)
    is_only_order: bool = False


def entries_from(
    records: models.QuerySet[Any],
    whole_id: str | None = None,
    whole: type[models.Model] | None = None,
) -> Iterator[Entry]:
    """Yield an entry per record, without saves that changed nothing.

    If the records are about parts, `whole` is the model of their whole and `whole_id` its key, or
    None if it was deleted. The first state of a part that was added with the whole has an entry
    only if it was edited and has no history page of its own.
    """
    found = list(records.select_related("history_user").order_by("history_date", "history_id"))
    changes = _changes(found)
    edited = {record.id for record in found if record.history_type == "~" and changes[record.pk][1]}
    shown = [
        record
        for record in found
        if not _is_empty_edit(record, *changes[record.pk])
        and not (whole and _is_first(record) and (_own_url(record) or record.id not in edited))
    ]
    manager = records.model.instance_type._default_manager
    rows = manager.in_bulk({record.id for record in shown})
    related = _RelatedNames()
    for record in shown:
        previous, changed = changes[record.pk]
        is_edit = record.history_type == "~"
        present = rows.get(record.id)
        is_present = present is not None and not differing(_fields(record), present, record)
        yield Entry(
            when=record.history_date,
            who=str(record.history_user or _("the site itself")),
            kind={"+": _("added"), "~": _("changed"), "-": _("deleted")}[record.history_type],
            what=title_of_record(record),
            reason=_reason(record),
            url="" if is_present else _own_url(record) or _url_within(record, whole_id, whole),
            is_present=is_present,
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


def _changes(records: list[Any]) -> dict[int, tuple[Any, list[models.Field]]]:
    """Map each record, given from old to new, to the one before of its row and what changed."""
    changes = {}
    newest: dict[int, Any] = {}
    for record in records:
        previous = newest.get(record.id)
        changed = differing(_fields(record), previous, record) if previous else []
        changes[record.pk] = (previous, changed)
        newest[record.id] = record
    return changes


def _is_first(record: Any) -> bool:
    """Find out whether a row was created like this with its whole or from the shipped files."""
    return bool(record.history_type == "+" and record.history_change_reason == BEGAN_WITH_WHOLE)


def _reason(record: Any) -> str:
    return _("The first state") if _is_first(record) else record.history_change_reason or ""


def _is_empty_edit(record: Any, previous: Any, changed: list[models.Field]) -> bool:
    return bool(record.history_type == "~" and previous and not changed)


def _fields(record: Any) -> list[models.Field]:
    return list(record.instance_type._meta.concrete_fields)


def title_of_record(record: Any) -> str:
    return f"{capfirst(str(record.instance_type._meta.verbose_name))} “{name_of_record(record)}”"


def name_of_record(record: Any) -> str:
    """Name the row without a query for its parent, which may be deleted."""
    names = ("key", "title", "title_en", "name_en", "topic_en", "heading_en", "text_en", "label_en")
    texts = (str(getattr(record, name, "") or "") for name in names)
    return next((text for text in texts if text), str(record.id))


def values_of_record(record: Any) -> list[tuple[str, str]]:
    """List each field of a recorded state with its value, in words."""
    related = _RelatedNames()
    return [
        (capfirst(str(each.verbose_name)), related.words(each, getattr(record, each.attname)))
        for each in _fields(record)
        if not each.primary_key
    ]


def _own_url(record: Any) -> str:
    """Address of the recorded state; empty for models that have no page of their own."""
    opts = record.instance_type._meta
    name = f"admin:{opts.app_label}_{opts.model_name}_simple_history"
    try:
        return reverse(name, args=[record.id, record.history_id])
    except NoReverseMatch:
        return ""


def _url_within(record: Any, whole_id: str | None, whole: type[models.Model] | None) -> str:
    """Address of a part's recorded state within the history of the whole, if that exists."""
    if whole is None or whole_id is None:
        return ""
    opts = whole._meta
    name = f"admin:{opts.app_label}_{opts.model_name}_part_history"
    return reverse(name, args=[whole_id, record.instance_type._meta.model_name, record.history_id])


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


def merge_moves(entries: list[Entry]) -> list[Entry]:
    """Merge the moves of one save into one entry: moving one row renumbers those after it."""
    merged: list[Entry] = []
    for entry in entries:
        last = merged[-1] if merged else None
        if last and _is_same_move(last, entry):
            if not last.deltas[0].row:
                last.deltas = [replace(delta, row=last.what) for delta in last.deltas]
                last.what, last.url = _("Several rows"), ""
            last.deltas += [replace(delta, row=entry.what) for delta in entry.deltas]
        else:
            merged.append(entry)
    return merged


def _is_same_move(later: Entry, earlier: Entry) -> bool:
    are_moves = later.is_only_order and earlier.is_only_order
    return are_moves and later.who == earlier.who and later.when - earlier.when <= ONE_SAVE
