"""Statistics from a tally: reliability, verdicts and norms. Pure."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from quiz.core.norms import FEWEST_FOR_NORMS, NormGroup
from quiz.core.precision import Norms, precision
from quiz.core.questionnaire import Questionnaire, Trait
from quiz.evidence.reliability import (
    ItemStatistics,
    Matrix,
    Moments,
    ScaleStatistics,
    scale_statistics,
)
from quiz.evidence.tally import LEAN_STEP, LEAN_STEPS, TIME_STEP_MS, Counts, TallyCounts

# Below this we publish nothing: individuals could be identified, and estimates are too rough.
FEWEST_PUBLISHED = 30
NO_ONE, TOO_FEW, UNDEFINED, CHANCE = "no one", "too few", "undefined", "chance"
KEEP, REVIEW, DROP = "keep", "review", "drop"
KEEP_FROM, REVIEW_FROM = 0.30, 0.20
HIGHEST_RELIABILITY = 0.99
# 95% of a normal distribution lies within this many standard errors of its mean.
NINETY_FIVE = 1.959964
# If the reliability of the lean (rho) is lower than this, norms say almost nothing.
LEAST_RHO = 0.20
# Edges of the bins of predicted agreement. The last bin includes its upper edge.
AGREEMENT_BINS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)


class NormsError(ValueError):
    """These people's answers can't serve as norms.

    `reason` is NO_ONE, TOO_FEW, UNDEFINED or CHANCE. `trait` is a key, and set for UNDEFINED only.
    """

    def __init__(self, reason: str, message: str, trait: str = "") -> None:
        super().__init__(message)
        self.reason, self.trait = reason, trait


@dataclass(frozen=True)
class ItemFigures:
    """Statistics of one item, from keyed answers; `shares` (0..1) are of raw answers, low to high.

    `advice` is KEEP, REVIEW or DROP, and depends on the item's correlation with its trait.
    """

    key: str
    statistics: ItemStatistics
    shares: tuple[float, ...]
    advice: str

    @property
    def floor(self) -> float:
        """The share (0..1) of the lowest answer."""
        return self.shares[0]

    @property
    def ceiling(self) -> float:
        """The share (0..1) of the highest answer."""
        return self.shares[-1]


@dataclass(frozen=True)
class TraitFigures:
    """Statistics of one trait; `mean`, `sd` and `sem` are in points of its score (0..100).

    `floor` and `ceiling` are the shares (0..1) of people at 0 and at 100. `points` counts the
    people at each possible score, in equal steps from 0 to 100.
    """

    key: str
    mean: float
    sd: float
    sem: float | None
    scale: ScaleStatistics
    items: tuple[ItemFigures, ...]
    floor: float
    ceiling: float
    points: tuple[int, ...]


@dataclass(frozen=True)
class Pair:
    """Correlation between the scores of two traits. None if one of them doesn't vary."""

    first: str
    second: str
    r: float | None


@dataclass(frozen=True)
class PageTime:
    """Median and quartiles, in seconds, of the time n people took for a statement on a page."""

    page: int
    n: int
    lower: float
    median: float
    upper: float


@dataclass(frozen=True)
class AgreementBin:
    """People for whom half of the items predicts an agreement between `low` and `high` (0..1).

    `predicted` is their mean prediction. `observed` is the share for whom the other half of the
    items suggests the same field; a tie counts as one half. `error` is the standard error of
    `observed`.
    """

    low: float
    high: float
    people: int
    predicted: float
    observed: float
    error: float

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% confidence interval of `observed`, after Wilson (1927).

        Unlike the usual formula, it has a width even if everyone got what was predicted.
        """
        squared = NINETY_FIVE**2
        middle = (self.observed + squared / (2 * self.people)) / (1 + squared / self.people)
        spread = self.observed * (1 - self.observed) / self.people
        half = NINETY_FIVE * math.sqrt(spread + squared / (4 * self.people**2))
        half /= 1 + squared / self.people
        # Rounding errors could otherwise put `observed` just outside the interval.
        low, high = max(middle - half, 0.0), min(middle + half, 1.0)
        return min(low, self.observed), max(high, self.observed)


@dataclass(frozen=True)
class Figures:
    """Statistics of at least FEWEST_PUBLISHED first, finished and unflagged attempts.

    `since` and `until` are the first and last month in which they finished, such as 2026-11.
    """

    people: int
    since: str
    until: str
    mean_lean: float
    traits: tuple[TraitFigures, ...]
    pairs: tuple[Pair, ...]
    times: tuple[PageTime, ...]
    agreement: tuple[AgreementBin, ...]


def figures(tally: TallyCounts, questionnaire: Questionnaire, norms: Norms) -> Figures | None:
    """Return None for fewer than FEWEST_PUBLISHED people; test the predictions of `norms`."""
    if tally.n < FEWEST_PUBLISHED:
        return None
    keyed = _keyed(tally, questionnaire)
    means, covariances = _of_scores(keyed, questionnaire)
    traits = tuple(
        _trait_figures(tally, questionnaire, keyed, trait, means[place], covariances[place, place])
        for place, trait in enumerate(questionnaire.traits)
    )
    return Figures(
        people=tally.n,
        since=min(tally.people),
        until=max(tally.people),
        mean_lean=_mean_lean(questionnaire, means),
        traits=traits,
        pairs=tuple(
            Pair(questionnaire.traits[a].key, questionnaire.traits[b].key, _r(covariances, a, b))
            for a, b in _pairs(len(traits))
        ),
        times=tuple(_page_times(tally.times)),
        agreement=tuple(agreement_bins(tally, questionnaire, norms)),
    )


def _keyed(tally: TallyCounts, questionnaire: Questionnaire) -> Moments:
    """Reverse the answers to negatively keyed items, so that high means the high pole."""
    is_reversed = [item.keying < 0 for item in questionnaire.items]
    return tally.moments.turned(is_reversed, questionnaire.low + questionnaire.high)


def _of_scores(keyed: Moments, questionnaire: Questionnaire) -> tuple[Matrix, Matrix]:
    """Return means and covariances of the traits' scores (0..100)."""
    is_of = np.array(
        [
            [item.trait == trait.key for item in questionnaire.items]
            for trait in questionnaire.traits
        ],
        dtype=np.int64,
    )
    counts = is_of.sum(axis=1)
    # Integer sums: if everyone has the same score, the variance is exactly 0, never negative.
    sums = Moments(keyed.n, is_of @ keyed.sums, is_of @ keyed.products @ is_of.T)
    steps = 100 / (counts * (questionnaire.high - questionnaire.low))
    means = steps * (sums.means - counts * questionnaire.low)
    return means, np.outer(steps, steps) * sums.covariances


def _mean_lean(questionnaire: Questionnaire, means: Matrix) -> float:
    return math.fsum(
        trait.weight * (float(mean) - 50)
        for trait, mean in zip(questionnaire.traits, means, strict=True)
    )


def _pairs(count: int) -> Iterator[tuple[int, int]]:
    return ((a, b) for a in range(count) for b in range(a + 1, count))


def _r(covariances: Matrix, a: int, b: int) -> float | None:
    spread = covariances[a, a] * covariances[b, b]
    return float(covariances[a, b] / math.sqrt(spread)) if spread > 0 else None


# ---------------------------------------------------------------- traits and items


def _trait_figures(
    tally: TallyCounts,
    questionnaire: Questionnaire,
    keyed: Moments,
    trait: Trait,
    mean: float,
    variance: float,
) -> TraitFigures:
    places = [p for p, item in enumerate(questionnaire.items) if item.trait == trait.key]
    scale = scale_statistics(keyed.of_items(places))
    sd = math.sqrt(variance)
    points = tally.points[trait.key]
    return TraitFigures(
        key=trait.key,
        mean=float(mean),
        sd=sd,
        sem=None if scale.alpha is None else sd * math.sqrt(1 - _as_reliability(scale.alpha)),
        scale=scale,
        items=tuple(
            ItemFigures(
                key=questionnaire.items[place].key,
                statistics=statistics,
                shares=tuple((tally.steps[place] / tally.n).tolist()),
                advice=item_advice(statistics.item_rest),
            )
            for place, statistics in zip(places, scale.items, strict=True)
        ),
        floor=float(points[0] / tally.n),
        ceiling=float(points[-1] / tally.n),
        points=tuple(points.tolist()),
    )


def item_advice(item_rest: float | None) -> str:
    """Say what to do with an item. One that doesn't vary can't tell people apart."""
    if item_rest is None or item_rest < REVIEW_FROM:
        return DROP
    return KEEP if item_rest >= KEEP_FROM else REVIEW


def _as_reliability(alpha: float) -> float:
    return min(max(alpha, 0.0), HIGHEST_RELIABILITY)


def _page_times(times: Counts) -> Iterator[PageTime]:
    for page, counts in enumerate(times, start=1):
        n = int(counts.sum())
        if n >= FEWEST_PUBLISHED:
            yield PageTime(page, n, *(_quantile(counts, share) for share in (0.25, 0.5, 0.75)))


def _quantile(counts: Counts, share: float) -> float:
    """Return a quantile in seconds, assuming an even spread within each step.

    The result is at most the start of the last step.
    """
    below = np.concatenate([[0], np.cumsum(counts)])
    wanted = share * below[-1]
    step = int(np.searchsorted(below, wanted, side="left")) - 1
    # The last step is open-ended, so only its start is known.
    within = 0 if step == len(counts) - 1 else (wanted - below[step]) / counts[step]
    return float((step + within) * TIME_STEP_MS / 1000)


# ---------------------------------------------------------------- norms


def estimated_norms(tally: TallyCounts, questionnaire: Questionnaire, number: int) -> NormGroup:
    """Return norms based on the people in a tally; raise NormsError if there can be none."""
    if tally.n < FEWEST_FOR_NORMS:
        raise NormsError(TOO_FEW, f"{tally.n} people are too few: norms need {FEWEST_FOR_NORMS}")
    keyed = _keyed(tally, questionnaire)
    means, covariances = _of_scores(keyed, questionnaire)
    traits = questionnaire.traits
    norms = Norms(
        number=number,
        sd={t.key: math.sqrt(covariances[p, p]) for p, t in enumerate(traits)},
        reliability={t.key: _reliability(keyed, questionnaire, t) for t in traits},
        correlations={
            (traits[a].key, traits[b].key): _r(covariances, a, b) or 0.0
            for a, b in _pairs(len(traits))
        },
        mean_lean=_mean_lean(questionnaire, means),
        people=tally.n,
    )
    if precision(questionnaire, norms).rho < LEAST_RHO:
        raise NormsError(CHANCE, "the lean is hardly more than chance")
    return NormGroup(
        norms=norms,
        since=min(tally.people),
        until=max(tally.people),
        mean={t.key: float(mean) for t, mean in zip(traits, means, strict=True)},
        points={trait: tuple(counts.tolist()) for trait, counts in tally.points.items()},
    )


def _reliability(keyed: Moments, questionnaire: Questionnaire, trait: Trait) -> float:
    places = [p for p, item in enumerate(questionnaire.items) if item.trait == trait.key]
    alpha = scale_statistics(keyed.of_items(places)).alpha
    if alpha is None:
        raise NormsError(UNDEFINED, f"how well {trait.key} is measured is undefined", trait.key)
    return _as_reliability(alpha)


# ---------------------------------------------------------------- agreement


def of_half(norms: Norms) -> Norms:
    """Return the norms that apply to scores from half as many items.

    True scores keep their variance and errors double theirs, which gives a variance of
    sd^2 * (2 - rel) and a reliability of rel / (2 - rel) (Spearman-Brown). Covariances stay.
    """
    wider = {key: math.sqrt(2 - rel) for key, rel in norms.reliability.items()}
    pairs = norms.correlations.items()
    return Norms(
        number=norms.number,
        sd={key: sd * wider[key] for key, sd in norms.sd.items()},
        reliability={key: rel / (2 - rel) for key, rel in norms.reliability.items()},
        correlations={(a, b): r / (wider[a] * wider[b]) for (a, b), r in pairs},
        mean_lean=norms.mean_lean,
    )


def agreement_bins(
    tally: TallyCounts, questionnaire: Questionnaire, norms: Norms
) -> Iterator[AgreementBin]:
    """Compare the agreement that half of the items predicts with what the other half suggests.

    Leave out bins of fewer than FEWEST_PUBLISHED people. Predict from the middle of each step.
    """
    errors = precision(questionnaire, of_half(norms))
    leans = (np.arange(LEAN_STEPS) + 0.5 - LEAN_STEPS // 2) * LEAN_STEP
    predicted = np.array([errors.agreement(lean) for lean in leans.tolist()])
    people = tally.halves.sum(axis=1)
    same = np.where(leans > 0, tally.halves[:, 2], tally.halves[:, 0]) + tally.halves[:, 1] / 2
    for place, (low, high) in enumerate(pairwise(AGREEMENT_BINS)):
        lowest = -math.inf if place == 0 else low
        within = (predicted >= lowest) & ((predicted < high) | (high == AGREEMENT_BINS[-1]))
        n = int(people[within].sum())
        if n < FEWEST_PUBLISHED:
            continue
        observed = float(same[within].sum() / n)
        yield AgreementBin(
            low=low,
            high=high,
            people=n,
            predicted=float((predicted * people)[within].sum() / n),
            observed=observed,
            error=math.sqrt(observed * (1 - observed) / n),
        )
