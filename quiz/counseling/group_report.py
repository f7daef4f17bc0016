"""A summary of a group's results, with nothing about fewer than five people. Pure."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles

from quiz.core.questionnaire import Questionnaire, Trait, traits_of_any, words
from quiz.core.scoring import Result, field_of
from quiz.core.verdict import SALES, SERVICE, Verdict
from quiz.counseling.group_pictures import (
    GroupLevel,
    Histogram,
    VerdictDot,
    group_level,
    histogram,
    verdict_dots,
)
from quiz.results.verdict_shares import VerdictShare, verdict_shares

# Smaller groups would reveal individual results.
SMALLEST_GROUP = 5

# In smaller groups, a percent would look more exact than it is: show people.
FEWEST_FOR_PERCENTS = 20

# From service to sales, as in the picture of the leans; insufficient comes last.
FROM_SERVICE = (*tuple(Verdict)[-2::-1], Verdict.INSUFFICIENT)

# Five steps of 20 points. A step is about as wide as a score's error, from end to end.
STEPS = ((0, 20), (20, 40), (40, 60), (60, 80), (80, 100))


@dataclass(frozen=True)
class StepCount:
    low: int
    high: int
    count: int


@dataclass(frozen=True)
class Middle:
    """The median and the quartiles."""

    lower: float
    median: float
    upper: float


@dataclass(frozen=True)
class TraitCounts:
    """One trait in the group; scores are 0..100."""

    key: str
    name: str
    low: str
    high: str
    people: int
    steps: tuple[StepCount, ...]
    middle: Middle
    picture: Histogram


@dataclass(frozen=True)
class LeanCounts:
    """The leans (-50..50) of a group, and how many point each way."""

    towards_service: int
    towards_sales: int
    in_the_middle: int
    middle: Middle
    picture: GroupLevel

    @property
    def median_side(self) -> str:
        return field_of(self.middle.median)

    @property
    def median_strength(self) -> float:
        return abs(self.middle.median)


@dataclass(frozen=True)
class GroupReport:
    """A group of at least SMALLEST_GROUP people. `traits_of` counts those who share their traits.

    A trait with the scores of fewer than SMALLEST_GROUP people is left out: too few share theirs,
    or too few took a version that has the trait.
    """

    people: int
    verdicts: tuple[VerdictShare, ...]
    lean: LeanCounts
    traits: tuple[TraitCounts, ...]
    traits_of: int
    versions: tuple[int | None, ...]

    @property
    def has_percents(self) -> bool:
        return self.people >= FEWEST_FOR_PERCENTS

    @property
    def verdict_dots(self) -> tuple[VerdictDot, ...]:
        """One dot per person; for groups without percents only."""
        return verdict_dots(self.verdicts)

    @property
    def versions_differ(self) -> bool:
        return len(self.versions) > 1

    @property
    def hides_traits(self) -> bool:
        """True if no trait has the scores of enough people."""
        return not self.traits


def report_on_group(
    results: Sequence[Result],
    questionnaires: Iterable[Questionnaire],
    language: str,
    *,
    verdicts_only: Sequence[Result] = (),
) -> GroupReport | None:
    """Summarize one result per person. Return None if the group is too small.

    `verdicts_only` are results whose scope hides the traits. The questionnaires give the words and
    the order of the traits, the first of them where several have a trait.
    """
    everyone = [*results, *verdicts_only]
    if len(everyone) < SMALLEST_GROUP:
        return None
    return GroupReport(
        people=len(everyone),
        verdicts=_verdicts(everyone),
        lean=leans_of(everyone),
        traits=_traits(results, traits_of_any(questionnaires), language),
        traits_of=len(results),
        versions=tuple(sorted({r.questionnaire for r in everyone}, key=lambda v: v or 0)),
    )


def _verdicts(results: Sequence[Result]) -> tuple[VerdictShare, ...]:
    found = Counter(result.verdict for result in results)
    return verdict_shares([found[verdict] for verdict in FROM_SERVICE], FROM_SERVICE)


def leans_of(results: Sequence[Result]) -> LeanCounts:
    """Draw the leans of at least SMALLEST_GROUP people, and count the sides they are on."""
    leans = [result.lean for result in results]
    sides = Counter(field_of(lean) for lean in leans)
    edges = results[0].edges
    alike = all(result.edges == edges for result in results)
    return LeanCounts(
        towards_service=sides[SERVICE],
        towards_sales=sides[SALES],
        in_the_middle=sides[""],
        middle=middle_of(leans),
        picture=group_level(leans, edges if alike else None),
    )


def _traits(
    results: Sequence[Result], traits: Iterable[Trait], language: str
) -> tuple[TraitCounts, ...]:
    shown = []
    for trait in traits:
        scores = [result.scores[trait.key] for result in results if trait.key in result.scores]
        if len(scores) >= SMALLEST_GROUP:
            shown.append((trait, scores, step_counts(scores)))
    # One height for all, so that the pictures can be compared.
    tallest = max((max(counts) for _trait, _scores, counts in shown), default=1)
    return tuple(
        _trait(trait, scores, counts, tallest, language) for trait, scores, counts in shown
    )


def _trait(
    trait: Trait, scores: Sequence[float], counts: Sequence[int], tallest: int, language: str
) -> TraitCounts:
    middle = middle_of(scores)
    return TraitCounts(
        key=trait.key,
        name=words(trait.name, language),
        low=words(trait.low, language),
        high=words(trait.high, language),
        people=len(scores),
        steps=tuple(
            StepCount(low, high, count) for (low, high), count in zip(STEPS, counts, strict=True)
        ),
        middle=middle,
        picture=histogram(
            counts,
            tallest,
            middle.lower,
            middle.median,
            middle.upper,
            has_dots=len(scores) < FEWEST_FOR_PERCENTS,
        ),
    )


def step_counts(scores: Sequence[float]) -> tuple[int, ...]:
    """Count the scores in each step. One on a border counts further out, so it is symmetrical."""
    found = Counter(_step_of(score) for score in scores)
    return tuple(found[step] for step in range(len(STEPS)))


def _step_of(score: float) -> int:
    width = 100 / len(STEPS)
    off = abs(score - 50) + width / 2
    steps_out = min(math.floor(off / width), len(STEPS) // 2)
    centre = len(STEPS) // 2
    return centre + steps_out if score > 50 else centre - steps_out


def middle_of(values: Sequence[float]) -> Middle:
    """Return median and quartiles, interpolated between the two nearest values."""
    return Middle(*quantiles(values, n=4, method="inclusive"))
