"""Limits for careless answers on scales other than 1 to 5."""

import dataclasses

import pytest

from quiz.core.careless import careless_flags, least_spread, yes_saying_limit
from quiz.core.questionnaire import Answer
from tests.answers import SHIPPED, alike

pytestmark = pytest.mark.pure

SCALES = [(1, 2), (0, 1), (1, 3), (1, 5), (0, 4), (1, 7), (0, 10), (0, 100)]
every_scale = pytest.mark.parametrize("scale", SCALES, ids=lambda ends: f"{ends[0]}..{ends[1]}")


def on(scale):
    low, high = scale
    answers = tuple(Answer(value, {"en": str(value)}) for value in range(low, high + 1))
    return dataclasses.replace(SHIPPED, scale=answers)


def flags(questionnaire, values):
    answers = dict(zip(questionnaire.items_by_key, values, strict=True))
    return {flag.index: flag.level for flag in careless_flags(questionnaire, answers, {})}


@pytest.mark.parametrize(
    ("scale", "spread", "review", "invalid"),
    [
        ((1, 2), 0, 0.1875, 0.25),
        ((0, 1), 0, 0.1875, 0.25),
        ((1, 3), 0.25, 0.375, 0.5),
        ((1, 5), 0.5, 0.75, 1.0),
        ((0, 4), 0.5, 0.75, 1.0),
        ((1, 7), 0.75, 1.125, 1.5),
        ((0, 10), 1.25, 1.875, 2.5),
    ],
)
def test_limits_grow_with_the_span_of_the_scale(scale, spread, review, invalid):
    questionnaire = on(scale)
    assert least_spread(questionnaire) == spread
    assert yes_saying_limit("review", questionnaire) == review
    assert yes_saying_limit("invalid", questionnaire) == invalid


@every_scale
def test_the_same_answer_to_everything_is_invalid(scale):
    questionnaire = on(scale)
    for value in scale:
        values = alike(value, questionnaire).values()
        assert flags(questionnaire, values)["longest_run"] == "invalid"
        assert flags(questionnaire, values)["yes_saying"] == "invalid"


@every_scale
def test_agreeing_with_nearly_everything_is_invalid(scale):
    low, high = scale
    # No run of ten; 20 of 24 answers agree fully.
    values = [low if place % 6 == 5 else high for place in range(24)]
    assert flags(on(scale), values) == {"yes_saying": "invalid"}


@every_scale
def test_answers_at_both_ends_are_no_sign(scale):
    low, high = scale
    assert flags(on(scale), [low, high, high, low] * 6) == {}


@pytest.mark.parametrize(
    ("scale", "close", "apart"), [((1, 7), (4, 5), (4, 6)), ((0, 10), (4, 6), (4, 7))]
)
def test_spread_is_measured_against_the_scale(scale, close, apart):
    assert flags(on(scale), close * 12) == {"spread": "invalid"}
    assert flags(on(scale), apart * 12) == {}
