"""What is wrong with a questionnaire's file before it is one: each fault with its path. Pure."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from quiz.questionnaire import TEXTS, TRAIT_TEXTS, Questionnaire, Text
from quiz.questionnaire_file import SCHEMA

MOST_LISTED = 100
LONGEST_MESSAGE = 160


def schema_faults(data: object) -> list[str]:
    """Return what does not fit the schema."""
    errors = sorted(_validator().iter_errors(data), key=lambda error: [str(p) for p in error.path])
    return _listed(f"{_path(error.path)}: {_message(error)}" for error in errors)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _path(parts: Any) -> str:
    return (
        "".join(f"[{part}]" if isinstance(part, int) else f".{part:.40}" for part in parts) or "."
    )


def _message(error: ValidationError) -> str:
    """Say what is wrong in few words: the value itself may be the whole file."""
    if error.validator == "type":
        wanted = error.validator_value
        kinds = wanted if isinstance(wanted, str) else " or ".join(wanted)
        return f"{_brief(error.instance)} is not of type '{kinds}'"
    if error.validator == "enum":
        return (
            f"{_brief(error.instance)} is not one of {', '.join(map(str, error.validator_value))}"
        )
    if error.validator == "maxLength":
        return f"{len(error.instance)} characters; at most {error.validator_value} can be kept"
    if error.validator == "pattern":
        return (
            f"{_brief(error.instance)} has characters that a key can't have, or no letter or "
            "digit at its beginning"
        )
    return _cut(error.message)


def _brief(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    return _cut(json.dumps(value, ensure_ascii=True), 60)


def _cut(text: str, longest: int = LONGEST_MESSAGE) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _listed(faults: Iterator[str]) -> list[str]:
    found = list(faults)
    more = len(found) - MOST_LISTED
    return found if more <= 0 else [*found[:MOST_LISTED], f"… and {more} more"]


# ---------------------------------------------------------------- what no schema can say


def sense_faults(questionnaire: Questionnaire, offered: Collection[str] | None) -> list[str]:
    """Return what makes no sense, or with `offered` languages can't be stored on that site."""
    return _listed(_sense_faults(questionnaire, offered))


def _sense_faults(q: Questionnaire, offered: Collection[str] | None) -> Iterator[str]:
    yield from _repeats(".scale[{}].value", [answer.value for answer in q.scale])
    yield from _repeats(".traits[{}].key", [trait.key for trait in q.traits])
    yield from _repeats_of_items(q)
    yield from _repeats(".background[{}].key", [question.key for question in q.background])
    for number, question in enumerate(q.background):
        values = [option.value for option in question.options]
        yield from _repeats(f".background[{number}].options[{{}}].value", values)
    known = {trait.key for trait in q.traits}
    for kind, items in (("items", q.items), ("spare", q.spare)):
        for number, item in enumerate(items):
            if item.trait not in known:
                yield f".{kind}[{number}].trait: there is no trait “{item.trait}” in this file"
    for path, words in _words(q):
        if "\0" in words or any("\ud800" <= letter <= "\udfff" for letter in words):
            yield f"{path}: it holds a character that can't be stored"
    if offered is not None:
        yield from _what_would_be_lost(q, offered)


def _repeats(path: str, keys: Sequence[Any]) -> Iterator[str]:
    first: dict[Any, int] = {}
    for number, key in enumerate(keys):
        if key in first:
            yield f"{path.format(number)}: “{key}” stands at {path.format(first[key])} already"
        first.setdefault(key, number)


def _repeats_of_items(q: Questionnaire) -> Iterator[str]:
    first: dict[str, str] = {}
    for kind, items in (("items", q.items), ("spare", q.spare)):
        for number, item in enumerate(items):
            path = f".{kind}[{number}].key"
            if item.key in first:
                yield f"{path}: “{item.key}” stands at {first[item.key]} already"
            first.setdefault(item.key, path)


def _what_would_be_lost(q: Questionnaire, offered: Collection[str]) -> Iterator[str]:
    names = ", ".join(offered)
    for number, language in enumerate(q.languages):
        if language not in offered:
            yield f".languages[{number}]: “{language}” is not offered here; offered: {names}"
    for path, text in _texts(q):
        for language in text:
            if language not in offered:
                yield f"{path}.{language}: “{language}” is not offered here; offered: {names}"
    for key in q.texts:
        if key not in TEXTS:
            yield f".texts.{key}: no such text; known are {', '.join(TEXTS)}"


def _words(q: Questionnaire) -> Iterator[tuple[str, str]]:
    for path, text in _texts(q):
        for language, words in text.items():
            yield f"{path}.{language}", words
    for kind, items in (("items", q.items), ("spare", q.spare)):
        for number, item in enumerate(items):
            yield f".{kind}[{number}].rationale", item.rationale


def _texts(q: Questionnaire) -> Iterator[tuple[str, Text]]:
    texts: Mapping[str, Text] = q.texts
    for key, text in texts.items():
        yield f".texts.{key}", text
    for number, answer in enumerate(q.scale):
        yield f".scale[{number}].label", answer.label
    for number, trait in enumerate(q.traits):
        for name in TRAIT_TEXTS:
            yield f".traits[{number}].{name}", getattr(trait, name)
    for kind, items in (("items", q.items), ("spare", q.spare)):
        for number, item in enumerate(items):
            yield f".{kind}[{number}].text", item.text
    for number, question in enumerate(q.background):
        yield f".background[{number}].text", question.text
        for place, option in enumerate(question.options):
            yield f".background[{number}].options[{place}].label", option.label
