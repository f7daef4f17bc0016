"""Answers in, Result out: trait scores, lean, agreement, band, reasons and flags.

The same questionnaire, answers, times and norms give the same result on any machine.
docs/explanation/scoring.md explains the method, its terms and the source of its numbers.
"""

import math
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from quiz.core.careless import INVALID, REVIEW, Flag, careless_flags
from quiz.core.precision import Norms, Precision, agreement_range, default_norms, precision
from quiz.core.questionnaire import Item, Questionnaire
from quiz.core.verdict import CLEAR, CLOSE, INSUFFICIENT, LEANING, SALES, SERVICE, Verdict

ZERO_LEAN = 1e-9
MOST_LISTED = 5


class AnswerError(ValueError):
    """Answers or times that don't fit the questionnaire; the message names the item.

    `place` is ("answers",) or ("seconds",), followed by the key of the item if only one is wrong.
    """

    def __init__(self, message: str, *place: str) -> None:
        super().__init__(message)
        self.place = place


@dataclass(frozen=True)
class Result:
    """The outcome of a set of answers; every page that shows one derives what it says from this.

    By trait: `scores` (0..100), their standard errors `sem`, `contributions` to the lean, and
    `tips` (the score at which that trait alone would bring the lean to 0). By item: `pulls`, what
    each answer adds to the lean. By band: `edges`, the leans where it starts on the service side
    and on the sales side.
    """

    questionnaire: int | None
    norms: int
    scores: Mapping[str, float]
    sem: Mapping[str, float]
    contributions: Mapping[str, float]
    lean: float
    lean_se: float
    agreement: float
    agreement_low: float | None
    agreement_high: float | None
    band: str
    field: str
    flags: tuple[Flag, ...]
    pulls: Mapping[str, float]
    tips: Mapping[str, float]
    edges: Mapping[str, tuple[float, float]]

    def with_range(self, questionnaire: Questionnaire, norms: Norms | None) -> "Result":
        """Add the range of the agreement, which results from before December 2026 lack."""
        if self.agreement_low is not None:
            return self
        norms = norms or default_norms(questionnaire)
        low, high = agreement_range(questionnaire, norms, self.lean)
        return replace(self, agreement_low=low, agreement_high=high)

    @property
    def verdict(self) -> Verdict:
        return Verdict((self.band, self.field))

    def to_data(self) -> dict[str, Any]:
        """Return what the database stores as JSON."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Result":
        flags = tuple(Flag(**flag) for flag in data["flags"])
        ranges = dict.fromkeys(("agreement_low", "agreement_high"))
        edges = {band: (low, high) for band, (low, high) in data["edges"].items()}
        return cls(**{**ranges, **data, "flags": flags, "edges": edges})


def score(
    questionnaire: Questionnaire,
    answers: Mapping[str, int],
    *,
    seconds: Mapping[str, float | None] | None = None,
    norms: Norms | None = None,
) -> Result:
    """Score a complete set of answers (item key -> value on the scale).

    `seconds` are times per item, None where unknown. AnswerError names what is missing or wrong.
    """
    require_whole(questionnaire, answers)
    seconds = require_times(questionnaire, seconds or {})
    norms = norms or default_norms(questionnaire)
    scores = trait_scores(questionnaire, answers)
    contributions = contributions_of(questionnaire, scores)
    errors = precision(questionnaire, norms)
    flags = careless_flags(questionnaire, answers, seconds)
    found = suggestion_of(questionnaire, lean_of(contributions), flags, norms, errors)
    return Result(
        questionnaire=questionnaire.number,
        norms=norms.number,
        scores=scores,
        sem=errors.sem,
        contributions=contributions,
        lean=found.lean,
        lean_se=errors.lean_se,
        agreement=found.agreement,
        agreement_low=found.agreement_low,
        agreement_high=found.agreement_high,
        band=found.band,
        field=found.field,
        flags=flags,
        pulls=pulls_of(questionnaire, answers),
        tips=tips_of(questionnaire, scores, found.lean),
        edges={
            name: (errors.lean_at(share, SERVICE), errors.lean_at(share, SALES))
            for name, share in (
                (CLEAR, questionnaire.clear_from),
                (LEANING, questionnaire.leaning_from),
            )
        },
    )


@dataclass(frozen=True)
class Suggestion:
    """What a lean (-50..50) and flags come to; the names are those of Result."""

    lean: float
    agreement: float
    agreement_low: float
    agreement_high: float
    band: str
    field: str


def suggestion_of(
    questionnaire: Questionnaire,
    lean: float,
    flags: Iterable[Flag],
    norms: Norms,
    errors: Precision,
) -> Suggestion:
    """Decide agreement, band and field; `errors` is the precision that the norms imply."""
    agreement = errors.agreement(lean)
    lowest, highest = agreement_range(questionnaire, norms, lean)
    band = capped(band_of(questionnaire, lean, agreement), flags)
    field = field_of(lean) if band in (CLEAR, LEANING) else ""
    return Suggestion(lean, agreement, lowest, highest, band, field)


# ---------------------------------------------------------------- checking answers and times


def require_whole(questionnaire: Questionnaire, answers: Mapping[str, int]) -> None:
    """Raise AnswerError unless every item has an answer on the scale and there are no others."""
    if unknown := answers.keys() - questionnaire.items_by_key.keys():
        raise AnswerError(f"no such item: {listed(unknown)}", "answers")
    for key, value in answers.items():
        # To Python, True is an int.
        if type(value) is not int or not questionnaire.low <= value <= questionnaire.high:
            raise AnswerError(
                f"answer to {key} must be a whole number from {questionnaire.low} to "
                f"{questionnaire.high}, not {shown(value)}",
                "answers",
                key,
            )
    if missing := [item.key for item in questionnaire.unanswered(answers)]:
        raise AnswerError(f"no answer to {', '.join(missing)}", "answers")


def require_times(
    questionnaire: Questionnaire, seconds: Mapping[str, float | None]
) -> Mapping[str, float]:
    """Return the known times; AnswerError for an unknown item or an impossible time."""
    if unknown := seconds.keys() - questionnaire.items_by_key.keys():
        raise AnswerError(f"time for an item that does not exist: {listed(unknown)}", "seconds")
    known = {}
    for key, value in seconds.items():
        if value is None:
            continue
        if type(value) not in (int, float) or not 0 <= value <= sys.float_info.max:
            message = f"seconds of {key} must be a number from 0, not {shown(value)}"
            raise AnswerError(message, "seconds", key)
        known[key] = float(value)
    return known


def shown(value: object) -> str:
    """Quote a value of someone else's, cut to length."""
    try:
        return f"{value!r:.40}"
    except (ValueError, RecursionError):  # thousands of digits, or of levels
        return "a value too long to show"


def listed(names: Collection[object]) -> str:
    """List names that someone else chose: quoted, cut to length, and only the first few."""
    quoted = sorted(map(shown, names))
    more = [f"and {len(quoted) - MOST_LISTED} more"] if len(quoted) > MOST_LISTED else []
    return ", ".join([*quoted[:MOST_LISTED], *more])


# ---------------------------------------------------------------- scores and verdict


def keyed(questionnaire: Questionnaire, item: Item, value: int) -> int:
    """Reverse the answer where needed, so that more always means the high end of the trait."""
    return value if item.keying > 0 else questionnaire.low + questionnaire.high - value


def trait_scores(questionnaire: Questionnaire, answers: Mapping[str, int]) -> dict[str, float]:
    """Return scores from 0 (low end) to 100 (high end) by trait."""
    span = questionnaire.high - questionnaire.low
    scores = {}
    for trait, items in questionnaire.items_by_trait.items():
        points = sum(keyed(questionnaire, i, answers[i.key]) - questionnaire.low for i in items)
        scores[trait] = 100 * points / (len(items) * span)
    return scores


def contributions_of(questionnaire: Questionnaire, scores: Mapping[str, float]) -> dict[str, float]:
    """Return what each trait adds to the lean; above 0 is towards sales."""
    return {trait.key: trait.weight * (scores[trait.key] - 50) for trait in questionnaire.traits}


def lean_of(contributions: Mapping[str, float]) -> float:
    """Return D, from -50 (service) to +50 (sales); mere rounding error counts as 0."""
    lean = math.fsum(contributions.values())
    return 0.0 if abs(lean) < ZERO_LEAN else lean


def field_of(lean: float) -> str:
    """Return the field a lean points to, empty at 0."""
    if lean == 0:
        return ""
    return SALES if lean > 0 else SERVICE


def band_of(questionnaire: Questionnaire, lean: float, agreement: float) -> str:
    """Return the band before careless answers cap it."""
    if lean == 0:
        return CLOSE
    if agreement >= questionnaire.clear_from:
        return CLEAR
    return LEANING if agreement >= questionnaire.leaning_from else CLOSE


def capped(band: str, flags: Iterable[Flag]) -> str:
    """Cap the band after careless answers: invalid -> insufficient, review -> leaning at most."""
    levels = {flag.level for flag in flags}
    if INVALID in levels:
        return INSUFFICIENT
    return LEANING if REVIEW in levels and band == CLEAR else band


# ---------------------------------------------------------------- reasons


def pulls_of(questionnaire: Questionnaire, answers: Mapping[str, int]) -> dict[str, float]:
    """Return what each answer adds to the lean, in the order shown; the sum is the lean."""
    span = questionnaire.high - questionnaire.low
    middle = (questionnaire.high + questionnaire.low) / 2
    shares = {
        trait.key: trait.weight * 100 / span / len(questionnaire.items_by_trait[trait.key])
        for trait in questionnaire.traits
    }
    return {
        item.key: shares[item.trait] * (keyed(questionnaire, item, answers[item.key]) - middle)
        for item in questionnaire.items
    }


def tips_of(
    questionnaire: Questionnaire, scores: Mapping[str, float], lean: float
) -> dict[str, float]:
    """Return the scores at which a trait alone would bring the lean to 0, nearest first.

    Traits that can't do that within 0..100 are left out.
    """
    if lean == 0:
        return {}
    steps = {trait.key: -lean / trait.weight for trait in questionnaire.traits}
    return {
        key: scores[key] + step
        for key, step in sorted(steps.items(), key=lambda pair: abs(pair[1]))
        if 0 <= scores[key] + step <= 100
    }


@dataclass(frozen=True)
class StrongestPulls:
    """The items that pulled most one way, and how many more pulled as hard as the last of them."""

    item_keys: tuple[str, ...]
    more: int


def strongest(pulls: Mapping[str, float], field: str, count: int = 3) -> StrongestPulls:
    """Find the answers that pulled most towards a field; ties stay in the order shown."""
    side = 1 if field == SALES else -1
    towards = [(key, side * pull) for key, pull in pulls.items() if side * pull > 0]
    ranked = sorted(towards, key=lambda pair: -round(pair[1], 9))
    shown, rest = ranked[:count], ranked[count:]
    more = sum(math.isclose(pull, shown[-1][1], abs_tol=1e-9) for _, pull in rest)
    return StrongestPulls(tuple(key for key, _ in shown), more)


def rounded_to_add_up(values: Sequence[float], digits: int = 1) -> list[float]:
    """Round so that the parts add up to the whole as `fixed_text` shows it.

    Uses the largest remainder method.
    """
    unit = 10**digits
    scaled = [value * unit for value in values]
    parts = [math.floor(value + 1e-9) for value in scaled]
    whole = math.floor(math.fsum(values) * unit + 0.5 + 1e-9)
    by_remainder = sorted(range(len(parts)), key=lambda i: parts[i] - scaled[i])
    for i in by_remainder[: whole - sum(parts)]:
        parts[i] += 1
    return [part / unit for part in parts]
