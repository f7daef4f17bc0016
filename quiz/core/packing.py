"""The short form of answers and results in the database. Pure.

A published version never changes, so its items and traits give keys and positions. Answers are one
text: a character for each item, then the time on each page. A result is a list: SCORING, the number
of the norms, the verdict's order, the lean, all other figures as one text, then the flags. What
follows from these by arithmetic alone (contributions, pulls and tips) is computed when read; it is
the same on any machine. All other figures are stored as they were.

Only what reads back equal is packed. Anything else keeps the long form, which stays valid.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from quiz.core.questionnaire import Questionnaire
from quiz.core.scoring import contributions_of, pulls_of, tips_of
from quiz.core.verdict import CLEAR, LEANING, Verdict

# The number of the arithmetic in `contributions_of`, `pulls_of` and `tips_of`, and of the list's
# layout. If one of them changes, it gets a new number, and the old one must stay readable.
SCORING = 1
# Places in the list of a result, for SQL.
VERDICT_PLACE, LEAN_PLACE = 2, 3

NONE = "-"  # no answer, or a time that is not known
RANGE = ("agreement_low", "agreement_high")  # missing in results from before December 2026

LongAnswers = dict[str, dict[str, Any]]

# What data of another shape raises on the way.
ODD = (AttributeError, IndexError, KeyError, TypeError, ValueError)
UNREADABLE = (*ODD, msgspec.DecodeError)


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
    """Return answers by item key, in the version's order. ValueError if they don't fit it."""
    values, *times = packed.split(" ")
    size = questionnaire.items_per_page
    answers: LongAnswers = {}
    for place, (item, value) in enumerate(zip(questionnaire.items, values, strict=True)):
        if value == NONE:
            continue
        answer: dict[str, Any] = {"value": int(value), "position": place + 1}
        if place // size < len(times):
            time = times[place // size]
            answer["ms"] = None if time == NONE else int(time)
        answers[item.key] = answer
    return answers


def answers_in_full(questionnaire: Questionnaire, text: str) -> str | bytes:
    """Return the long JSON of answers, for readers of very many rows; invalid JSON as it is."""
    if not text.startswith('"'):
        return text
    try:
        return _in_json(unpacked_answers(questionnaire, msgspec.json.decode(text, type=str)))
    except UNREADABLE:
        return text


def _text_of(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> str:
    """Times end with the last page that was saved: later answers have none yet."""
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
    """Return a result as `Result.to_data` does. ValueError if it doesn't fit the version."""
    figures = unpacked_figures(questionnaire, packed)
    scores, lean = figures["scores"], figures["lean"]
    values = {key: answer["value"] for key, answer in answers.items()}
    return {
        **{key: figures[key] for key in ("questionnaire", "norms", "scores", "sem")},
        "contributions": contributions_of(questionnaire, scores),
        **{key: figures[key] for key in ("lean", "lean_se", "agreement")},
        **{key: figures[key] for key in RANGE if key in figures},
        **{key: figures[key] for key in ("band", "field", "flags")},
        "pulls": pulls_of(questionnaire, values),
        "tips": tips_of(questionnaire, scores, lean),
        "edges": figures["edges"],
    }


def unpacked_figures(questionnaire: Questionnaire, packed: list[Any]) -> dict[str, Any]:
    """Return what a result says without its answers. ValueError if it doesn't fit the version."""
    scoring, norms, order, lean, text, *flags = packed
    if scoring != SCORING:
        raise ValueError(f"no such scoring: {scoring}")
    lean_se, *more = map(float, text.split(" "))
    traits = [trait.key for trait in questionnaire.traits]
    scores, sem = more[: len(traits)], more[len(traits) : 2 * len(traits)]
    clear_low, clear_high, leaning_low, leaning_high, agreement, *limits = more[2 * len(traits) :]
    verdict = tuple(Verdict)[order]
    return {
        "questionnaire": questionnaire.number,
        "norms": norms,
        "scores": dict(zip(traits, scores, strict=True)),
        "sem": dict(zip(traits, sem, strict=True)),
        "lean": lean,
        "lean_se": lean_se,
        "agreement": agreement,
        **(dict(zip(RANGE, limits, strict=True)) if limits else {}),
        "band": verdict.band,
        "field": verdict.field,
        "flags": [
            {"index": index, "level": level}
            for index, level in zip(flags[::2], flags[1::2], strict=True)
        ],
        "edges": {CLEAR: [clear_low, clear_high], LEANING: [leaning_low, leaning_high]},
    }


def figures_in_full(questionnaire: Questionnaire, text: str) -> str | bytes:
    """Return the JSON of what a result says without its answers; invalid JSON as it is."""
    if not text.startswith("["):
        return text
    try:
        return _in_json(unpacked_figures(questionnaire, msgspec.json.decode(text, type=list)))
    except UNREADABLE:
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


def _in_json(data: Any) -> bytes:
    """The exact JSON of data. The keys of an object have no order; PostgreSQL doesn't keep it."""
    return msgspec.json.encode(data, order="sorted")
