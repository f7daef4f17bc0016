"""Statistics of a version, prepared for pages: in numbers and as pictures. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from quiz.evidence.figures import FEWEST_PUBLISHED, Figures, ItemFigures, TraitFigures
from quiz.evidence.pictures import Calibration, calibration, score_histogram
from quiz.evidence.rule import Correlation, Rule
from quiz.evidence.tally import TallyCounts
from quiz.evidence.turnout import Step, funnel, months_of_verdicts
from quiz.results.pictures import Column, Stretch, number, stretches
from quiz.results.verdict_shares import VerdictShare, verdict_shares

# Opacity of the segments in a bar of answers, from the lowest answer to the highest.
FAINTEST, FULLEST = 0.08, 0.85


@dataclass(frozen=True)
class Month:
    """Verdicts of everyone who finished in a month, such as 2026-11."""

    month: str
    people: int
    verdicts: tuple[VerdictShare, ...]


@dataclass(frozen=True)
class AnswerShare:
    """The share (0..1) of people who gave an answer, and its segment of the bar."""

    label: str
    share: float
    piece: Stretch
    opacity: str


@dataclass(frozen=True)
class ItemDisplay:
    statement: str
    figures: ItemFigures
    answers: tuple[AnswerShare, ...]


@dataclass(frozen=True)
class TraitDisplay:
    """A trait with its statistics; `people_by_score` pairs each score (0..100) with a count."""

    name: str
    low: str
    high: str
    figures: TraitFigures
    people_by_score: tuple[tuple[float, int], ...]
    picture: tuple[Column, ...]
    items: tuple[ItemDisplay, ...]


@dataclass(frozen=True)
class StepDisplay:
    step: Step
    reached: Stretch


@dataclass(frozen=True)
class Display:
    """Everything that pages show about the people who took a version.

    Whatever is based on too few people is empty or None. `people` counts those in the statistics,
    `finished` everyone who reached a result.
    """

    people: int
    finished: int
    figures: Figures | None
    traits: tuple[TraitDisplay, ...]
    correlations: tuple[Correlation, ...]
    calibration: Calibration | None
    verdicts: tuple[VerdictShare, ...]
    months: tuple[Month, ...]
    steps: tuple[StepDisplay, ...]


def display_of(
    rule: Rule,
    tally: TallyCounts,
    figures: Figures | None,
    *,
    on: date,
    deleted_on: date,
    kept: timedelta,
) -> Display:
    """Prepare a tally as counted `on` a day.

    Unfinished attempts are `kept` for this long, and were last deleted on `deleted_on`.
    """
    counts = tally.finished.tolist()
    finished = sum(counts)
    steps = funnel(tally, on, kept, deleted_on)
    names = {trait.key: trait.name for trait in rule.traits}
    return Display(
        people=tally.n,
        finished=finished,
        figures=figures,
        traits=_trait_displays(rule, figures) if figures else (),
        correlations=tuple(
            Correlation(names[pair.first], names[pair.second], pair.r)
            for pair in (figures.pairs if figures else ())
        ),
        calibration=calibration(figures.agreement) if figures and figures.agreement else None,
        verdicts=verdict_shares(counts) if finished >= FEWEST_PUBLISHED else (),
        months=tuple(
            Month(month.month, sum(month.counts), verdict_shares(month.counts))
            for month in months_of_verdicts(tally)
        ),
        steps=tuple(
            StepDisplay(step, stretches([step.people, steps[0].people - step.people])[0])
            for step in steps
        ),
    )


def _trait_displays(rule: Rule, figures: Figures) -> tuple[TraitDisplay, ...]:
    texts = {
        key: text
        for trait in rule.traits
        for key, text in zip(
            (item.key for item in rule.questionnaire.items_by_trait[trait.key]),
            (statement.text for statement in trait.statements),
            strict=True,
        )
    }
    tallest = max(max(trait.points) for trait in figures.traits)
    return tuple(
        TraitDisplay(
            name=trait.name,
            low=trait.low,
            high=trait.high,
            figures=found,
            people_by_score=tuple(
                (100 * place / (len(found.points) - 1), count)
                for place, count in enumerate(found.points)
            ),
            picture=score_histogram(found.points, tallest),
            items=tuple(
                ItemDisplay(texts[item.key], item, _answer_shares(rule.labels, item))
                for item in found.items
            ),
        )
        for trait, found in zip(rule.traits, figures.traits, strict=True)
    )


def _answer_shares(labels: Sequence[str], item: ItemFigures) -> tuple[AnswerShare, ...]:
    people = item.shares
    # `stretches` takes whole numbers; a millionth is finer than any screen.
    pieces = stretches([round(1_000_000 * share) for share in people])
    step = (FULLEST - FAINTEST) / (len(people) - 1)
    return tuple(
        AnswerShare(label, share, piece, number(FAINTEST + step * place))
        for place, (label, share, piece) in enumerate(zip(labels, people, pieces, strict=True))
    )
