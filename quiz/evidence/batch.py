"""Score many sets of answers together, with exactly the verdicts of `scoring.score`. Pure.

It isn't part of `scoring` because the core stays free of numpy: scoring one person doesn't need it.
"""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from quiz.core.careless import (
    INVALID,
    REVIEW,
    SECONDS,
    least_spread,
    run_limit,
    yes_saying_limit,
)
from quiz.core.precision import Norms, Precision, default_norms, precision
from quiz.core.questionnaire import Questionnaire
from quiz.core.scoring import ZERO_LEAN, band_of, contributions_of, lean_of
from quiz.core.verdict import CLEAR, CLOSE, LEANING, SALES, SERVICE, Verdict

Answers = Mapping[str, NDArray[np.int16]]  # by item key: the raw answers of n people
Codes = NDArray[np.int8]  # of n people: the order of each Verdict
Levels = NDArray[np.int8]  # of n people: the index of each level in LEVELS

LEVELS = ("", REVIEW, INVALID)  # of flags; an array holds their indexes
# This close to an edge, rounding could decide. There we call the scalar functions.
NEAR = 1e-9
# Precision of an agreement. Near 1, where it grows slowly, this is a wide range of leans.
AGREEMENT_ERROR = 1e-15


def verdicts_of(
    questionnaire: Questionnaire,
    answers: Answers,
    flag_levels: Levels,
    *,
    norms: Norms | None = None,
) -> Codes:
    """Return the verdict for each set of answers; ignore answers to unknown items.

    `flag_levels` (0 none, 1 review, 2 invalid) cap the bands like `scoring.capped`.
    """
    errors = precision(questionnaire, norms or default_norms(questionnaire))
    scores = trait_scores_of(questionnaire, answers)
    weights = np.array([trait.weight for trait in questionnaire.traits])
    leans = (scores - 50) @ weights
    sides = np.where(np.abs(leans) < ZERO_LEAN, 0, np.sign(leans)).astype(np.int8)
    edges = {
        (share, side): errors.lean_at(share, side)
        for share in (questionnaire.clear_from, questionnaire.leaning_from)
        for side in (SALES, SERVICE)
    }
    clear = _reached(leans, edges, questionnaire.clear_from)
    leaning = _reached(leans, edges, questionnaire.leaning_from)
    bands = np.where(sides == 0, 2, np.where(clear, 0, np.where(leaning, 1, 2)))
    near = np.abs(leans) < ZERO_LEAN + NEAR
    for (share, side), edge in edges.items():
        near |= np.abs(leans - edge) <= NEAR + _doubt(errors, share, side)
    _settle(questionnaire, errors, scores, np.flatnonzero(near), bands, sides)
    bands = np.where((flag_levels == 1) & (bands == 0), 1, bands)
    # On the sales side 0 is clear and 1 leaning; the service side mirrors that.
    codes = np.where(bands == 2, 2, np.where(sides > 0, bands, 4 - bands))
    return np.where(flag_levels == 2, Verdict.INSUFFICIENT.order, codes).astype(np.int8)


def trait_scores_of(questionnaire: Questionnaire, answers: Answers) -> NDArray[np.float64]:
    """Return scores (0..100), one row per person and one column per trait."""
    span = questionnaire.high - questionnaire.low
    most = [len(items) * span for items in questionnaire.items_by_trait.values()]
    return 100 * trait_points_of(questionnaire, answers) / most


def trait_points_of(questionnaire: Questionnaire, answers: Answers) -> NDArray[np.int64]:
    """Return the sums of keyed answers from 0, one row per person and one column per trait."""
    columns = []
    for items in questionnaire.items_by_trait.values():
        points = np.zeros_like(np.asarray(answers[items[0].key], dtype=np.int64))
        for item in items:
            raw = np.asarray(answers[item.key], dtype=np.int64)
            points += raw - questionnaire.low if item.keying > 0 else questionnaire.high - raw
        columns.append(points)
    return np.column_stack(columns)


def _reached(
    leans: NDArray[np.float64], edges: Mapping[tuple[float, str], float], share: float
) -> NDArray[np.bool_]:
    """Say for each lean whether its agreement is at least `share`."""
    return np.where(leans > 0, leans >= edges[share, SALES], leans <= edges[share, SERVICE])


def _doubt(errors: Precision, share: float, side: str) -> float:
    """Return how far from an edge rounding of the agreement matters; infinite close to 1."""
    further = share + AGREEMENT_ERROR
    if further >= 1:
        return math.inf
    return abs(errors.lean_at(further, side) - errors.lean_at(share, side))


def _settle(
    questionnaire: Questionnaire,
    errors: Precision,
    scores: NDArray[np.float64],
    places: NDArray[np.intp],
    bands: NDArray[np.int64],
    sides: NDArray[np.int8],
) -> None:
    """Decide leans on an edge with the scalar functions, one by one."""
    keys = [trait.key for trait in questionnaire.traits]
    for place in places:
        own = dict(zip(keys, scores[place].tolist(), strict=True))
        lean = lean_of(contributions_of(questionnaire, own))
        band = band_of(questionnaire, lean, errors.agreement(lean))
        bands[place] = (CLEAR, LEANING, CLOSE).index(band)
        sides[place] = 0 if lean == 0 else math.copysign(1, lean)


# ---------------------------------------------------------------- careless answers


def flag_levels_of(questionnaire: Questionnaire, answers: Answers) -> Levels:
    """Return the highest flag level for each set of answers, without the flag for time."""
    raw = np.column_stack(
        [np.asarray(answers[item.key], dtype=np.int64) for item in questionnaire.items]
    )
    levels = list(careless_levels_of(questionnaire, raw).values())
    return np.asarray(np.max(levels, axis=0), dtype=np.int8)


def careless_levels_of(questionnaire: Questionnaire, raw: NDArray[np.int64]) -> dict[str, Levels]:
    """Return the level of each flag, by its index, in the order of `careless_flags`.

    `raw` has a row for each person and a column for each item. The flag for time is left out.
    """
    n = raw.shape[1]
    runs = _longest_runs(raw)
    total = raw.sum(axis=1)
    middle = (questionnaire.low + questionnaire.high) / 2
    excess = np.abs(total / n - middle)
    least = least_spread(questionnaire)
    apart = n * (raw * raw).sum(axis=1) - total**2
    return {
        "longest_run": _levels(runs >= run_limit(REVIEW, n), runs >= run_limit(INVALID, n)),
        "spread": np.where((n > 1) & (apart < least**2 * n * (n - 1)), 2, 0).astype(np.int8),
        "yes_saying": _levels(
            excess > yes_saying_limit(REVIEW, questionnaire),
            excess > yes_saying_limit(INVALID, questionnaire),
        ),
    }


def time_levels_of(seconds: NDArray[np.float64]) -> Levels:
    """Return the level of the flag for time, from a row of times for each person."""
    ordered = np.sort(seconds, axis=1)
    half = seconds.shape[1] // 2
    odd = seconds.shape[1] % 2
    middle = ordered[:, half] if odd else (ordered[:, half - 1] + ordered[:, half]) / 2
    return _levels(middle < SECONDS[REVIEW], middle < SECONDS[INVALID])


def _levels(review: NDArray[np.bool_], invalid: NDArray[np.bool_]) -> Levels:
    return np.where(invalid, 2, np.where(review, 1, 0)).astype(np.int8)


def _longest_runs(raw: NDArray[np.int64]) -> NDArray[np.int64]:
    run = longest = np.ones(len(raw), dtype=np.int64)
    for place in range(1, raw.shape[1]):
        run = np.where(raw[:, place] == raw[:, place - 1], run + 1, 1)
        longest = np.maximum(longest, run)
    return longest
