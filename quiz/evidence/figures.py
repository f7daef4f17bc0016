"""What a tally says: how well the questions measure, who got which verdict, and norms. Pure."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from quiz.core.norms import FEWEST_FOR_NORMS, NormGroup
from quiz.core.questionnaire import Questionnaire, Trait
from quiz.core.scoring import Norms, precision
from quiz.evidence.reliability import (
    ItemStatistics,
    Matrix,
    Moments,
    ScaleStatistics,
    scale_statistics,
)
from quiz.evidence.tally import LEAN_STEP, LEAN_STEPS, TIME_STEP_MS, Counts, TallyCounts

# Of fewer nothing is told: single people would show, and figures would be off by far.
FEWEST_PUBLISHED = 30
NOBODY, TOO_FEW, UNDEFINED, CHANCE = "nobody", "too few", "undefined", "chance"
KEEP, REVIEW, DROP = "keep", "review", "drop"
KEEP_FROM, REVIEW_FROM = 0.30, 0.20
HIGHEST_RELIABILITY = 0.99
# So many standard errors to either side hold 95 % of a normal distribution.
NINETY_FIVE = 1.959964
# Below this reliability of the lean (rho), norms would promise next to nothing.
LEAST_RHO = 0.20
# Bins of predicted agreement, each up to the next; the last one is closed.
AGREEMENT_BINS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)


class NormsError(ValueError):
    """People whose answers can carry no norms: too few, of a trait that can't be told, by chance.

    `reason` is one of NOBODY, TOO_FEW, UNDEFINED and CHANCE; `trait` is the key of the trait.
    """

    def __init__(self, reason: str, message: str, trait: str = "") -> None:
        super().__init__(message)
        self.reason, self.trait = reason, trait


@dataclass(frozen=True)
class ItemFigures:
    """One item: its statistics on keyed answers, and the shares (0..1) of raw answers, low to high.

    `verdict` is KEEP, REVIEW or DROP, by the correlation with the rest of its trait.
    """

    key: str
    statistics: ItemStatistics
    shares: tuple[float, ...]
    verdict: str

    @property
    def floor(self) -> float:
        """Return the share of the lowest answer."""
        return self.shares[0]

    @property
    def ceiling(self) -> float:
        """Return the share of the highest answer."""
        return self.shares[-1]


@dataclass(frozen=True)
class TraitFigures:
    """One trait: mean, sd and standard error of its scores (0..100), and how well it is measured.

    `floor` and `ceiling` are the shares of people at 0 and at 100; `points` how many have each
    score, in equal steps.
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
    """The correlation of two traits' scores; None where one of them does not vary."""

    first: str
    second: str
    r: float | None


@dataclass(frozen=True)
class PageTime:
    """Seconds on a statement of a page, where they are known: median and quartiles of n people."""

    page: int
    n: int
    lower: float
    median: float
    upper: float


@dataclass(frozen=True)
class AgreementBin:
    """People told by half of the items that agreement is between `low` and `high`.

    `predicted` is the mean of what they were told, `observed` the share of them to whom the other
    half says the same; an even split of the other half counts half. `error` is the standard error
    of what is observed.
    """

    low: float
    high: float
    people: int
    predicted: float
    observed: float
    error: float

    @property
    def interval(self) -> tuple[float, float]:
        """Return the shares between which it is likely (95 %): Wilson's interval (1927).

        It has a width also where everybody got what was promised.
        """
        squared = NINETY_FIVE**2
        middle = (self.observed + squared / (2 * self.people)) / (1 + squared / self.people)
        spread = self.observed * (1 - self.observed) / self.people
        half = NINETY_FIVE * math.sqrt(spread + squared / (4 * self.people**2))
        half /= 1 + squared / self.people
        # Rounding could leave what was observed a hair outside at either end.
        low, high = max(middle - half, 0.0), min(middle + half, 1.0)
        return min(low, self.observed), max(high, self.observed)


@dataclass(frozen=True)
class Figures:
    """Statistics of first, finished, unflagged attempts, at least FEWEST_PUBLISHED of them.

    `since` and `until` are the months of finishing, such as 2026-11.
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
    """Return the statistics; None of too few people. `norms` are those whose promise is tried."""
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
    """Return the moments of answers that are all turned towards the high poles."""
    is_reversed = [item.keying < 0 for item in questionnaire.items]
    return tally.moments.turned(is_reversed, questionnaire.low + questionnaire.high)


def _of_scores(keyed: Moments, questionnaire: Questionnaire) -> tuple[Matrix, Matrix]:
    """Return means and covariances of the traits' scores, 0..100."""
    is_of = np.array(
        [
            [item.trait == trait.key for item in questionnaire.items]
            for trait in questionnaire.traits
        ],
        dtype=np.int64,
    )
    counts = is_of.sum(axis=1)
    # Added up as whole numbers: where all have one score, its variance is 0 and nothing less.
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
                verdict=item_verdict(statistics.item_rest),
            )
            for place, statistics in zip(places, scale.items, strict=True)
        ),
        floor=float(points[0] / tally.n),
        ceiling=float(points[-1] / tally.n),
        points=tuple(points.tolist()),
    )


def item_verdict(item_rest: float | None) -> str:
    """Return what to do with an item; one that does not vary tells nobody from anybody."""
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
    """Return the seconds under which this share lies, as if spread evenly within each step.

    At most the seconds at which the last step begins.
    """
    below = np.concatenate([[0], np.cumsum(counts)])
    wanted = share * below[-1]
    step = int(np.searchsorted(below, wanted, side="left")) - 1
    # The last step is open: all that is known of it is where it begins.
    within = 0 if step == len(counts) - 1 else (wanted - below[step]) / counts[step]
    return float((step + within) * TIME_STEP_MS / 1000)


# ---------------------------------------------------------------- norms


def estimated_norms(tally: TallyCounts, questionnaire: Questionnaire, number: int) -> NormGroup:
    """Return norms of the people in a tally; NormsError where they can carry none."""
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
    )
    if precision(questionnaire, norms).rho < LEAST_RHO:
        raise NormsError(CHANCE, "the lean is hardly more than chance")
    return NormGroup(
        norms=norms,
        people=tally.n,
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
    """Return what norms say of scores from half as many items.

    True scores spread as before, and errors' variance doubles: sd^2 * (2 - rel), rel / (2 - rel)
    (Spearman-Brown); what two traits share stays.
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
    """Yield what half of the items promises of the other half, against what it said.

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
