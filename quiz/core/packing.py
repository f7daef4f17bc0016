"""The short form of answers and results in the database. Pure.

A published version never changes, so its items and traits give keys and positions. Answers are one
text: a character for each item, then the time on each page. A result is a list: SCORING, the number
of the norms, the verdict's order, the lean, all other figures as one text, then the flags. What
follows from these by arithmetic alone (contributions, pulls and tips) is computed when read; it is
the same on any machine. All other figures are stored as they were.

Only what reads back equal is packed. Anything else keeps the long form, which stays valid.
"""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any

import msgspec

from quiz.core.questionnaire import Questionnaire
from quiz.core.scoring import Result, contributions_of, pulls_of, tips_of
from quiz.core.verdict import CLEAR, LEANING, Verdict

# The number of the arithmetic in `contributions_of`, `pulls_of` and `tips_of`, and of the list's
# layout. If one of them changes, it gets a new number, and the old one must stay readable.
SCORING = 1
# Places in the list of a result, for SQL.
VERDICT_PLACE, LEAN_PLACE = 2, 3

VERDICTS = tuple(Verdict)
NAMES = tuple(each.name for each in fields(Result))
NONE = "-"  # no answer, or a time that is not known
RANGE = ("agreement_low", "agreement_high")  # missing in results from before December 2026

LongAnswers = dict[str, dict[str, Any]]

# What data of another shape raises on the way.
ODD = (AttributeError, IndexError, KeyError, TypeError, ValueError, msgspec.DecodeError)


# ---------------------------------------------------------------- answers


def packed_answers(questionnaire: Questionnaire, answers: Any) -> Any:
    """Return the short form of an attempt's answers, or the answers if they don't fit it."""
    try:
        packed = _text_of(questionnaire, answers)
        is_same = _in_json(unpacked_answers(questionnaire, packed)) == _in_json(answers)
    except ODD:
        return answers
    return packed if is_same else answers


def unpacked_answers(questionnaire: Questionnaire, packed: str) -> LongAnswers:
    """Return answers by item key, in the version's order; an error if they don't fit it."""
    return msgspec.json.decode(_answers_json(questionnaire, packed), type=LongAnswers)


def answers_in_full(questionnaire: Questionnaire, text: str) -> str:
    """Return the long form of answers read as JSON text, or the text if it has another form."""
    if not text.startswith('"'):
        return text
    try:
        return _answers_json(questionnaire, text[1:-1])
    except ODD:
        return text


def _text_of(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> str:
    """Write values and times. Times end with the last page that was saved."""
    values = [
        str(answers[item.key]["value"]) if item.key in answers else NONE
        for item in questionnaire.items
    ]
    times = []
    for page in questionnaire.item_pages:
        given = [answers[item.key] for item in page if item.key in answers]
        if given and "ms" not in given[0]:
            break
        times.append(NONE if not given or given[0]["ms"] is None else str(given[0]["ms"]))
    return " ".join(["".join(values), *times])


def _answers_json(questionnaire: Questionnaire, packed: str) -> str:
    values, *times = packed.split(" ")
    ms = [f',"ms":{"null" if time == NONE else time}' for time in times]
    ms += [""] * (len(questionnaire.item_pages) - len(ms))
    parts = [
        part % (value, ms[page])
        for value, (page, part) in zip(values, _parts_of_answers(questionnaire), strict=True)
        if value != NONE
    ]
    return f"{{{','.join(parts)}}}"


@cache
def _parts_of_answers(questionnaire: Questionnaire) -> list[tuple[int, str]]:
    """Return the page of each item, from 0, and its JSON with room for a value and a time."""
    size = questionnaire.items_per_page
    return [
        (place // size, f'{_json_of(item.key)}:{{"value":%s,"position":{place + 1}%s}}')
        for place, item in enumerate(questionnaire.items)
    ]


# ---------------------------------------------------------------- results


def packed_result(questionnaire: Questionnaire, answers: Any, result: Any) -> Any:
    """Return the short form of an attempt's result, or the result if it doesn't fit it.

    `answers` are those it was scored from, in the long form.
    """
    try:
        packed = _list_of(questionnaire, result)
        unpacked = unpacked_result(questionnaire, answers, packed)
        is_same = _in_json(unpacked) == _in_json(result)
    except ODD:
        return result
    return packed if is_same else result


def is_packed_result(stored: Any) -> bool:
    return isinstance(stored, list) and bool(stored)


def unpacked_result(
    questionnaire: Questionnaire, answers: LongAnswers, packed: list[Any]
) -> dict[str, Any]:
    """Return a result as `Result.to_data` does; an error if it doesn't fit the version."""
    figures = msgspec.json.decode(_figures_json(questionnaire, packed), type=dict[str, Any])
    values = {key: answer["value"] for key, answer in answers.items()}
    scores = figures["scores"]
    computed = {
        "contributions": contributions_of(questionnaire, scores),
        "pulls": pulls_of(questionnaire, values),
        "tips": tips_of(questionnaire, scores, figures["lean"]),
    }
    known = figures | computed
    return {name: known[name] for name in NAMES if name in known}


def figures_in_full(questionnaire: Questionnaire, text: str) -> str:
    """Return what a result read as JSON text says without its answers.

    The text itself if it has another form.
    """
    if not text.startswith("["):
        return text
    try:
        return _figures_json(questionnaire, msgspec.json.decode(text, type=list))
    except ODD:
        return text


def _list_of(questionnaire: Questionnaire, result: Mapping[str, Any]) -> list[Any]:
    traits = [trait.key for trait in questionnaire.traits]
    figures = [
        result["lean_se"],
        *(result[name][trait] for name in ("scores", "sem") for trait in traits),
        *(edge for name in (CLEAR, LEANING) for edge in result["edges"][name]),
        result["agreement"],
        *(result[name] for name in RANGE if name in result),
    ]
    return [
        SCORING,
        result["norms"],
        Verdict((result["band"], result["field"])).order,
        result["lean"],
        " ".join(map(repr, figures)),
        *(flag[name] for flag in result["flags"] for name in ("index", "level")),
    ]


def _figures_json(questionnaire: Questionnaire, packed: list[Any]) -> str:
    scoring, norms, order, lean, figures, *flags = packed
    if scoring != SCORING:
        raise ValueError(f"no such scoring: {scoring}")
    pairs = zip(flags[::2], flags[1::2], strict=True)
    verdict = VERDICTS[order]
    start = {
        "questionnaire": questionnaire.number,
        "norms": norms,
        "lean": lean,
        "band": verdict.band,
        "field": verdict.field,
        "flags": [{"index": index, "level": level} for index, level in pairs],
    }
    numbers = figures.split(" ")
    pattern = _pattern_of_figures(questionnaire)
    without_range = pattern.count("%s")
    rest = pattern % tuple(numbers[:without_range])
    limits = zip(RANGE, numbers[without_range:], strict=True) if numbers[without_range:] else ()
    more = "".join(f',"{name}":{number}' for name, number in limits)
    return f"{_json_of(start)[:-1]},{rest}{more}}}"


@cache
def _pattern_of_figures(questionnaire: Questionnaire) -> str:
    """Return the end of a result's JSON, with room for the figures in their order."""
    by_trait = ",".join(f"{_json_of(trait.key)}:%s" for trait in questionnaire.traits)
    return (
        f'"lean_se":%s,"scores":{{{by_trait}}},"sem":{{{by_trait}}},'
        f'"edges":{{"{CLEAR}":[%s,%s],"{LEANING}":[%s,%s]}},"agreement":%s'
    )


def _json_of(data: Any) -> str:
    return msgspec.json.encode(data).decode()


def _in_json(data: Any) -> bytes:
    """The exact JSON of data. The keys of an object have no order; PostgreSQL doesn't keep it."""
    return msgspec.json.encode(data, order="sorted")
