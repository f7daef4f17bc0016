"""What is wrong with the file of a questionnaire, in sentences with their places. Pure."""

import json
import math
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from itertools import islice, pairwise
from pathlib import Path as FilePath
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from quiz.core.questionnaire import ITEMS, KINDS

DATA = FilePath(__file__).parents[1] / "data"
SCHEMA = DATA / "questionnaire.schema.json"

MOST_LISTED = 100
# A file of one megabyte could have a million faults; finding them all would take minutes.
MOST_SOUGHT = 1000
LONGEST_MESSAGE = 220
LONGEST_NAME = 40
LONGEST_VALUE = 60
MOST_NAMED = 3
DEEPEST = 20  # levels; the format has 7

Path = tuple[str | int, ...]
PathFault = tuple[Path, str]


class Repeating(dict[str, Any]):
    """An object with repeated names; JSON keeps only the last value of each."""

    repeated: tuple[str, ...] = ()


def faults_in(data: object, offered: Collection[str] | None = None) -> list[str]:
    """Return what is wrong with parsed JSON, ordered by path; empty if it fits the format.

    With `offered`, the languages of a site, what that site can't store is a fault too.
    """
    if _is_deeper_than(DEEPEST, data):
        return [f"The file: Its lists are nested too deeply. Use at most {DEEPEST} levels."]
    found = [
        list(islice(faults, MOST_SOUGHT))
        for faults in (_value_faults(data), _schema_faults(data), _sense_faults(data, offered))
    ]
    faults = sorted(
        (fault for some in found for fault in some),
        key=lambda fault: [(isinstance(part, int), part) for part in fault[0]],
    )
    lines = [f"{_place(path)}: {_cut(message)}" for path, message in faults[:MOST_LISTED]]
    if more := len(faults) - len(lines):
        at_least = "at least " if any(len(some) == MOST_SOUGHT for some in found) else ""
        lines.append(f"… and {at_least}{more} more")
    return lines


# ---------------------------------------------------------------- short and safe to show


# What a row of a list is called.
ROWS = {
    "languages": "language",
    "scale": "answer",
    "traits": "trait",
    "items": "statement",
    "spare": "spare statement",
    "background": "background question",
    "options": "option",
}


def _place(path: Path) -> str:
    """Return the path as a program writes it, and which rows it leads to, counted from 1."""
    rows = [
        f"{ROWS[name]} {number + 1}"
        for name, number in pairwise(path)
        if name in ROWS and isinstance(number, int)
    ]
    return (_shown(path) or "The file") + (f" ({', '.join(rows)})" if rows else "")


def _shown(path: Path) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else _name(part) for part in path)


def _name(part: str) -> str:
    plain = re.fullmatch(rf"[A-Za-z0-9_-]{{1,{LONGEST_NAME}}}", part)
    return f".{part}" if plain else f"[{_brief(part)}]"


def _brief(value: Any) -> str:
    """Quote a value as in a file, cut to length, with only printable characters."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if not isinstance(value, str):
        return _cut(json.dumps(value), LONGEST_VALUE)
    text = json.dumps(_cut(value, LONGEST_VALUE), ensure_ascii=False)
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


def _cut(text: str, longest: int = LONGEST_MESSAGE) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


# ---------------------------------------------------------------- what JSON allows


def _is_deeper_than(levels: int, value: object) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return bool(inner) and (not levels or any(_is_deeper_than(levels - 1, v) for v in inner))


def _value_faults(value: object, path: Path = ()) -> Iterator[PathFault]:
    """Find repeated names, and numbers and characters that no database stores."""
    if isinstance(value, dict):
        if isinstance(value, Repeating):
            for name in value.repeated:
                yield path, f"The name {_brief(name)} is there twice. Keep one of them."
        for name, inner in value.items():
            if _can_not_be_stored(name):
                yield path, f"The name {_brief(name)} has a character we can't store. Remove it."
            yield from _value_faults(inner, (*path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _value_faults(inner, (*path, place))
    elif isinstance(value, str):
        if _can_not_be_stored(value):
            yield path, "The text has a character we can't store. Remove it."
    elif isinstance(value, float) and math.isnan(value):
        yield path, "NaN isn't a number. Write one."
    elif isinstance(value, int | float) and abs(value) > sys.float_info.max:
        yield path, "The number is too large. Write a smaller one."


def _can_not_be_stored(text: str) -> bool:
    return re.search("[\0\ud800-\udfff]", text) is not None


# ---------------------------------------------------------------- what the schema forbids


def _schema_faults(data: object) -> Iterator[PathFault]:
    for error in _validator().iter_errors(data):
        yield tuple(error.absolute_path), _message(error)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


# What JSON types are called, and how they are written.
TYPES = {
    "object": "an object in { }",
    "array": "a list in [ ]",
    "string": 'a text in " "',
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


def _message(error: ValidationError) -> str:
    """Say briefly what is wrong and what would be right: the value may be the whole file."""
    value = _brief(error.instance)
    if "propertyNames" in error.absolute_schema_path:
        value = f"the name {value}"
    sentence = SENTENCES.get(error.validator)
    text = sentence(value, error) if sentence else f"{value} isn't allowed here."
    return text[0].upper() + text[1:]


def _wrong_type(value: str, error: ValidationError) -> str:
    wanted = error.validator_value
    kinds = [wanted] if isinstance(wanted, str) else wanted
    return f"{value} can't be used here. Write {' or '.join(TYPES[kind] for kind in kinds)}."


def _unknown_names(value: str, error: ValidationError) -> str:
    known = list(error.schema["properties"])
    unknown = [_brief(name) for name in error.instance if name not in known]
    names = ", ".join(unknown[:MOST_NAMED]) + (" …" if len(unknown) > MOST_NAMED else "")
    verb = "isn't a known field" if len(unknown) == 1 else "aren't known fields"
    return f"{names} {verb}. Remove or rename: {', '.join(known)} are known."


# By validator of the schema.
SENTENCES: Mapping[str, Callable[[str, ValidationError], str]] = {
    "type": _wrong_type,
    "additionalProperties": _unknown_names,
    "required": lambda value, error: f"{_missing(error)} is missing. Add it.",
    "enum": lambda value, error: (
        f"{value} isn't allowed here. Use one of {', '.join(map(str, error.validator_value))}."
    ),
    "pattern": lambda value, error: (
        f"{value} can't be used here. Use {error.schema['description']}."
    ),
    "maxLength": lambda value, error: (
        f"{len(error.instance)} characters are too many. Use at most {error.validator_value}."
    ),
    "minimum": lambda value, error: f"{value} is too small. Use {error.validator_value} or more.",
    "maximum": lambda value, error: f"{value} is too large. Use {error.validator_value} or less.",
}


def _missing(error: ValidationError) -> str:
    # There is one error for each missing name, and only its message says which.
    return _brief(next(name for name in error.validator_value if repr(name) in error.message))


# ---------------------------------------------------------------- what no schema can express

# Of each kind; one page of the admin can hold as many.
MOST_ROWS = 150
EACH = object()
LANGUAGES = ("languages", EACH)
# Values that must be unique among everything the paths of a row lead to.
ONCE = (
    (LANGUAGES,),
    *(tuple((name, EACH, kind.key) for name in kind.lists) for kind in KINDS),
)
LISTS_OF_INNER = tuple(
    (inner, (name, EACH, inner_name))
    for kind in KINDS
    for inner in kind.inner
    for name in kind.lists
    for inner_name in inner.lists
)
TEXTS_AT = (
    ("texts", EACH),
    *((name, EACH, text.name) for kind in KINDS for name in kind.lists for text in kind.texts),
    *((*way, EACH, text.name) for kind, way in LISTS_OF_INNER for text in kind.texts),
)


def _at(data: object, *way: object) -> Iterator[tuple[Path, Any]]:
    """Yield every value that a path with EACH leads to, with its own path."""
    if not way:
        yield (), data
        return
    step, *rest = way
    inner: Any = ()
    if step is not EACH:
        inner = [(step, data[step])] if isinstance(data, dict) and step in data else ()
    elif isinstance(data, dict):
        inner = data.items()
    elif isinstance(data, list):
        inner = enumerate(data)
    for name, value in inner:
        for path, found in _at(value, *rest):
            yield (name, *path), found


def _sense_faults(data: object, offered: Collection[str] | None) -> Iterator[PathFault]:
    for ways in ONCE:
        yield from _repeats(found for way in ways for found in _at(data, *way))
    for kind, way in LISTS_OF_INNER:
        for start, parts in _at(data, *way):
            keys = _at(parts, EACH, kind.key)
            yield from _repeats(((*start, *path), key) for path, key in keys)
    yield from _trait_faults(data)
    yield from _language_faults(data, offered)
    if offered is not None:
        yield from _size_faults(data)


def _repeats(values: Iterator[tuple[Path, Any]]) -> Iterator[PathFault]:
    first: dict[Any, Path] = {}
    for path, value in values:
        # Other types are faults already, and True would equal 1.
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            continue
        if value in first:
            yield (
                path,
                f"{_brief(value)} is used at {_shown(first[value])} too. Change one of them.",
            )
        first.setdefault(value, path)


def _trait_faults(data: object) -> Iterator[PathFault]:
    if not _has_list(data, "traits"):
        return  # The schema reports that; unknown traits would only repeat it.
    keys = [key for _path, key in _at(data, "traits", EACH, "key")]
    known = {key for key in keys if isinstance(key, str)}
    for name in ITEMS.lists:
        for path, key in _at(data, name, EACH, "trait"):
            if isinstance(key, str) and key not in known:
                yield path, f"There is no trait {_brief(key)} in this file. Use a trait's key."


def _language_faults(data: object, offered: Collection[str] | None) -> Iterator[PathFault]:
    named = {code for _path, code in _at(data, *LANGUAGES) if isinstance(code, str)}
    for path, code in _at(data, *LANGUAGES):
        if isinstance(code, str) and offered is not None and code not in offered:
            yield path, _not_offered(code, offered)
    for way in TEXTS_AT:
        for path, text in _at(data, *way):
            for code in text if isinstance(text, dict) else ():
                if offered is not None and code not in offered:
                    yield (*path, code), _not_offered(code, offered)
                elif code not in named and _has_list(data, "languages"):
                    yield (
                        (*path, code),
                        f"The file doesn't list the language {_brief(code)}. Add or remove it.",
                    )


def _size_faults(data: object) -> Iterator[PathFault]:
    """Find lists that are too long to edit on one page."""
    for kind in KINDS:
        lists = [inner for name in kind.lists for _path, inner in _at(data, name)]
        count = sum(len(inner) for inner in lists if isinstance(inner, list))
        if count > MOST_ROWS:
            yield (kind.lists[0],), f"{count} rows are too many. Use at most {MOST_ROWS}."


def _has_list(data: object, name: str) -> bool:
    return isinstance(data, dict) and isinstance(data.get(name), list)


def _not_offered(code: str, offered: Collection[str]) -> str:
    return f"The site isn't offered in {_brief(code)}. Use {', '.join(offered)}."
