"""A questionnaire as a file: JSON in the format of data/questionnaire.schema.json.

Pure: no Django, no database. Import, export, the shipped questionnaire and the commands share it.
"""

import json
import math
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from quiz.questionnaire import Answer, BackgroundQuestion, Item, Option, Questionnaire, Trait

DATA = Path(__file__).parent / "data"
SHIPPED = DATA / "questionnaire.json"
SCHEMA = DATA / "questionnaire.schema.json"

MOST_BYTES = 1_000_000  # the shipped one has 15,000


class FileFault(ValueError):
    """A file that can't be read as a questionnaire; `faults` holds every reason with its place."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def shipped_questionnaire() -> Questionnaire:
    """Return the questionnaire that comes with the project: version 1."""
    return read(SHIPPED.read_text(encoding="utf-8"))


def read(file: str | bytes, *, offered: Collection[str] | None = None) -> Questionnaire:
    """Return the questionnaire written in a file; FileFault lists everything that is wrong.

    With `offered`, the languages of a site, what could not be stored there is a fault too.
    """
    data = parsed(file)
    # A serving process that reads no file never needs this.
    from quiz.questionnaire_faults import schema_faults, sense_faults

    if faults := schema_faults(data):
        raise FileFault(faults)
    questionnaire = from_data(data)
    if faults := sense_faults(questionnaire, offered):
        raise FileFault(faults)
    return questionnaire


def parsed(file: str | bytes) -> Any:
    """Return what a file holds; FileFault where it is too long, no text, or no JSON."""
    if len(file) > MOST_BYTES:
        raise FileFault([f"The file is larger than {MOST_BYTES // 1000} kB."])
    try:
        text = file.decode("utf-8-sig") if isinstance(file, bytes) else file.removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise FileFault([f"byte {error.start + 1}: not text in UTF-8"]) from None
    notes = _Notes()
    try:
        data = json.loads(
            text,
            object_pairs_hook=notes.of_object,
            parse_constant=notes.of_constant,
            parse_float=notes.of_float,
        )
    except json.JSONDecodeError as error:
        raise FileFault([f"line {error.lineno}, column {error.colno}: {error.msg}"]) from None
    except RecursionError:
        raise FileFault(["line 1: nested too deeply"]) from None
    except ValueError:
        raise FileFault(["A whole number has too many digits."]) from None
    if notes.faults:
        raise FileFault(notes.faults)
    return data


class _Notes:
    """What JSON lets pass and a questionnaire can't have, noted while it is parsed."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def of_object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _value in pairs]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            self.faults.append(f"“{key:.80}” stands twice in one object")
        return dict(pairs)

    def of_constant(self, name: str) -> None:
        self.faults.append(f"{name} is no number that can be used")

    def of_float(self, text: str) -> float:
        value = float(text)
        if not math.isfinite(value):
            self.faults.append(f"{text:.40} is too large a number")
        return value


def from_data(data: Mapping[str, Any]) -> Questionnaire:
    """Return the questionnaire of parsed JSON that fits the schema."""
    return Questionnaire(
        number=data.get("number"),
        languages=tuple(data["languages"]),
        items_per_page=int(data["items_per_page"]),
        clear_from=float(data["bands"]["clear_from"]),
        leaning_from=float(data["bands"]["leaning_from"]),
        texts=data["texts"],
        scale=tuple(Answer(int(answer["value"]), answer["label"]) for answer in data["scale"]),
        traits=tuple(Trait(**{**t, "weight": float(t["weight"])}) for t in data["traits"]),
        items=_items(data["items"]),
        spare=_items(data.get("spare", ())),
        background=tuple(
            BackgroundQuestion(
                key=question["key"],
                text=question["text"],
                options=tuple(Option(**option) for option in question["options"]),
            )
            for question in data["background"]
        ),
    )


def _items(data: Iterable[Mapping[str, Any]]) -> tuple[Item, ...]:
    return tuple(Item(**{**item, "keying": int(item["keying"])}) for item in data)


def to_data(questionnaire: Questionnaire) -> dict[str, Any]:
    """Return plain data of the format; `from_data` turns it back into an equal questionnaire.

    The number is left out: another site, or the next draft, gets another one by publishing.
    """
    q = questionnaire
    return {
        "languages": list(q.languages),
        "items_per_page": q.items_per_page,
        "bands": {"clear_from": q.clear_from, "leaning_from": q.leaning_from},
        "texts": {key: dict(text) for key, text in q.texts.items()},
        "scale": [{"value": a.value, "label": dict(a.label)} for a in q.scale],
        "traits": [
            {
                "key": t.key,
                "weight": t.weight,
                "name": dict(t.name),
                "low": dict(t.low),
                "high": dict(t.high),
                "low_gloss": dict(t.low_gloss),
                "high_gloss": dict(t.high_gloss),
            }
            for t in q.traits
        ],
        "items": [_item_data(item) for item in q.items],
        "spare": [_item_data(item) for item in q.spare],
        "background": [
            {
                "key": b.key,
                "text": dict(b.text),
                "options": [{"value": o.value, "label": dict(o.label)} for o in b.options],
            }
            for b in q.background
        ],
    }


def _item_data(item: Item) -> dict[str, Any]:
    return {
        "key": item.key,
        "trait": item.trait,
        "keying": item.keying,
        "text": dict(item.text),
        "rationale": item.rationale,
    }


def write(questionnaire: Questionnaire) -> str:
    """Return the questionnaire as the text of a file."""
    return json.dumps(to_data(questionnaire), ensure_ascii=False, indent=2) + "\n"
