"""How a version gets from answers to a suggestion, prepared for the method page. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from quiz.core.careless import (
    INVALID,
    REVIEW,
    SECONDS,
    least_spread,
    run_limit,
    yes_saying_limit,
)
from quiz.core.questionnaire import Questionnaire, words
from quiz.core.scoring import (
    Norms,
    Precision,
    band_of,
    contributions_of,
    field_of,
    lean_of,
    precision,
)
from quiz.core.verdict import CLEAR, LEANING, SALES, SERVICE

# Scores of an imaginary person, one per trait.
EXAMPLE_SCORES = (68.75, 40.625, 59.375)


@dataclass(frozen=True)
class Gap:
    """The gap between the jobs of the two fields on a trait (in sd), and the weight based on it.

    `share` is its share (0..1) of the three gaps together.
    """

    gap: float
    share: float
    weight: float


# Based on O*NET ratings of occupations (skills 29.3, work styles 30.1).
GAPS = {
    "proactive": Gap(1.41, 0.36, 0.35),
    "persuasion": Gap(1.14, 0.29, 0.30),
    "targets": Gap(1.41, 0.36, 0.35),
}


@dataclass(frozen=True)
class Statement:
    """A statement, and the pole of its trait that agreeing speaks for."""

    text: str
    speaks_for: str
    is_reversed: bool


@dataclass(frozen=True)
class TraitRule:
    """One trait: its texts, its statements in the order shown, and its numbers.

    `pull` is the most that one answer can add to the lean, in points.
    """

    key: str
    name: str
    low: str
    high: str
    low_gloss: str
    high_gloss: str
    weight: float
    pull: float
    sd: float
    reliability: float
    sem: float
    gap: Gap | None
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Edge:
    """The agreement (0..1) at which a band starts, and the leans that reach it."""

    band: str
    agreement: float
    service: float
    sales: float


@dataclass(frozen=True)
class ExampleRow:
    """A trait in the example, with what its score adds to the lean."""

    name: str
    score: float
    weight: float
    contribution: float

    @property
    def from_middle(self) -> float:
        return self.score - 50


@dataclass(frozen=True)
class Example:
    """The scores of an imaginary person, and the result they lead to."""

    rows: tuple[ExampleRow, ...]
    lean: float
    agreement: float
    band: str
    field: str


@dataclass(frozen=True)
class Correlation:
    """Correlation between two traits; None if it is undefined."""

    first: str
    second: str
    r: float | None


@dataclass(frozen=True)
class Limits:
    """Where answers start to need a review, and where they start to be invalid."""

    review: float
    invalid: float


@dataclass(frozen=True)
class Careless:
    """Limits for careless answers: longest run, spread, seconds per item, and mean answer.

    `least_spread` is 0 where the spread is no sign of careless answers.
    """

    run: Limits
    least_spread: float
    seconds: Limits
    yes_saying: Limits


@dataclass(frozen=True)
class Rule:
    """The rule from answers to a suggestion, for one version and the norms in use.

    `is_as_derived` says that the weights are the ones based on GAPS.
    """

    questionnaire: Questionnaire
    labels: tuple[str, ...]
    traits: tuple[TraitRule, ...]
    errors: Precision
    edges: tuple[Edge, ...]
    example: Example
    norms: Norms
    correlations: tuple[Correlation, ...]
    careless: Careless
    is_as_derived: bool


def rule_of(questionnaire: Questionnaire, norms: Norms, language: str) -> Rule:
    errors = precision(questionnaire, norms)
    traits = questionnaire.traits
    names = {trait.key: words(trait.name, language) for trait in traits}
    asked = len(questionnaire.items)
    return Rule(
        questionnaire=questionnaire,
        labels=tuple(words(answer.label, language) for answer in questionnaire.scale),
        traits=tuple(
            _trait_rule(questionnaire, place, norms, errors, language)
            for place in range(len(traits))
        ),
        errors=errors,
        edges=tuple(
            Edge(band, share, errors.lean_at(share, SERVICE), errors.lean_at(share, SALES))
            for band, share in (
                (CLEAR, questionnaire.clear_from),
                (LEANING, questionnaire.leaning_from),
            )
        ),
        example=_example(questionnaire, errors, names),
        norms=norms,
        correlations=tuple(
            Correlation(names[a.key], names[b.key], norms.correlation(a.key, b.key))
            for place, a in enumerate(traits)
            for b in traits[place + 1 :]
        ),
        careless=Careless(
            run=_limits(lambda level: run_limit(level, asked)),
            least_spread=least_spread(questionnaire),
            seconds=_limits(SECONDS.__getitem__),
            yes_saying=_limits(lambda level: yes_saying_limit(level, questionnaire)),
        ),
        is_as_derived={trait.key: trait.weight for trait in traits}
        == {key: gap.weight for key, gap in GAPS.items()},
    )


def _limits(limit: Callable[[str], float]) -> Limits:
    return Limits(limit(REVIEW), limit(INVALID))


def _trait_rule(
    questionnaire: Questionnaire, place: int, norms: Norms, errors: Precision, language: str
) -> TraitRule:
    trait = questionnaire.traits[place]
    items = questionnaire.items_by_trait[trait.key]
    low, high = words(trait.low, language), words(trait.high, language)
    return TraitRule(
        key=trait.key,
        name=words(trait.name, language),
        low=low,
        high=high,
        low_gloss=words(trait.low_gloss, language),
        high_gloss=words(trait.high_gloss, language),
        weight=trait.weight,
        pull=50 * trait.weight / len(items),
        sd=norms.sd[trait.key],
        reliability=norms.reliability[trait.key],
        sem=errors.sem[trait.key],
        gap=GAPS.get(trait.key),
        statements=tuple(
            Statement(words(item.text, language), high if item.keying > 0 else low, item.keying < 0)
            for item in items
        ),
    )


def _example(questionnaire: Questionnaire, errors: Precision, names: dict[str, str]) -> Example:
    traits = questionnaire.traits
    scores = {
        trait.key: EXAMPLE_SCORES[place % len(EXAMPLE_SCORES)] for place, trait in enumerate(traits)
    }
    contributions = contributions_of(questionnaire, scores)
    lean = lean_of(contributions)
    agreement = errors.agreement(lean)
    return Example(
        rows=tuple(
            ExampleRow(names[t.key], scores[t.key], t.weight, contributions[t.key]) for t in traits
        ),
        lean=lean,
        agreement=agreement,
        band=band_of(questionnaire, lean, agreement),
        field=field_of(lean),
    )
