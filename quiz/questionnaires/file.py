"""A questionnaire as a file: JSON in the format of data/questionnaire.schema.json. Pure."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from functools import cache
from itertools import chain
from typing import Any

from quiz.core.questionnaire import KINDS, Part, PartKind, Questionnaire
from quiz.core.utf8 import NotUtf8, utf8_text
from quiz.questionnaires.checks.texts import placed_texts
from quiz.questionnaires.file_faults import DATA, Repeating, faults_in

# By number. A site may have published any of them, so none ever changes.
SHIPPED_FILES = {1: DATA / "questionnaire.json", 2: DATA / "questionnaire-2.json"}
NEWEST = max(SHIPPED_FILES)

MOST_BYTES = 1_000_000  # the shipped one has 15,000
LONGEST_NUMBER = 400  # digits

NOT_JSON = "This isn't JSON. Check the quotes, commas and brackets here."
# By what Python's json says.
JSON_FAULTS = {
    "Expecting value": "A value is missing here. Write one, or remove the comma before.",
    "Expecting property name enclosed in double quotes": (
        'A name in " " is missing here. Write one, or remove the comma before.'
    ),
    "Expecting ',' delimiter": "A comma or a closing bracket is missing here. Add it.",
    "Expecting ':' delimiter": "A colon is missing here. Add it between the name and its value.",
    "Extra data": "The file should end here. Remove the rest.",
    "Unterminated string starting at": "The text that starts here doesn't end. Add the closing \".",
    "Invalid control character at": "The text has a line break or a tab here. Write \\n or \\t.",
}


class FileFault(ValueError):
    """A file that isn't a valid questionnaire; `faults` lists every reason with its place."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def shipped_questionnaire(number: int = NEWEST) -> Questionnaire:
    """Read a version that comes with the project; a new site publishes the newest."""
    return read(SHIPPED_FILES[number].read_text(encoding="utf-8"))


@cache
def with_first_background(questionnaire: Questionnaire) -> Questionnaire:
    """Add the background questions of version 1 that a version lacks.

    They choose a job page as those of later versions do, so answers can be scored without saying
    which version they are to.
    """
    keys = {question.key for question in questionnaire.background}
    first = (q for q in shipped_questionnaire(1).background if q.key not in keys)
    return replace(questionnaire, background=(*questionnaire.background, *first))


def read(file: str | bytes, *, offered: Collection[str] | None = None) -> Questionnaire:
    """Read a questionnaire; FileFault lists everything that is wrong.

    With `offered`, the languages of a site, what that site can't store is a fault too.
    """
    data = parsed(file)
    if faults := faults_in(data, offered):
        raise FileFault(faults)
    return from_data(data)


def parsed(file: str | bytes) -> Any:
    """Parse a file; FileFault if it is too long, not text, or not JSON."""
    if len(file) > MOST_BYTES:
        raise FileFault([f"The file is larger than {MOST_BYTES // 1000} kB."])
    try:
        text = utf8_text(file) if isinstance(file, bytes) else file.removeprefix("\ufeff")
    except NotUtf8 as error:
        raise FileFault([f"byte {error.at + 1}: {error}"]) from None
    if not text.strip():
        raise FileFault(["line 1: The file is empty. Choose another one."])
    try:
        return json.loads(text, object_pairs_hook=_object, parse_int=_whole_number)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise FileFault([f"{place}: {JSON_FAULTS.get(error.msg, NOT_JSON)}"]) from None
    except RecursionError:
        raise FileFault(["line 1: Its lists are nested too deeply. Use fewer levels."]) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) == len(pairs):
        return mapping
    repeating = Repeating(mapping)
    counts = Counter(name for name, _value in pairs)
    repeating.repeated = tuple(name for name, count in counts.items() if count > 1)
    return repeating


def _whole_number(digits: str) -> int | float:
    # Python refuses to parse very long integers; a float with as many digits is infinite.
    return int(digits) if len(digits) < LONGEST_NUMBER else float(digits)


def from_data(data: Mapping[str, Any]) -> Questionnaire:
    """Build the questionnaire from parsed JSON that fits the schema."""
    return Questionnaire(
        number=None if data.get("number") is None else int(data["number"]),
        languages=tuple(data["languages"]),
        items_per_page=int(data["items_per_page"]),
        clear_from=float(data["bands"]["clear_from"]),
        leaning_from=float(data["bands"]["leaning_from"]),
        texts=data["texts"],
        **_parts(KINDS, data),
    )


def _parts(kinds: Iterable[PartKind], data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(_part(kind, each) for each in data.get(name, ()))
        for kind in kinds
        for name in kind.lists
    }


def _part(kind: PartKind, data: Mapping[str, Any]) -> Part:
    # In JSON, 1 and 1.0 are the same number.
    numbers = {
        field.name: field.type(data[field.name])
        for field in fields(kind.part)
        if field.type in (int, float)
    }
    return kind.part(**{**data, **numbers, **_parts(kind.inner, data)})


def to_data(questionnaire: Questionnaire) -> dict[str, Any]:
    """Return the data of a file; `from_data` turns it back into an equal questionnaire.

    The number is left out, because publishing assigns one. A file must list the languages of all
    its texts, so languages that the version itself doesn't list are added.
    """
    q = questionnaire
    return {
        "languages": list(dict.fromkeys([*q.languages, *_languages_of_texts(q)])),
        "items_per_page": q.items_per_page,
        "bands": {"clear_from": float(q.clear_from), "leaning_from": float(q.leaning_from)},
        "texts": {key: dict(text) for key, text in q.texts.items()},
        **{
            name: [_part_data(part) for part in getattr(q, name)]
            for kind in KINDS
            for name in kind.lists
        },
    }


def _part_data(part: Part) -> dict[str, Any]:
    return {
        field.name: _value_data(field.type, getattr(part, field.name)) for field in fields(part)
    }


def _value_data(kind: Any, value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):
        return [_part_data(part) for part in value]
    return float(value) if kind is float else value


def _languages_of_texts(q: Questionnaire) -> Iterator[str]:
    return chain.from_iterable(each.text for each in placed_texts(q))


def write(questionnaire: Questionnaire) -> str:
    return json.dumps(to_data(questionnaire), ensure_ascii=False, indent=2) + "\n"
