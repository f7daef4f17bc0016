"""Checks of the scoring: the results of uniform answers, and verdicts out of reach. Pure."""

import math
from collections.abc import Iterator, Mapping
from itertools import product

from quiz.core.precision import Precision, default_norms, precision
from quiz.core.questionnaire import Questionnaire
from quiz.core.scoring import band_of, contributions_of, field_of, lean_of, trait_scores
from quiz.core.verdict import CLEAR, CLOSE, SALES, SERVICE, Verdict
from quiz.questionnaires.checks.faults import Fault

MOST_COMBINATIONS = 50_000  # of trait scores; the shipped questionnaire has 35,937
FIELDS_IN_WORDS = {SALES: "sales", SERVICE: "customer service"}

# Only careless answers lead to the verdict left out.
REACHABLE: tuple[Verdict, ...] = tuple(
    verdict for verdict in Verdict if verdict is not Verdict.INSUFFICIENT
)


def scoring_faults(questionnaire: Questionnaire) -> Iterator[Fault]:
    """The questionnaire must be one that can be scored."""
    errors = precision(questionnaire, default_norms(questionnaire))
    for who, value in _answering_alike(questionnaire):
        answers = {item.key: value for item in questionnaire.items}
        verdict = _verdict(questionnaire, errors, trait_scores(questionnaire, answers))
        if verdict.band == CLEAR:
            field = FIELDS_IN_WORDS[verdict.field]
            yield Fault.error(
                ("items", ""),
                f"Someone who {who} would get a clear verdict ({field}). Give each trait as "
                "many statements for its low end as for its high end.",
            )
    reached = _reached(questionnaire, errors)
    for verdict in REACHABLE:
        if verdict not in reached:
            name = f"{verdict.band} {FIELDS_IN_WORDS.get(verdict.field, '')}".rstrip()
            yield Fault.error(
                ("version", "clear_from" if verdict.band == CLEAR else "leaning_from"),
                f"No answers at all lead to the verdict “{name}”. Change “clear from”, “leaning "
                "from” or the weights of the traits.",
            )


def _reached(q: Questionnaire, errors: Precision) -> set[Verdict]:
    """Return the verdicts that some answers lead to.

    Stepping from end to end nearly always finds all of them. If not, try every combination of trait
    scores, unless there are so many that some fall into any gap.
    """
    every = set[Verdict](REACHABLE)
    reached = set(_verdicts_from_end_to_end(q, errors))
    most = {key: len(items) * (q.high - q.low) for key, items in q.items_by_trait.items()}
    if reached == every or math.prod(each + 1 for each in most.values()) > MOST_COMBINATIONS:
        return reached if reached == every else every
    for points in product(*(range(each + 1) for each in most.values())):
        scores = {key: 100 * p / most[key] for key, p in zip(most, points, strict=True)}
        reached.add(_verdict(q, errors, scores))
        if reached == every:
            break
    return reached


def _answering_alike(q: Questionnaire) -> list[tuple[str, int]]:
    """Return people who give one answer to everything, in words, with that answer."""
    below, above = (q.low + q.high) // 2, (q.low + q.high + 1) // 2
    middle = (
        [("always picks the middle answer", below)]
        if below == above
        else [
            ("always picks the lower of the two middle answers", below),
            ("always picks the upper of the two middle answers", above),
        ]
    )
    return [("agrees with everything", q.high), ("disagrees with everything", q.low), *middle]


def _verdict(q: Questionnaire, errors: Precision, scores: Mapping[str, float]) -> Verdict:
    """The verdict before careless answers cap its band."""
    lean = lean_of(contributions_of(q, scores))
    band = band_of(q, lean, errors.agreement(lean))
    return Verdict((band, field_of(lean) if band != CLOSE else ""))


def _verdicts_from_end_to_end(q: Questionnaire, errors: Precision) -> Iterator[Verdict]:
    """Yield the verdicts on a walk from all low ends to all high ends, step by step."""
    scores = dict.fromkeys(q.items_by_trait, 0.0)
    points = dict.fromkeys(q.items_by_trait, 0)
    span = q.high - q.low
    yield _verdict(q, errors, scores)
    for item in q.items:
        most = len(q.items_by_trait[item.trait]) * span
        for _ in range(span):
            points[item.trait] += 1
            scores[item.trait] = 100 * points[item.trait] / most
            yield _verdict(q, errors, scores)
