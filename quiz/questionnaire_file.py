"""A questionnaire as a file: JSON in the format of data/questionnaire.schema.json.

Pure: no Django, no database. Import, export, the shipped questionnaire and the commands share it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from quiz.questionnaire import Answer, BackgroundQuestion, Item, Option, Questionnaire, Trait

DATA = Path(__file__).parent / "data"
SHIPPED = DATA / "questionnaire.json"
SCHEMA = DATA / "questionnaire.schema.json"


class FileFault(ValueError):
    """A file that can't be read as a questionnaire; `faults` holds every reason with its place."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def shipped_questionnaire() -> Questionnaire:
    """Return the questionnaire that comes with the project: version 1."""
    return read(SHIPPED.read_text(encoding="utf-8"))


def read(text: str) -> Questionnaire:
    """Return the questionnaire written in `text`; FileFault lists everything that is wrong."""
    try:
        data = json.loads(text, object_pairs_hook=_without_repeats)
    except json.JSONDecodeError as error:
        raise FileFault([f"line {error.lineno}: {error.msg}"]) from None
    except RecursionError:
        raise FileFault(["line 1: nested too deeply"]) from None
    if faults := _schema_faults(data):
        raise FileFault(faults)
    return from_data(data)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = sorted({key for key in keys if keys.count(key) > 1})
        raise FileFault([f"“{key}” stands twice in one object" for key in repeated])
    return mapping


def _schema_faults(data: object) -> list[str]:
    # Imported here: a serving process never reads a file.
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    errors = sorted(validator.iter_errors(data), key=lambda error: [str(p) for p in error.path])
    return [f"{_place(error.path)}: {error.message:.200}" for error in errors]


def _place(path: Any) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path) or "."


def from_data(data: Mapping[str, Any]) -> Questionnaire:
    """Return the questionnaire of parsed JSON that fits the schema."""
    return Questionnaire(
        number=data.get("number"),
        languages=tuple(data["languages"]),
        items_per_page=data["items_per_page"],
        clear_from=data["bands"]["clear_from"],
        leaning_from=data["bands"]["leaning_from"],
        texts=data["texts"],
        scale=tuple(Answer(**answer) for answer in data["scale"]),
        traits=tuple(Trait(**trait) for trait in data["traits"]),
        items=tuple(Item(**item) for item in data["items"]),
        spare=tuple(Item(**item) for item in data.get("spare", ())),
        background=tuple(
            BackgroundQuestion(
                key=question["key"],
                text=question["text"],
                options=tuple(Option(**option) for option in question["options"]),
            )
            for question in data["background"]
        ),
    )


def to_data(questionnaire: Questionnaire) -> dict[str, Any]:
    """Return plain data of the format; `from_data` turns it back into an equal questionnaire."""
    q = questionnaire
    return {
        "number": q.number,
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
