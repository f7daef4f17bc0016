"""Answers in, Result out: trait scores, lean, agreement, band, reasons and flags.

Pure: the same questionnaire, answers, times and norms give the same result on any machine.
The method, its words and where its numbers come from: docs/scoring.md.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any

from quiz.core.careless import INVALID, REVIEW, Flag, careless_flags
from quiz.core.questionnaire import Item, Questionnaire
from quiz.core.verdict import CLEAR, CLOSE, INSUFFICIENT, LEANING, SALES, SERVICE, Verdict

ZERO_LEAN = 1e-9


class AnswerError(ValueError):
    """Answers or times that don't belong to the questionnaire; the message names the culprit."""


@dataclass(frozen=True)
class Norms:
    """How scores spread: sd and reliability by trait, correlation between any two, mean lean.

    `number` 0 means the defaults that hold until there are enough real answers.
    """

    number: int
    sd: Mapping[str, float]
    reliability: Mapping[str, float]
    correlations: Mapping[tuple[str, str], float]
    mean_lean: float = 0.0

    def correlation(self, a: str, b: str) -> float:
        """Return r between two traits, in whichever order they are named; 1 for a trait itself."""
        if a == b:
            return 1.0
        return self.correlations[(a, b) if (a, b) in self.correlations else (b, a)]


def default_norms(questionnaire: Questionnaire) -> Norms:
    """Return sd 18, reliability .70 and r .30 for every trait, and a mean lean of 0."""
    keys = [trait.key for trait in questionnaire.traits]
    return Norms(
        number=0,
        sd=dict.fromkeys(keys, 18.0),
        reliability=dict.fromkeys(keys, 0.70),
        correlations={(a, b): 0.30 for i, a in enumerate(keys) for b in keys[i + 1 :]},
    )


@dataclass(frozen=True)
class Precision:
    """What the norms say about errors: SEM by trait, SE and sd of the lean, its reliability rho."""

    sem: Mapping[str, float]
    lean_se: float
    lean_sd: float
    rho: float
    mean_lean: float

    def agreement(self, lean: float) -> float:
        """Return the chance (.5..1, or below with norms far off 0) of the same field again."""
        if lean == 0:
            return 0.5
        expected = self.mean_lean + self.rho * (lean - self.mean_lean)
        return NormalDist().cdf(math.copysign(1, lean) * expected / self._spread)

    def lean_at(self, agreement: float, field: str) -> float:
        """Return the lean from which on a field is reached with this agreement."""
        side = 1 if field == SALES else -1
        reach = side * NormalDist().inv_cdf(agreement) * self._spread
        return (reach - self.mean_lean) / self.rho + self.mean_lean

    @property
    def _spread(self) -> float:
        return self.lean_sd * math.sqrt(1 - self.rho**2)


@dataclass(frozen=True)
class Result:
    """What a set of answers comes to; everything that a page says about it is derived from this.

    By trait: `scores` (0..100), their standard errors `sem`, `contributions` to the lean, and
    `tips` (the score at which that trait alone would bring the lean to 0). By item: `pulls`. By
    band: `edges`, the leans from which it holds, on the service side and on the sales side.
    """

    questionnaire: int | None
    norms: int
    scores: Mapping[str, float]
    sem: Mapping[str, float]
    contributions: Mapping[str, float]
    lean: float
    lean_se: float
    agreement: float
    band: str
    field: str
    flags: tuple[Flag, ...]
    pulls: Mapping[str, float]
    tips: Mapping[str, float]
    edges: Mapping[str, tuple[float, float]]

    @property
    def verdict(self) -> Verdict:
        return Verdict((self.band, self.field))

    def to_data(self) -> dict[str, Any]:
        """Return the result as JSON keeps it."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Result":
        """Return the result that `to_data` wrote."""
        flags = tuple(Flag(**flag) for flag in data["flags"])
        edges = {band: (low, high) for band, (low, high) in data["edges"].items()}
        return cls(**{**data, "flags": flags, "edges": edges})


def precision(questionnaire: Questionnaire, norms: Norms) -> Precision:
    """Return the errors that the norms imply for this questionnaire's weights."""
    sem = {
        trait.key: norms.sd[trait.key] * math.sqrt(1 - norms.reliability[trait.key])
        for trait in questionnaire.traits
    }
    error = math.fsum((trait.weight * sem[trait.key]) ** 2 for trait in questionnaire.traits)
    variance = math.fsum(
        a.weight * b.weight * norms.sd[a.key] * norms.sd[b.key] * norms.correlation(a.key, b.key)
        for a in questionnaire.traits
        for b in questionnaire.traits
    )
    return Precision(
        sem=sem,
        lean_se=math.sqrt(error),
        lean_sd=math.sqrt(variance),
        rho=1 - error / variance,
        mean_lean=norms.mean_lean,
    )


def score(
    questionnaire: Questionnaire,
    answers: Mapping[str, int],
    *,
    seconds: Mapping[str, float | None] | None = None,
    norms: Norms | None = None,
) -> Result:
    """Return the result of a whole set of answers (item key -> a value of the scale).

    `seconds` are times per item, None where unknown. AnswerError names what is missing or odd.
    """
    require_whole(questionnaire, answers)
    seconds = require_times(questionnaire, seconds or {})
    norms = norms or default_norms(questionnaire)
    scores = trait_scores(questionnaire, answers)
    contributions = contributions_of(questionnaire, scores)
    lean = lean_of(contributions)
    errors = precision(questionnaire, norms)
    agreement = errors.agreement(lean)
    flags = careless_flags(questionnaire, answers, seconds)
    band = capped(band_of(questionnaire, lean, agreement), flags)
    return Result(
        questionnaire=questionnaire.number,
        norms=norms.number,
        scores=scores,
        sem=errors.sem,
        contributions=contributions,
        lean=lean,
        lean_se=errors.lean_se,
        agreement=agreement,
        band=band,
        field=field_of(lean) if band in (CLEAR, LEANING) else "",
        flags=flags,
        pulls=pulls_of(questionnaire, answers),
        tips=tips_of(questionnaire, scores, lean),
        edges={
            name: (errors.lean_at(share, SERVICE), errors.lean_at(share, SALES))
            for name, share in (
                (CLEAR, questionnaire.clear_from),
                (LEANING, questionnaire.leaning_from),
            )
        },
    )


# ---------------------------------------------------------------- what may come in


def require_whole(questionnaire: Questionnaire, answers: Mapping[str, int]) -> None:
    """Raise AnswerError unless every item has one answer on the scale and nothing else is there."""
    if unknown := sorted(map(str, answers.keys() - questionnaire.items_by_key.keys())):
        raise AnswerError(f"no such item: {', '.join(unknown)}")
    for key, value in answers.items():
        # True is an int to Python, but no answer.
        if type(value) is not int or not questionnaire.low <= value <= questionnaire.high:
            raise AnswerError(
                f"answer to {key} must be a whole number from {questionnaire.low} to "
                f"{questionnaire.high}, not {value!r:.40}"
            )
    if missing := [item.key for item in questionnaire.unanswered(answers)]:
        raise AnswerError(f"no answer to {', '.join(missing)}")


def require_times(
    questionnaire: Questionnaire, seconds: Mapping[str, float | None]
) -> Mapping[str, float]:
    """Return the known times; AnswerError for an unknown item or a time that can't be."""
    if unknown := sorted(map(str, seconds.keys() - questionnaire.items_by_key.keys())):
        raise AnswerError(f"time for an item that does not exist: {', '.join(unknown)}")
    known = {}
    for key, value in seconds.items():
        if value is None:
            continue
        if type(value) not in (int, float) or not 0 <= value < math.inf:
            raise AnswerError(f"seconds of {key} must be a number from 0, not {value!r:.40}")
        known[key] = float(value)
    return known


# ---------------------------------------------------------------- scores and verdict


def keyed(questionnaire: Questionnaire, item: Item, value: int) -> int:
    """Return the answer turned so that more means the trait's high pole."""
    return value if item.keying > 0 else questionnaire.low + questionnaire.high - value


def trait_scores(questionnaire: Questionnaire, answers: Mapping[str, int]) -> dict[str, float]:
    """Return 0..100 by trait, 100 at the high pole."""
    span = questionnaire.high - questionnaire.low
    scores = {}
    for trait, items in questionnaire.items_by_trait.items():
        points = sum(keyed(questionnaire, i, answers[i.key]) - questionnaire.low for i in items)
        scores[trait] = 100 * points / (len(items) * span)
    return scores


def contributions_of(questionnaire: Questionnaire, scores: Mapping[str, float]) -> dict[str, float]:
    """Return what each trait adds to the lean."""
    return {trait.key: trait.weight * (scores[trait.key] - 50) for trait in questionnaire.traits}


def lean_of(contributions: Mapping[str, float]) -> float:
    """Return D, -50 (service) .. +50 (sales); what is only rounding error counts as 0."""
    lean = math.fsum(contributions.values())
    return 0.0 if abs(lean) < ZERO_LEAN else lean


def field_of(lean: float) -> str:
    """Return the field a lean points to; empty at 0."""
    if lean == 0:
        return ""
    return SALES if lean > 0 else SERVICE


def band_of(questionnaire: Questionnaire, lean: float, agreement: float) -> str:
    """Return the band before flags cap it."""
    if lean == 0:
        return CLOSE
    if agreement >= questionnaire.clear_from:
        return CLEAR
    return LEANING if agreement >= questionnaire.leaning_from else CLOSE


def capped(band: str, flags: Iterable[Flag]) -> str:
    """Return the band that careless answers leave: invalid -> insufficient, review -> leaning."""
    levels = {flag.level for flag in flags}
    if INVALID in levels:
        return INSUFFICIENT
    return LEANING if REVIEW in levels and band == CLEAR else band


# ---------------------------------------------------------------- reasons


def pulls_of(questionnaire: Questionnaire, answers: Mapping[str, int]) -> dict[str, float]:
    """Return what each answer adds to the lean, by item in the order shown; their sum is it."""
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
    """Return, nearest first, the score at which a trait alone would bring the lean to 0."""
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
    """The item keys that pulled most one way, and how many more pulled as hard as the last."""

    item_keys: tuple[str, ...]
    more: int


def strongest(pulls: Mapping[str, float], field: str, count: int = 3) -> StrongestPulls:
    """Return the answers that pulled most towards a field; ties stay in the order shown."""
    side = 1 if field == SALES else -1
    towards = [(key, side * pull) for key, pull in pulls.items() if side * pull > 0]
    ranked = sorted(towards, key=lambda pair: -round(pair[1], 9))
    shown, rest = ranked[:count], ranked[count:]
    more = sum(math.isclose(pull, shown[-1][1], abs_tol=1e-9) for _, pull in rest)
    return StrongestPulls(tuple(key for key, _ in shown), more)


def rounded_to_add_up(values: Sequence[float], digits: int = 1) -> list[float]:
    """Round so that the parts still add up to the rounded whole (largest remainders give way)."""
    unit = 10**digits
    scaled = [value * unit for value in values]
    parts = [math.floor(value + 1e-9) for value in scaled]
    whole = math.floor(math.fsum(scaled) + 0.5)
    by_remainder = sorted(range(len(parts)), key=lambda i: parts[i] - scaled[i])
    for i in by_remainder[: whole - sum(parts)]:
        parts[i] += 1
    return [part / unit for part in parts]
