"""Which verdicts can be reached, compared with trying every combination of answers."""

import dataclasses
from itertools import product

import pytest

from quiz.core.precision import default_norms, precision
from quiz.core.questionnaire import Answer
from quiz.core.scoring import band_of, contributions_of, field_of, lean_of
from quiz.core.verdict import Verdict
from quiz.questionnaires.checks.scoring import REACHABLE, scoring_faults
from tests.answers import SHIPPED

pytestmark = pytest.mark.pure


def small(answers, weights, clear, leaning, kept=4):
    traits = tuple(
        dataclasses.replace(trait, weight=weight)
        for trait, weight in zip(SHIPPED.traits, weights, strict=True)
    )
    items = tuple(item for group in SHIPPED.items_by_trait.values() for item in group[:kept])
    scale = tuple(Answer(value, {"en": str(value)}) for value in range(1, answers + 1))
    return dataclasses.replace(
        SHIPPED, traits=traits, items=items, scale=scale, clear_from=clear, leaning_from=leaning
    )


def reached(questionnaire):
    """The verdicts of every combination of trait scores."""
    errors = precision(questionnaire, default_norms(questionnaire))
    span = questionnaire.high - questionnaire.low
    most = {key: len(items) * span for key, items in questionnaire.items_by_trait.items()}
    found = set()
    for points in product(*(range(each + 1) for each in most.values())):
        scores = {key: 100 * p / most[key] for key, p in zip(most, points, strict=True)}
        lean = lean_of(contributions_of(questionnaire, scores))
        band = band_of(questionnaire, lean, errors.agreement(lean))
        found.add(Verdict((band, field_of(lean) if band != "close" else "")))
    return found


@pytest.mark.parametrize("weights", [(0.4, 0.35, 0.25), (0.9, 0.05, 0.05), (0.6, 0.2, 0.2)])
@pytest.mark.parametrize(("clear", "leaning"), [(0.9, 0.7), (0.9, 0.85), (0.9, 0.6), (0.999, 0.99)])
@pytest.mark.parametrize("answers", [2, 5])
@pytest.mark.parametrize("kept", [1, 4])
def test_verdict_is_reported_only_if_no_answers_reach_it(weights, clear, leaning, answers, kept):
    questionnaire = small(answers, weights, clear, leaning, kept)
    missed = set(REACHABLE) - reached(questionnaire)
    reported = [
        fault for fault in scoring_faults(questionnaire) if "No answers at all" in fault.message
    ]
    assert len(reported) == len(missed)


def test_order_of_statements_does_not_matter():
    questionnaire = small(5, (0.9, 0.05, 0.05), 0.9, 0.85)
    turned = dataclasses.replace(questionnaire, items=questionnaire.items[::-1])
    assert list(scoring_faults(questionnaire)) == list(scoring_faults(turned))


def test_too_many_combinations_to_try_are_not_an_error():
    questionnaire = small(5, (0.9, 0.05, 0.05), 0.9, 0.85)
    more = tuple(
        dataclasses.replace(item, key=f"{item.key}{n}") for n in range(6) for item in SHIPPED.items
    )
    questionnaire = dataclasses.replace(questionnaire, items=more)
    assert list(scoring_faults(questionnaire)) == []
