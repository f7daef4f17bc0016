"""Load the shipped content files into the database, as often as you like, without undoing edits.

For each row of content a `ShippedRow` records the values that were last counts. A row that still
has those values is unedited, so a newer file may update or remove it. A row with other values was
edited and is kept. A row that was loaded once but no longer exists was deleted by an editor and
isn't created again. The record holds the values themselves, not a hash, so that a new column in a
later release doesn't make every row look edited.
"""

import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models, transaction
from simple_history.utils import bulk_create_with_history
from translated_fields import to_attribute

from roles.history import BEGAN_WITH_WHOLE, plain_lines
from roles.models import (
    IDENTITY,
    Advice,
    AdviceSummary,
    Difference,
    Duty,
    Figure,
    Passage,
    Role,
    SharedSkill,
    ShippedRow,
    Skill,
    Source,
)

DATA = Path(__file__).resolve().parent / "data"
OTHER_FILES = {"all-occupations", "sources", "comparison"}

# The fields that identify a row of content. Parents come before the rows that refer to them.
KEYS: dict[type[models.Model], tuple[str, ...]] = {
    Source: ("key",),
    Role: ("slug",),
    Skill: ("role", "order"),
    Duty: ("role", "order"),
    AdviceSummary: ("role", "kind"),
    Advice: ("role", "kind", "order"),
    Figure: ("role", *IDENTITY),
    Difference: ("level", "order"),
    SharedSkill: ("order",),
    Passage: ("key",),
}
# Never removed: that would also delete what editors added to them.
PARENTS = {Source, Role}
TEXTS = {
    Source: ("name", "about", "attribution"),
    Role: (
        *("title", "title_plural", "summary", "work", "measured_by", "pay_note"),
        *("outlook_note", "education_note", "pathway"),
    ),
    Skill: ("name", "meaning"),
    Duty: ("text",),
    AdviceSummary: ("text",),
    Advice: ("title", "text"),
    Figure: ("text", "note"),
    Difference: ("topic", "sales", "service"),
    SharedSkill: ("name", "meaning", "in_sales", "in_service"),
    Passage: ("heading", "text"),
}
FIGURE_DEFAULTS: dict[str, Any] = {
    "category": "",
    "value": None,
    "value_high": None,
    "percentile": None,
    "percentile_of": None,
    "is_published": True,
    "checked_on": None,
}

Plain = dict[str, Any]  # JSON values by field name; a parent is given by its key


@dataclass
class LoadCounts:
    """Rows of content by what the load did with them; `kept`: an editor changed or deleted it."""

    created: int = 0
    updated: int = 0
    removed: int = 0
    unchanged: int = 0
    kept: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{count} {what}" for what, count in vars(self).items())


# ---------------------------------------------------------------- the files


def read(name: str) -> dict[str, Any]:
    with (DATA / f"{name}.toml").open("rb") as file:
        return tomllib.load(file, parse_float=Decimal)


def role_files() -> list[dict[str, Any]]:
    """The contents of each role's file, sorted by the role's `order`."""
    names = {path.stem for path in DATA.glob("*.toml")} - OTHER_FILES
    return sorted((read(name) for name in names), key=lambda role: role["order"])


def figures_in(file: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield each figure of a file, merged with the values of its group."""
    for group in file["figures"]:
        shared = {name: value for name, value in group.items() if name != "rows"}
        for row in group["rows"]:
            yield shared | row


def shipped_rows() -> Iterator[tuple[type[models.Model], Plain]]:
    """Yield every row of content in the files, parents first."""
    yield from ((Source, _plain(Source, row)) for row in read("sources")["sources"])
    roles = role_files()
    for role in roles:
        own = {name: value for name, value in role.items() if not isinstance(value, list)}
        yield Role, _plain(Role, own)
    for role in roles:
        for model, name in ((Skill, "skills"), (Duty, "duties")):
            for order, row in enumerate(role[name], start=1):
                yield model, _plain(model, row | {"role": role["slug"], "order": order})
        yield from _advice(role)
        yield from _figures(role, role["slug"])
    yield from _figures(read("all-occupations"), None)
    comparison = read("comparison")
    orders = dict.fromkeys(Role.Level.values, 0)
    for row in comparison["differences"]:
        orders[row["level"]] += 1
        yield Difference, _plain(Difference, row | {"order": orders[row["level"]]})
    for order, row in enumerate(comparison["shared_skills"], start=1):
        yield SharedSkill, _plain(SharedSkill, row | {"order": order})
    yield from ((Passage, _plain(Passage, row)) for row in comparison["passages"])


def _advice(role: Mapping[str, Any]) -> Iterator[tuple[type[models.Model], Plain]]:
    slug, orders = role["slug"], Counter[str]()
    for row in role["advice_summaries"]:
        yield AdviceSummary, _plain(AdviceSummary, row | {"role": slug})
    for row in role["advice"]:
        orders[row["kind"]] += 1
        numbered = {"source": None, **row, "role": slug, "order": orders[row["kind"]]}
        yield Advice, _plain(Advice, numbered)


def _figures(
    file: Mapping[str, Any], slug: str | None
) -> Iterator[tuple[type[models.Model], Plain]]:
    for order, row in enumerate(figures_in(file), start=1):
        currency, has_currency, unit = row.get("unit", "").rpartition("/")
        money = {"currency": currency if has_currency else "", "unit": unit}
        yield Figure, _plain(Figure, FIGURE_DEFAULTS | row | money | {"role": slug, "order": order})


def _plain(model: type[models.Model], row: Mapping[str, Any]) -> Plain:
    plain = {name: _json(value) for name, value in row.items() if name not in TEXTS[model]}
    for name in TEXTS[model]:
        by_language = row.get(name, {})
        for language, _title in settings.LANGUAGES:
            plain[to_attribute(name, language)] = by_language.get(language, "")
    return plain


def _json(value: Any) -> Any:
    """Convert a value to JSON so that equal values compare equal, such as 4.0 and 4.0000."""
    if isinstance(value, str):
        return plain_lines(value)
    if isinstance(value, models.Model):
        return getattr(value, KEYS[type(value)][0])
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"{Decimal(value).normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    return value


# ---------------------------------------------------------------- the database


@transaction.atomic
def load_roles() -> LoadCounts:
    """Load all shipped content, or none of it if there is an error; safe to run again.

    Raises ValueError if the files contain the same row twice.
    """
    counts = LoadCounts()
    shipped: dict[type[models.Model], dict[str, Plain]] = {model: {} for model in KEYS}
    for model, values in shipped_rows():
        if shipped[model].setdefault(_key(model, values), values) is not values:
            raise ValueError(
                f"The content files contain {model.__name__} {_key(model, values)} twice"
            )
    before: dict[type[models.Model], dict[str, ShippedRow]] = {model: {} for model in KEYS}
    kinds = {model.__name__.lower(): model for model in KEYS}
    for entry in ShippedRow.objects.filter(kind__in=kinds):
        before[kinds[entry.kind]][entry.key] = entry
    for model in reversed(KEYS):
        if model not in PARENTS:
            _remove(model, set(before[model]) - set(shipped[model]), before[model], counts)
    for model in KEYS:
        _load(model, shipped[model], before[model], counts)
    return counts


def _key(model: type[models.Model], values: Plain) -> str:
    return json.dumps([values[name] for name in KEYS[model]], ensure_ascii=False)


def _rows_by_key(
    model: type[models.Model], names: list[str]
) -> dict[str, list[tuple[models.Model, Plain]]]:
    parents = [name for name in KEYS[model] if name in ("role", "source")]
    rows: dict[str, list[tuple[models.Model, Plain]]] = {}
    found = model._default_manager.all()
    for row in found.select_related(*parents) if parents else found:
        values = {name: _json(getattr(row, name)) for name in {*names, *KEYS[model]}}
        rows.setdefault(_key(model, values), []).append((row, values))
    return rows


def _load(
    model: type[models.Model],
    shipped: Mapping[str, Plain],
    before: Mapping[str, ShippedRow],
    counts: LoadCounts,
) -> None:
    names = sorted(set().union(*shipped.values()))
    rows = _rows_by_key(model, names)
    parents: dict[str, dict[Any, models.Model | None]] = {
        "role": {role.slug: role for role in Role.objects.all()} | {None: None},
        "source": {source.key: source for source in Source.objects.all()} | {None: None},
    }
    new, entries = [], []
    for key, values in shipped.items():
        entry = before.get(key)
        found = rows.get(key, [])
        untouched = next((row for row, has in found if entry and _agrees(has, entry.values)), None)
        same = any(_agrees(has, values) for _row, has in found)
        fields = {
            name: parents[name].get(value, Ellipsis) if name in parents else value
            for name, value in values.items()
        }
        if same or (entry is None and not found and Ellipsis not in fields.values()):
            if same:
                counts.unchanged += 1
            else:
                new.append(model(**fields))
                counts.created += 1
            if entry is None:
                entries.append(ShippedRow(kind=model.__name__.lower(), key=key, values=values))
            elif entry.values != values:
                entry.values = values
                entry.save()
        elif untouched is not None and entry is not None:
            for name, value in fields.items():
                setattr(untouched, name, value)
            untouched.save()
            entry.values = values
            entry.save()
            counts.updated += 1
        else:
            counts.kept += 1
    bulk_create_with_history(new, model, default_change_reason=BEGAN_WITH_WHOLE)
    ShippedRow.objects.bulk_create(entries)


def _agrees(has: Plain, shipped: Plain) -> bool:
    """Compare the shipped fields only: a column that was added later isn't an edit.

    A later `checked_on` isn't one either: an editor or an import only confirmed the figure.
    """
    return all(
        (has[name] or "") >= (value or "") if name == "checked_on" else has[name] == value
        for name, value in shipped.items()
        if name in has
    )


def _remove(
    model: type[models.Model], keys: set[str], before: Mapping[str, ShippedRow], counts: LoadCounts
) -> None:
    """Delete rows that are no longer in the files, unless they were edited."""
    if not keys:
        return
    names = sorted(set().union(*(before[key].values for key in keys)))
    fields = {field.name for field in model._meta.fields}
    rows = _rows_by_key(model, [name for name in names if name in fields])
    for key in keys:
        for row, has in rows.get(key, []):
            if _agrees(has, before[key].values):
                row.delete()
                counts.removed += 1
            else:
                counts.kept += 1
        before[key].delete()
