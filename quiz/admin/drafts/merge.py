"""Two people edit one draft: whoever saves second is told what changed, and loses nothing typed.

A form carries what it showed, signed. If the rows say something else when it comes back, what this
person changed is laid over what the rows say now, and the form is shown again instead of saved.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import BaseForm, BaseInlineFormSet, BooleanField, Field, ModelChoiceField
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from quiz.questionnaires.differences import Piece, word_changes

Row = dict[str, str]  # by name of the field, as a browser sends it
Rows = dict[str, Row]  # by primary key
# By prefix of the formset. The form itself is the row "" of the prefix "".
Shown = dict[str, Rows]

SALT = "quiz.admin.drafts.frozen.merge"
DELETE, ORDER = "DELETE", "order"


@dataclass(frozen=True)
class Change:
    """What somebody else changed: where, who, and the words old and new.

    `said` tells instead what happened to a whole row; `typed` is what this person put in its place.
    """

    what: str
    who: str
    said: str = ""
    pieces: tuple[Piece, ...] = ()
    typed: str | None = None


# ---------------------------------------------------------------- what a form shows


def shown(form: BaseForm, formsets: Iterable[BaseInlineFormSet]) -> Shown:
    """Return all that a form and its inlines hold before anybody types."""
    return {
        "": {"": _row_shown(form)},
        **{
            formset.prefix: {str(f.instance.pk): _row_shown(f) for f in formset.initial_forms}
            for formset in formsets
        },
    }


def _row_shown(form: BaseForm) -> Row:
    return {
        name: _text(field, form.get_initial_for_field(field, name))
        for name, field in _typed_in(form).items()
    }


def _typed_in(form: BaseForm) -> dict[str, Field]:
    """Return the fields that a person fills in."""
    return {
        name: field
        for name, field in form.fields.items()
        if name not in ("id", DELETE) and not getattr(field, "parent_instance", None)
    }


def _text(field: Field, value: Any) -> str:
    if isinstance(field, BooleanField):
        return "on" if value else ""
    prepared = field.prepare_value(value)
    return "" if prepared is None else _plain(str(prepared))


def _plain(text: str) -> str:
    """Return a text with the line ends that are stored; browsers send others."""
    return text.replace("\r\n", "\n")


def signed(what: Shown) -> str:
    return signing.dumps(what, salt=SALT, compress=True)


def unsigned(text: str) -> Shown | None:
    """Return what a form showed; None where it says nothing that was signed here."""
    try:
        seen: Shown = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    return seen


# ---------------------------------------------------------------- what was sent


@dataclass
class Sent:
    """What came back: rows that were there, by key, and new ones."""

    rows: Shown
    new: dict[str, list[Row]] = field(default_factory=dict)


def sent(post: Mapping[str, str], form: BaseForm, formsets: Iterable[BaseInlineFormSet]) -> Sent:
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
    return {name: _plain(post.get(f"{at}{name}", "")) for name in names}


def _total(text: str, formset: BaseInlineFormSet) -> int:
    return min(int(text), formset.absolute_max) if text.isdecimal() and len(text) < 9 else 0


def typed_over(seen: Shown, post: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return where something was typed over what a form showed, and what: to copy it from."""
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
            text = _plain(post.get(f"{at}{name}", ""))
            is_tick = was.get(name) == "on"
            if text and not is_tick and text != was.get(name):
                typed.append((" ".join(filter(None, [prefix, key, name])).replace("_", " "), text))
    return typed


# ---------------------------------------------------------------- one laid over the other


class Merge:
    """What was typed into a form that showed `seen`, laid over what it would show now.

    `data` is the form to show again, `changes` what others did meanwhile.
    """

    def __init__(
        self,
        seen: Shown,
        post: QueryDict,
        form: BaseForm,
        formsets: Sequence[BaseInlineFormSet],
    ) -> None:
        self.seen, self.now = seen, shown(form, formsets)
        self.sent = sent(post, form, formsets)
        self.data = post.copy()
        self.changes: list[Change] = []
        self.moved: set[type[models.Model]] = set()
        self._put("", self._merged(form, "", "", _named(form.instance)))
        for formset in formsets:
            self._merge_rows(formset)

    def _merge_rows(self, formset: BaseInlineFormSet) -> None:
        prefix = formset.prefix
        seen, sent_rows = self.seen.get(prefix, {}), self.sent.rows[prefix]
        rows = []
        for form in formset.initial_forms:
            pk, what = str(form.instance.pk), _named(form.instance)
            if pk in seen:
                row = self._merged(form, prefix, pk, what)
                row[DELETE] = sent_rows.get(pk, {}).get(DELETE, "")
            else:
                self._tell(form.instance, what, said=_("was added"))
                row = self.now[prefix][pk]
            rows.append({**row, "id": pk})
        new = self.sent.new[prefix] + self._typed_in_deleted(formset)
        self._put_rows(formset, rows, new)
        if formset.model in self.moved:
            # One row that moves moves others: the form shows where they stand now.
            self._tell(
                formset.model(), _kind(formset.model, True), said=_("were put in other places")
            )

    def _merged(self, form: BaseForm, prefix: str, pk: str, what: str) -> Row:
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
                self._tell(
                    form.instance,
                    f"{what}, {capfirst(str(form[name].label))}",
                    pieces=pieces,
                    typed=_words(each, mine) if is_conflict else None,
                )
        return merged

    def _typed_in_deleted(self, formset: BaseInlineFormSet) -> list[Row]:
        """Return as new what was typed into rows that others deleted meanwhile."""
        seen, fields = self.seen.get(formset.prefix, {}), _typed_in(formset.empty_form)
        rows = []
        for pk in seen.keys() - self.now[formset.prefix].keys():
            typed = self.sent.rows[formset.prefix].get(pk, {DELETE: "on"})
            # That rows around it were moved is nothing typed into it.
            changed = [
                name
                for name, was in seen[pk].items()
                if name != ORDER and not _same(fields[name], was, typed.get(name, ""))
            ]
            is_kept = bool(changed) and not typed[DELETE]
            if is_kept:
                rows.append({name: typed[name] for name in fields})
            said = _("was deleted. What you typed there stands in a new row") if is_kept else ""
            what = f"{_kind(formset.model)} {seen[pk].get('key', '')}".strip()
            self._tell(formset.model(pk=pk), what, said=said or _("was deleted"))
        return rows

    def _tell(self, row: models.Model, what: str, **more: Any) -> None:
        entries = type(row).history.filter(id=row.pk).select_related("history_user")
        user = getattr(entries.first(), "history_user", None)
        self.changes.append(Change(what, str(user or _("somebody")), **more))

    def _put(self, at: str, row: Row) -> None:
        for name, text in row.items():
            self.data.pop(f"{at}{name}", None)
            if text:
                self.data[f"{at}{name}"] = text

    def _put_rows(self, formset: BaseInlineFormSet, rows: list[Row], new: list[Row]) -> None:
        prefix = formset.prefix
        for name in [n for n in self.data if n.startswith(f"{prefix}-")]:
            if name.removeprefix(f"{prefix}-").split("-")[0].isdecimal():
                del self.data[name]
        for number, row in enumerate([*rows, *new]):
            self._put(f"{prefix}-{number}-", row)
        self.data[f"{prefix}-INITIAL_FORMS"] = str(len(rows))
        self.data[f"{prefix}-TOTAL_FORMS"] = str(len(rows) + len(new))


def _same(field: Field, one: str, other: str) -> bool:
    """Compare what two texts stand for: 0.5 and .50 are one number."""
    if one == other or isinstance(field, ModelChoiceField):
        return one == other
    try:
        return bool(field.to_python(one) == field.to_python(other))
    except ValidationError:
        return False


def _words(field: Field, text: str) -> str:
    """Return what a person sees where a browser sends this text."""
    if isinstance(field, BooleanField):
        return _("yes") if text else _("no")
    choices = {str(value): str(label) for value, label in getattr(field, "choices", ())}
    return choices.get(text, text)


def _kind(model: type[models.Model], are_several: bool = False) -> str:
    name = model._meta.verbose_name_plural if are_several else model._meta.verbose_name
    return capfirst(str(name))


def _named(row: models.Model) -> str:
    return f"{_kind(type(row))} {getattr(row, 'key', '') or row}"
