"""Signs of careless answers: rules of thumb about raw answers and times.

docs/explanation/scoring.md explains the rules and gives their sources.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from quiz.core.questionnaire import Questionnaire

REVIEW, INVALID = "review", "invalid"

# The limits from which answers call for a review, or are invalid.
RUN_OF_24 = {REVIEW: 10, INVALID: 12}  # equal answers in a row, among 24 items
SECONDS = {REVIEW: 2, INVALID: 1}  # median time on an item; the limit is below this
# In points of a scale of five answers, which spans four points; functions below fit them to others.
FIVE_POINT_SPAN = 4
LEAST_SPREAD_OF_5 = 0.5  # sd of one person's raw answers; anything lower is invalid
# Distance of the mean raw answer from the middle of the scale; the limit is above this.
YES_SAYING_OF_5 = {REVIEW: 0.75, INVALID: 1.0}


@dataclass(frozen=True)
class Flag:
    """A sign of careless answers: `index` names the rule, `level` is review or invalid."""

    index: str
    level: str


def careless_flags(
    questionnaire: Questionnaire, answers: Mapping[str, int], seconds: Mapping[str, float]
) -> tuple[Flag, ...]:
    """Flag raw answers in the order shown; `seconds` holds known times only, by item key."""
    raw = [answers[item.key] for item in questionnaire.items]
    found = {
        "longest_run": _run_level(raw),
        "spread": _spread_level(raw, least_spread(questionnaire)),
        "time": _time_level(list(seconds.values())),
        "yes_saying": _yes_saying_level(raw, questionnaire),
    }
    return tuple(Flag(index, level) for index, level in found.items() if level)


def _run_level(raw: Sequence[int]) -> str:
    longest = max(len(list(run)) for _, run in groupby(raw))
    if longest >= run_limit(INVALID, len(raw)):
        return INVALID
    return REVIEW if longest >= run_limit(REVIEW, len(raw)) else ""


def run_limit(level: str, items: int) -> int:
    """Scale the limit for equal answers in a row to this many items."""
    return math.ceil(items * RUN_OF_24[level] / 24)


def _spread_level(raw: Sequence[int], least: float) -> str:
    n = len(raw)
    if n < 2:
        return ""
    # sd < least, in whole numbers: n * sum(x^2) - sum(x)^2 < least^2 * n * (n - 1)
    apart = n * sum(x * x for x in raw) - sum(raw) ** 2
    return INVALID if apart < least**2 * n * (n - 1) else ""


def least_spread(questionnaire: Questionnaire) -> float:
    """Return the lowest sd that isn't a sign of careless answers, in points of the scale.

    0, which no sd is below, where there are two answers: the sd of sincere answers is about .5 too.
    """
    span = questionnaire.high - questionnaire.low
    return 0.0 if span == 1 else LEAST_SPREAD_OF_5 * span / FIVE_POINT_SPAN


def _time_level(seconds: Sequence[float]) -> str:
    if not seconds:
        return ""
    middle = median(seconds)
    if middle < SECONDS[INVALID]:
        return INVALID
    return REVIEW if middle < SECONDS[REVIEW] else ""


def _yes_saying_level(raw: Sequence[int], questionnaire: Questionnaire) -> str:
    excess = abs(sum(raw) / len(raw) - (questionnaire.low + questionnaire.high) / 2)
    if excess > yes_saying_limit(INVALID, questionnaire):
        return INVALID
    return REVIEW if excess > yes_saying_limit(REVIEW, questionnaire) else ""


def yes_saying_limit(level: str, questionnaire: Questionnaire) -> float:
    """Return how far the mean raw answer may be from the middle, in points of the scale."""
    return YES_SAYING_OF_5[level] * (questionnaire.high - questionnaire.low) / FIVE_POINT_SPAN
