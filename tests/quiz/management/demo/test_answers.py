from random import Random

import pytest

from quiz.core.scoring import score
from quiz.management.demo.answers import careless_answers, likely_answers
from tests.answers import SHIPPED

pytestmark = pytest.mark.pure


def mean_lean(leaning):
    random = Random(1)
    results = [score(SHIPPED, likely_answers(random, SHIPPED, leaning)) for _ in range(30)]
    assert not any(result.flags for result in results)
    return sum(result.lean for result in results) / len(results)


def test_leaning_moves_the_answers_of_many_people_towards_a_field():
    assert mean_lean(-0.8) < -10 < mean_lean(0) < 10 < mean_lean(0.8)


def test_careless_answers_are_flagged():
    assert score(SHIPPED, careless_answers(SHIPPED)).flags
