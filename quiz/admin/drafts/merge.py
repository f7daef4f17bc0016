"""Merge two people's edits of one draft, so that the second save loses nothing that was typed.

A form carries what it showed, signed. If the stored rows say something else when the form comes
back, what this person typed is laid over the stored rows, and the form is shown again with a list
of the other person's changes. Only the next save writes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import BooleanField, Field, ModelChoiceField, ModelForm
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from simple_history.utils import get_history_manager_for_model

from quiz.questionnaires.differences import Piece, word_changes
from roles.history import plain_lines

# A BaseInlineFormSet that Django has set up: in the stubs, its prefix and model may be None.
InlineFormSet = Any
Row = dict[str, str]  # text by field name, as a browser sends it
Rows = dict[str, Row]  # by primary key
# By formset prefix. The form itself is row "" of prefix "".
Shown = dict[str, Rows]

SALT = "quiz.admin.drafts.merge"
DELETE, ORDER = "DELETE", "order"


@dataclass(frozen=True)
class OthersChange:
    """What someone else changed: where, who, and the words old and new.

    `event` says instead what happened to a whole row. `typed` is what this person typed in the
    same place; None where there is no conflict.
    """

    what: str
    who: str
    event: str = ""
    pieces: tuple[Piece, ...] = ()
    typed: str | None = None


# ---------------------------------------------------------------- what a form shows


def shown(form: ModelForm, formsets: Iterable[InlineFormSet]) -> Shown:
    """Collect what a form and its inlines hold before anyone types."""
    return {
        "": {"": _row_shown(form)},
        **{
            formset.prefix: {str(f.instance.pk): _row_shown(f) for f in formset.initial_forms}
            for formset in formsets
        },
    }


def _row_shown(form: ModelForm) -> Row:
    return {
        name: _text(field, form.get_initial_for_field(field, name))
        for name, field in _typed_in(form).items()
    }


def _typed_in(form: ModelForm) -> dict[str, Field]:
    """Select the fields that a person fills in."""
    return {
        name: field
        for name, field in form.fields.items()
        if name not in ("id", DELETE) and not getattr(field, "parent_instance", None)
    }


def _text(field: Field, value: Any) -> str:
    if isinstance(field, BooleanField):
        return "on" if value else ""
    prepared = field.prepare_value(value)
    return "" if prepared is None else plain_lines(str(prepared))


def signed(rows: Shown) -> str:
    return signing.dumps(rows, salt=SALT, compress=True)


def unsigned(text: str) -> Shown | None:
    """Read what a form showed; None if this site didn't sign the text."""
    try:
        seen: Shown = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    return seen


# ---------------------------------------------------------------- what was sent


@dataclass
class Sent:
    """What came back: existing rows by primary key, and new rows."""

    rows: Shown
    new: dict[str, list[Row]] = field(default_factory=dict)


def sent(post: Mapping[str, str], form: ModelForm, formsets: Iterable[InlineFormSet]) -> Sent:
    found = Sent({"": {"": _row_sent(post, "", _typed_in(form))}})
    for formset in formsets:
        names = [*_typed_in(formset.empty_form), DELETE]
        rows, new = found.rows.setdefault(formset.prefix, {}), []
        for number in range(_total(post.get(f"{formset.prefix}-TOTAL_FORMS", ""), formset)):
            at = f"{formset.prefix}-{number}-"
            row = _row_sent(post, at, names)
            if pk := post.get(f"{at}id"):
                rows[pk] = row
            elif any(row.values()):
                new.append(row)
        found.new[formset.prefix] = new
    return found


def _row_sent(post: Mapping[str, str], at: str, names: Iterable[str]) -> Row:
    return {name: plain_lines(post.get(f"{at}{name}", "")) for name in names}


def _total(text: str, formset: InlineFormSet) -> int:
    return min(int(text), formset.absolute_max) if text.isdecimal() and len(text) < 9 else 0


def typed_over(seen: Shown, post: Mapping[str, str]) -> list[tuple[str, str]]:
    """List each place where the person typed something, with the text, so that they can copy it."""
    places = {("", ""): ""}
    for name, pk in post.items():
        if name.endswith("-id") and name.count("-") >= 2:
            places[name.rsplit("-", 2)[0], pk] = name.removesuffix("id")
    typed = []
    for (prefix, pk), at in places.items():
        was = seen.get(prefix, {}).get(pk, {})
        names = was or [n.removeprefix(at) for n in post if n.startswith(at) and n != f"{at}id"]
        key = post.get(f"{at}key") or post.get(f"{at}value") or ""
        for name in names:
            text = plain_lines(post.get(f"{at}{name}", ""))
            is_tick = was.get(name) == "on"
            if text and not is_tick and text != was.get(name):
                typed.append((" ".join(filter(None, [prefix, key, name])).replace("_", " "), text))
    return typed


# ---------------------------------------------------------------- one laid over the other


class Merge:
    """Lays what was typed into a form that showed `seen` over what the form would show now.

    `data` fills the form that is shown again; `changes` lists what others did since then.
    """

    def __init__(
        self,
        seen: Shown,
        post: QueryDict,
        form: ModelForm,
        formsets: Sequence[InlineFormSet],
    ) -> None:
        self.seen, self.now = seen, shown(form, formsets)
        self.sent = sent(post, form, formsets)
        self.data = post.copy()
        self.changes: list[OthersChange] = []
        self.moved: set[type[models.Model]] = set()
        self._put("", self._merged(form, "", "", _name_of(form.instance)))
        for formset in formsets:
            self._merge_rows(formset)

    def _merge_rows(self, formset: InlineFormSet) -> None:
        prefix = formset.prefix
        seen, sent_rows = self.seen.get(prefix, {}), self.sent.rows[prefix]
        rows = []
        for form in formset.initial_forms:
            pk, what = str(form.instance.pk), _name_of(form.instance)
            if pk in seen:
                row = self._merged(form, prefix, pk, what)
                row[DELETE] = sent_rows.get(pk, {}).get(DELETE, "")
            else:
                self._record(form.instance, what, event=_("was added"))
                row = self.now[prefix][pk]
            rows.append({**row, "id": pk})
        new = self.sent.new[prefix] + self._typed_in_deleted(formset)
        self._put_rows(formset, rows, new)
        if formset.model in self.moved:
            # Moving one row renumbers others: one entry for all. The form shows the new places.
            self._record(formset.model(), _kind(formset.model, True), event=_("were moved"))

    def _merged(self, form: ModelForm, prefix: str, pk: str, what: str) -> Row:
        seen, now = self.seen.get(prefix, {}).get(pk, {}), self.now[prefix][pk]
        typed = self.sent.rows[prefix].get(pk, seen)
        merged = {}
        for name, each in _typed_in(form).items():
            was, is_now, mine = seen.get(name, now[name]), now[name], typed.get(name, "")
            is_mine = not _same(each, was, mine)
            merged[name] = mine if is_mine else is_now
            if name == ORDER and not _same(each, was, is_now):
                self.moved.add(type(form.instance))
            elif not _same(each, was, is_now):
                pieces = word_changes(_words(each, was), _words(each, is_now))
                is_conflict = is_mine and not _same(each, mine, is_now)
                self._record(
                    form.instance,
                    f"{what}, {capfirst(str(form[name].label))}",
                    pieces=pieces,
                    typed=_words(each, mine) if is_conflict else None,
                )
        return merged

    def _typed_in_deleted(self, formset: InlineFormSet) -> list[Row]:
        """Turn what was typed into rows that others deleted into new rows."""
        seen, fields = self.seen.get(formset.prefix, {}), _typed_in(formset.empty_form)
        rows = []
        for pk in seen.keys() - self.now[formset.prefix].keys():
            typed = self.sent.rows[formset.prefix].get(pk, {DELETE: "on"})
            # A new place alone comes from moving the rows around it. It isn't typed text.
            changed = [
                name
                for name, was in seen[pk].items()
                if name != ORDER and not _same(fields[name], was, typed.get(name, ""))
            ]
            is_kept = bool(changed) and not typed[DELETE]
            if is_kept:
                rows.append({name: typed[name] for name in fields})
            event = _("was deleted. Your text is in a new row") if is_kept else ""
            what = f"{_kind(formset.model)} {seen[pk].get('key', '')}".strip()
            self._record(formset.model(pk=pk), what, event=event or _("was deleted"))
        return rows

    def _record(self, row: models.Model, what: str, **more: Any) -> None:
        history = get_history_manager_for_model(type(row))
        entries = history.filter(id=row.pk).select_related("history_user")
        user = getattr(entries.first(), "history_user", None)
        self.changes.append(OthersChange(what, str(user or _("someone")), **more))

    def _put(self, at: str, row: Row) -> None:
        for name, text in row.items():
            self.data.pop(f"{at}{name}", None)
            if text:
                self.data[f"{at}{name}"] = text

    def _put_rows(self, formset: InlineFormSet, rows: list[Row], new: list[Row]) -> None:
        prefix = formset.prefix
        for name in [n for n in self.data if n.startswith(f"{prefix}-")]:
            if name.removeprefix(f"{prefix}-").split("-")[0].isdecimal():
                del self.data[name]
        for number, row in enumerate([*rows, *new]):
            self._put(f"{prefix}-{number}-", row)
        self.data[f"{prefix}-INITIAL_FORMS"] = str(len(rows))
        self.data[f"{prefix}-TOTAL_FORMS"] = str(len(rows) + len(new))


def _same(field: Field, one: str, other: str) -> bool:
    """Compare two texts by value: 0.5 and .50 are one number."""
    if one == other or isinstance(field, ModelChoiceField):
        return one == other
    try:
        return bool(field.to_python(one) == field.to_python(other))
    except ValidationError:
        return False


def _words(field: Field, text: str) -> str:
    """Put a value that a browser sends into the words that a person sees."""
    if isinstance(field, BooleanField):
        return _("yes") if text else _("no")
    choices = {str(value): str(label) for value, label in getattr(field, "choices", ())}
    return choices.get(text, text)


def _kind(model: type[models.Model], are_several: bool = False) -> str:
    name = model._meta.verbose_name_plural if are_several else model._meta.verbose_name
    return capfirst(str(name))


def _name_of(row: models.Model) -> str:
    return f"{_kind(type(row))} {getattr(row, 'key', '') or row}"
