"""A Result prepared for its page: in words, rounded, in the order of the page. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from quiz.core.norms import NormGroup
from quiz.core.numbers import fixed_text
from quiz.core.questionnaire import Questionnaire, words
from quiz.core.scoring import Result, field_of, rounded_to_add_up, strongest
from quiz.core.verdict import SALES, SERVICE
from quiz.results.pictures import Bar, Level, bar, level_of

HIGH, LOW, MIDDLE = "high", "low", "middle"


@dataclass(frozen=True)
class TraitReport:
    """One trait: its score and error (0..100), its poles, and what it adds to the lean.

    `contribution_shown` is rounded so that all traits add up to the lean shown. `sentence` says
    what the person prefers; it is empty where the margin of error covers the middle. `further_than`
    is the percentile rank in the comparison group, as whole people of 100 (1..99); None with the
    default norms.
    """

    key: str
    name: str
    low: str
    high: str
    sentence: str
    score: float
    sem: float
    weight: float
    error_from: float
    error_to: float
    contribution: float
    contribution_shown: float
    towards: str
    picture: Bar
    side: str  # HIGH or LOW; MIDDLE if 50 is within one SEM of the score
    further_than: int | None = None

    @property
    def field(self) -> str:
        """The field that the preference points to; empty in the middle."""
        return {HIGH: SALES, LOW: SERVICE}.get(self.side, "")

    @property
    def pole(self) -> str:
        """The end of the scale that the preference points to; empty in the middle."""
        return {HIGH: self.high, LOW: self.low}.get(self.side, "")

    @property
    def score_exact(self) -> str:
        """The score at full precision, with a decimal point in every language."""
        return repr(self.score)

    @property
    def strength(self) -> float:
        """How far the trait moves the lean, in either direction."""
        return abs(self.contribution_shown)


@dataclass(frozen=True)
class Pull:
    """One answer, and how far it pulled in points of the lean."""

    statement: str
    answer: str
    points: float


@dataclass(frozen=True)
class Pulls:
    """The answers that pulled most towards a field. `more` counts others as strong as the last."""

    field: str
    answers: tuple[Pull, ...]
    more: int


@dataclass(frozen=True)
class Tip:
    """The score at which one trait by itself would bring the lean to 0.

    `digits` is 1 if both scores would look the same as whole numbers.
    """

    trait: str
    score: float
    tips_at: float
    digits: int


@dataclass(frozen=True)
class Report:
    """A result in words and numbers. Every list is in the order of the page.

    Agreement and the range it lies in are whole people of 100 (1..99).
    """

    result: Result
    verdict: str
    explanation: str
    lean_shown: float
    lean_strength: float
    lean_error: float
    leans_to: str
    agreement_in_100: int
    agreement_from: int
    agreement_to: int
    level: Level
    traits: tuple[TraitReport, ...]
    reasons: tuple[TraitReport, ...]
    pulls: tuple[Pulls, ...]
    tips: tuple[Tip, ...]

    @property
    def lean_exact(self) -> str:
        """The lean at full precision, with a decimal point in every language."""
        return repr(self.result.lean)

    @property
    def agreement_exact(self) -> str:
        """The agreement (0..1) at full precision, with a decimal point in every language."""
        return repr(self.result.agreement)

    @property
    def fit_sales(self) -> float:
        """Fit for sales (0..100). Both fits add up to 100."""
        return 50 + self.result.lean

    @property
    def fit_service(self) -> float:
        """Fit for service (0..100)."""
        return 50 - self.result.lean

    @property
    def is_suggestion(self) -> bool:
        return bool(self.result.field)


def report(
    result: Result,
    questionnaire: Questionnaire,
    values: Mapping[str, int],
    language: str,
    norms: NormGroup | None = None,
) -> Report:
    """Describe a result and the answers it is based on (item key -> value) in a language.

    `norms` are the norms that the result names; None means the defaults.
    """
    result = result.with_range(questionnaire, norms.norms if norms else None)
    low, high = cast(float, result.agreement_low), cast(float, result.agreement_high)
    traits = trait_reports(result, questionnaire, language, norms)
    lean_shown = round(sum(trait.contribution_shown for trait in traits), 1)
    return Report(
        result=result,
        verdict=words(questionnaire.texts[result.verdict.heading], language),
        explanation=words(questionnaire.texts[result.verdict.explanation], language),
        lean_shown=lean_shown,
        lean_strength=abs(lean_shown),
        lean_error=round(result.lean_se, 1),
        leans_to=field_of(result.lean),
        agreement_in_100=_in_a_hundred(result.agreement),
        agreement_from=_in_a_hundred(low),
        agreement_to=_in_a_hundred(high),
        level=level_of(result),
        traits=traits,
        reasons=tuple(sorted(traits, key=lambda trait: -abs(trait.contribution))),
        pulls=_pulls(result, questionnaire, values, language),
        tips=_tips(result, questionnaire, language),
    )


def trait_reports(
    result: Result, questionnaire: Questionnaire, language: str, norms: NormGroup | None = None
) -> tuple[TraitReport, ...]:
    """Describe the traits in the order of the questionnaire."""
    shown = rounded_to_add_up([result.contributions[t.key] for t in questionnaire.traits])
    return tuple(
        _trait_report(result, questionnaire, trait.key, contribution, language, norms)
        for trait, contribution in zip(questionnaire.traits, shown, strict=True)
    )


def _in_a_hundred(share: float) -> int:
    """Return a share (0..1) as whole people of 100, from 1 to 99: 100 would be a promise."""
    return max(1, min(99, math.floor(100 * share + 0.5)))


def _trait_report(
    result: Result,
    questionnaire: Questionnaire,
    key: str,
    contribution: float,
    language: str,
    norms: NormGroup | None,
) -> TraitReport:
    trait = next(trait for trait in questionnaire.traits if trait.key == key)
    score, sem = result.scores[key], result.sem[key]
    error_from, error_to = max(0.0, score - sem), min(100.0, score + sem)
    side = MIDDLE if error_from <= 50 <= error_to else HIGH if score > 50 else LOW
    sentence = {HIGH: trait.high_gloss, LOW: trait.low_gloss}.get(side)
    return TraitReport(
        key=key,
        name=words(trait.name, language),
        low=words(trait.low, language),
        high=words(trait.high, language),
        sentence=words(sentence, language) if sentence else "",
        side=side,
        score=score,
        sem=sem,
        weight=trait.weight,
        error_from=error_from,
        error_to=error_to,
        contribution=result.contributions[key],
        contribution_shown=contribution,
        towards=field_of(result.contributions[key]),
        picture=bar(score, error_from, error_to),
        further_than=_in_a_hundred(norms.percentile(key, score) / 100) if norms else None,
    )


def _pulls(
    result: Result, questionnaire: Questionnaire, values: Mapping[str, int], language: str
) -> tuple[Pulls, ...]:
    labels = {answer.value: words(answer.label, language) for answer in questionnaire.scale}
    in_order = {item.key: result.pulls[item.key] for item in questionnaire.items}
    fields = (SERVICE, SALES) if result.lean < 0 else (SALES, SERVICE)
    sides = []
    for field in fields:
        top = strongest(in_order, field)
        answers = tuple(
            Pull(
                statement=words(questionnaire.items_by_key[key].text, language),
                answer=labels[values[key]],
                points=round(abs(in_order[key]), 1),
            )
            for key in top.item_keys
        )
        sides.append(Pulls(field, answers, top.more))
    return tuple(sides)


def _tips(result: Result, questionnaire: Questionnaire, language: str) -> tuple[Tip, ...]:
    """Return the tips, nearest first."""
    tips = []
    by_distance = sorted(
        (trait for trait in questionnaire.traits if trait.key in result.tips),
        key=lambda trait: abs(result.tips[trait.key] - result.scores[trait.key]),
    )
    for trait in by_distance:
        score, tips_at = result.scores[trait.key], result.tips[trait.key]
        digits = 0 if fixed_text(score, 0) != fixed_text(tips_at, 0) else 1
        tips.append(Tip(words(trait.name, language), score, tips_at, digits))
    return tuple(tips)
