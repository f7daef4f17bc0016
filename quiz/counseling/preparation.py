"""A counselor's sheet to prepare for a meeting, based on a result and within its scope. Pure.

This module has keys and values only. The words are in `templatetags/preparation_words.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from quiz.core.questionnaire import Item, Questionnaire, words
from quiz.core.scopes import Scope
from quiz.core.scoring import keyed
from quiz.core.verdict import CLOSE, INSUFFICIENT
from quiz.results.report import HIGH, MIDDLE, Report, Tip, TraitReport

# Kinds of tension in a result, in the order of the sheet.
TOO_CLOSE, NO_SUGGESTION, CARELESS, AGAINST_LEAN, CONTRADICTION = (
    *("too close", "no suggestion", "careless", "against the lean", "contradiction"),
)

# Two answers about one preference contradict each other if they are this share of the scale apart.
FAR_APART = 0.75

FEWEST_QUESTIONS, MOST_QUESTIONS = 6, 10


@dataclass(frozen=True)
class Preference:
    """A trait and its side: HIGH or LOW; MIDDLE if 50 is within one SEM of the score."""

    key: str
    name: str
    side: str
    pole: str
    other_pole: str
    score: float
    error_from: float
    error_to: float
    towards: str


@dataclass(frozen=True)
class Said:
    """A statement, its answer, and the pole that the answer speaks for."""

    statement: str
    answer: str
    pole: str


@dataclass(frozen=True)
class Tension:
    """A tension in the result, with the preference, flag or answers it is about.

    CARELESS without a flag says that there are signs, but not which ones.
    """

    kind: str
    preference: Preference | None = None
    flag: str = ""
    said: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Question:
    """An open question to ask, with the preference or answers it is about."""

    key: str
    preference: Preference | None = None
    said: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Preparation:
    """What to look at before a meeting. Parts that the scope hides are empty.

    Each preference either stands out or is in the middle. `leans_to` is a field, or empty if the
    lean is exactly 0. `tips` come nearest first.
    """

    scope: Scope
    verdict: str
    band: str
    leans_to: str
    stands_out: tuple[Preference, ...]
    in_the_middle: tuple[Preference, ...]
    tensions: tuple[Tension, ...]
    tips: tuple[Tip, ...]
    questions: tuple[Question, ...]


def prepare(
    report: Report,
    questionnaire: Questionnaire,
    values: Mapping[str, int],
    language: str,
    scope: Scope,
) -> Preparation:
    """Make the sheet for a result and its answers (item key -> value), within a scope."""
    traits = report.traits if scope.shows_traits else ()
    preferences = tuple(_preference(trait) for trait in traits)
    by_distance = sorted(
        zip(preferences, traits, strict=True), key=lambda pair: -_distance(pair[1])
    )
    stands_out = tuple(each for each, _trait in by_distance if each.side != MIDDLE)
    in_the_middle = tuple(each for each in preferences if each.side == MIDDLE)
    tensions = (
        *_of_the_verdict(report, scope),
        *_of_the_preferences(preferences, report.leans_to),
        *(
            _contradictions(preferences, questionnaire, values, language)
            if scope.shows_answers
            else ()
        ),
    )
    tips = report.tips if scope.shows_traits else ()
    return Preparation(
        scope=scope,
        verdict=report.verdict,
        band=report.result.band,
        leans_to=report.leans_to,
        stands_out=stands_out,
        in_the_middle=in_the_middle,
        tensions=tensions,
        tips=tips,
        questions=questions(stands_out, in_the_middle, tensions, has_tips=bool(tips)),
    )


def _preference(trait: TraitReport) -> Preference:
    is_high = trait.side == HIGH
    return Preference(
        key=trait.key,
        name=trait.name,
        side=trait.side,
        pole=trait.high if is_high else trait.low,
        other_pole=trait.low if is_high else trait.high,
        score=trait.score,
        error_from=trait.error_from,
        error_to=trait.error_to,
        towards=trait.towards,
    )


def _distance(trait: TraitReport) -> float:
    """Return the distance from the middle, as a multiple of the SEM."""
    return abs(trait.score - 50) / trait.sem if trait.sem else abs(trait.score - 50)


# ---------------------------------------------------------------- tensions


def _of_the_verdict(report: Report, scope: Scope) -> Iterator[Tension]:
    if report.result.band == CLOSE:
        yield Tension(TOO_CLOSE)
    if report.result.band == INSUFFICIENT:
        yield Tension(NO_SUGGESTION)
    flags = report.result.flags
    if scope.shows_answers:
        yield from (Tension(CARELESS, flag=flag.index) for flag in flags)
    elif flags:
        # Naming the flags would reveal how the person answered.
        yield Tension(CARELESS)


def _of_the_preferences(preferences: Sequence[Preference], leans_to: str) -> Iterator[Tension]:
    for each in preferences:
        if each.side != MIDDLE and leans_to and each.towards != leans_to:
            yield Tension(AGAINST_LEAN, each)


def _contradictions(
    preferences: Sequence[Preference],
    questionnaire: Questionnaire,
    values: Mapping[str, int],
    language: str,
) -> Iterator[Tension]:
    """Find the two answers furthest apart in each preference; for ties, the first ones shown."""
    span = questionnaire.high - questionnaire.low
    for each in preferences:
        items = questionnaire.items_by_trait[each.key]
        towards_high = {item.key: keyed(questionnaire, item, values[item.key]) for item in items}
        low = min(items, key=lambda item: towards_high[item.key])
        high = max(items, key=lambda item: towards_high[item.key])
        if towards_high[high.key] - towards_high[low.key] >= FAR_APART * span:
            pair = sorted((high, low), key=questionnaire.items.index)
            said = (_said(item, questionnaire, values, language, item is high) for item in pair)
            yield Tension(CONTRADICTION, each, said=tuple(said))


def _said(
    item: Item,
    questionnaire: Questionnaire,
    values: Mapping[str, int],
    language: str,
    is_high: bool,
) -> Said:
    trait = next(trait for trait in questionnaire.traits if trait.key == item.trait)
    answer = next(step for step in questionnaire.scale if step.value == values[item.key])
    return Said(
        statement=words(item.text, language),
        answer=words(answer.label, language),
        pole=words(trait.high if is_high else trait.low, language),
    )


# ---------------------------------------------------------------- questions

OPENING, CLOSING = "opening", "closing"
# Tensions with a question of their own. CARELESS has none; NO_SUGGESTION covers it.
ABOUT_TENSIONS = (TOO_CLOSE, NO_SUGGESTION, AGAINST_LEAN, CONTRADICTION)
STANDS_OUT, IN_THE_MIDDLE, TIP = "stands out", "in the middle", "tip"
# Fill up a short sheet, in this order.
GENERAL = ("good day", "try out", "people at work", "must have")


def questions(
    stands_out: Sequence[Preference],
    in_the_middle: Sequence[Preference],
    tensions: Sequence[Tension],
    *,
    has_tips: bool,
) -> tuple[Question, ...]:
    """Return 6 to 10 questions: about tensions, about each preference, then general ones."""
    about = [
        Question(tension.kind, tension.preference, tension.said)
        for tension in tensions
        if tension.kind in ABOUT_TENSIONS
    ]
    about += [Question(STANDS_OUT, each) for each in stands_out]
    about += [Question(IN_THE_MIDDLE, each) for each in in_the_middle]
    if has_tips:
        about.append(Question(TIP))
    inner = about[: MOST_QUESTIONS - 2]
    missing = max(0, FEWEST_QUESTIONS - 2 - len(inner))
    inner += [Question(key) for key in GENERAL[:missing]]
    return (Question(OPENING), *inner, Question(CLOSING))
