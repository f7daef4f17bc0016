"""What people who took a version come to, made ready to be shown, also as pictures. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from quiz.core.scoring import rounded_to_add_up
from quiz.core.verdict import Verdict
from quiz.evidence.figures import FEWEST_TOLD, Figures, ItemFigures, TraitFigures
from quiz.evidence.pictures import Calibration, calibration, score_histogram
from quiz.evidence.rule import Correlation, Rule
from quiz.evidence.tally import Tally
from quiz.evidence.turnout import Step, funnel, months_of_verdicts
from quiz.results.pictures import Column, Stretch, number, stretches

# How full the pieces of a bar of answers are, from the lowest answer to the highest.
FAINTEST, FULLEST = 0.08, 0.85


@dataclass(frozen=True)
class VerdictShare:
    """A verdict: how many got it, of 100 (in whole numbers that add up), and drawn."""

    band: str
    field: str
    kind: str
    count: int
    percent: float
    piece: Stretch


@dataclass(frozen=True)
class Month:
    """The verdicts of all who finished in a month."""

    month: str
    people: int
    verdicts: tuple[VerdictShare, ...]


@dataclass(frozen=True)
class AnswerShare:
    """How many gave an answer: a share (0..1), and a piece of a bar, the fuller the more agreed."""

    label: str
    share: float
    piece: Stretch
    opacity: str


@dataclass(frozen=True)
class ItemTold:
    """A statement, its figures, and the shares of its answers."""

    statement: str
    figures: ItemFigures
    answers: tuple[AnswerShare, ...]


@dataclass(frozen=True)
class TraitTold:
    """A trait, its figures, and how many have each score: as numbers, and drawn."""

    name: str
    low: str
    high: str
    figures: TraitFigures
    people_by_score: tuple[tuple[float, int], ...]
    picture: tuple[Column, ...]
    items: tuple[ItemTold, ...]


@dataclass(frozen=True)
class StepTold:
    """How many came so far, and the same drawn."""

    step: Step
    reached: Stretch


@dataclass(frozen=True)
class Live:
    """What people who took a version come to; what is of too few is empty, or None.

    `people` count for the statistics, `finished` are all who came to a result.
    """

    people: int
    finished: int
    figures: Figures | None
    traits: tuple[TraitTold, ...]
    correlations: tuple[Correlation, ...]
    calibration: Calibration | None
    verdicts: tuple[VerdictShare, ...]
    months: tuple[Month, ...]
    steps: tuple[StepTold, ...]


def live_of(
    rule: Rule,
    tally: Tally,
    figures: Figures | None,
    *,
    on: date,
    deleted_on: date,
    kept: timedelta,
) -> Live:
    """Return what a tally tells, as it was `on` a day.

    Unfinished attempts are `kept` so long, and were taken out last when it says (`deleted_on`).
    """
    counts = tally.finished.tolist()
    finished = sum(counts)
    steps = funnel(tally, on, kept, deleted_on)
    names = {trait.key: trait.name for trait in rule.traits}
    return Live(
        people=tally.n,
        finished=finished,
        figures=figures,
        traits=_traits_told(rule, figures) if figures else (),
        correlations=tuple(
            Correlation(names[pair.first], names[pair.second], pair.r)
            for pair in (figures.pairs if figures else ())
        ),
        calibration=calibration(figures.agreement) if figures and figures.agreement else None,
        verdicts=verdict_shares(counts) if finished >= FEWEST_TOLD else (),
        months=tuple(
            Month(month.month, sum(month.counts), verdict_shares(month.counts))
            for month in months_of_verdicts(tally)
        ),
        steps=tuple(
            StepTold(step, stretches([step.people, steps[0].people - step.people])[0])
            for step in steps
        ),
    )


def verdict_shares(counts: Sequence[int]) -> tuple[VerdictShare, ...]:
    """Return how many got each Verdict, with shares and the pieces of a bar."""
    total = sum(counts) or 1
    percents = rounded_to_add_up([100 * count / total for count in counts], digits=0)
    pieces = stretches(counts)
    return tuple(
        VerdictShare(
            band=verdict.band,
            field=verdict.field,
            kind=verdict.heading,
            count=counts[verdict.order],
            percent=percents[verdict.order],
            piece=pieces[verdict.order],
        )
        for verdict in Verdict
    )


def _traits_told(rule: Rule, figures: Figures) -> tuple[TraitTold, ...]:
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
        TraitTold(
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
                ItemTold(texts[item.key], item, _answer_shares(rule.labels, item))
                for item in found.items
            ),
        )
        for trait, found in zip(rule.traits, figures.traits, strict=True)
    )


def _answer_shares(labels: Sequence[str], item: ItemFigures) -> tuple[AnswerShare, ...]:
    people = item.shares
    # Of whole numbers the pieces are exact; so many parts are more than a screen has.
    pieces = stretches([round(1_000_000 * share) for share in people])
    step = (FULLEST - FAINTEST) / (len(people) - 1)
    return tuple(
        AnswerShare(label, share, piece, number(FAINTEST + step * place))
        for place, (label, share, piece) in enumerate(zip(labels, people, pieces, strict=True))
    )
