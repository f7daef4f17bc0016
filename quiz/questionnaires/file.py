"""A questionnaire as a file: JSON in the format of data/questionnaire.schema.json.

Pure: no Django, no database. Import, export, the shipped questionnaire and the commands share it.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from quiz.core.questionnaire import (
    TRAIT_TEXTS,
    Answer,
    BackgroundQuestion,
    Item,
    Option,
    Questionnaire,
    Trait,
)
from quiz.questionnaires.file_faults import DATA, Repeating, faults_in

SHIPPED = DATA / "questionnaire.json"

MOST_BYTES = 1_000_000  # the shipped one has 15,000
LONGEST_NUMBER = 400  # digits


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
    if faults := faults_in(data, offered):
        raise FileFault(faults)
    return from_data(data)


def parsed(file: str | bytes) -> Any:
    """Return what a file holds; FileFault where it is too long, no text, or no JSON."""
    if len(file) > MOST_BYTES:
        raise FileFault([f"The file is larger than {MOST_BYTES // 1000} kB."])
    try:
        text = file.decode("utf-8-sig") if isinstance(file, bytes) else file.removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise FileFault([f"byte {error.start + 1}: not text in UTF-8"]) from None
    if not text.strip():
        raise FileFault(["line 1: the file is empty"])
    try:
        return json.loads(text, object_pairs_hook=_object, parse_int=_whole_number)
    except json.JSONDecodeError as error:
        raise FileFault([f"line {error.lineno}, column {error.colno}: {error.msg}"]) from None
    except RecursionError:
        raise FileFault(["line 1: nested too deeply"]) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) == len(pairs):
        return mapping
    repeating = Repeating(mapping)
    counts = Counter(name for name, _value in pairs)
    repeating.repeated = tuple(name for name, count in counts.items() if count > 1)
    return repeating


def _whole_number(digits: str) -> int | float:
    # Python refuses to read very long ones; a float of as many digits is infinite.
    return int(digits) if len(digits) < LONGEST_NUMBER else float(digits)


def from_data(data: Mapping[str, Any]) -> Questionnaire:
    """Return the questionnaire of parsed JSON that fits the schema."""
    return Questionnaire(
        number=None if data.get("number") is None else int(data["number"]),
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

    The number is left out: another site, or the next draft, gets another one by publishing. And
    languages that only texts are written in are named too: a file must name all of its own.
    """
    q = questionnaire
    return {
        "languages": list(dict.fromkeys([*q.languages, *_languages_of_texts(q)])),
        "items_per_page": q.items_per_page,
        "bands": {"clear_from": float(q.clear_from), "leaning_from": float(q.leaning_from)},
        "texts": {key: dict(text) for key, text in q.texts.items()},
        "scale": [{"value": a.value, "label": dict(a.label)} for a in q.scale],
        "traits": [
            {
                "key": t.key,
                "weight": float(t.weight),
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


def _languages_of_texts(q: Questionnaire) -> Iterator[str]:
    texts = [
        *q.texts.values(),
        *(answer.label for answer in q.scale),
        *(getattr(trait, name) for trait in q.traits for name in TRAIT_TEXTS),
        *(item.text for item in q.all_items),
        *(question.text for question in q.background),
        *(option.label for question in q.background for option in question.options),
    ]
    return chain.from_iterable(texts)


def write(questionnaire: Questionnaire) -> str:
    """Return the questionnaire as the text of a file."""
    return json.dumps(to_data(questionnaire), ensure_ascii=False, indent=2) + "\n"
