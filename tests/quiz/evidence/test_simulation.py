"""Simulated takers are reproducible and match the norms."""

import dataclasses
from collections import Counter

import numpy as np
import pytest

from quiz.core.questionnaire import Answer
from quiz.core.scoring import default_norms, score
from quiz.core.verdict import Verdict
from quiz.evidence.batch import flag_levels_of, trait_scores_of
from quiz.evidence.simulation import SEED, answers_from_norms, random_answers, simulate
from tests.answers import SHIPPED

pytestmark = pytest.mark.pure

NORMS = default_norms(SHIPPED)
MANY = 40_000


def count_of(outcome, band, field=""):
    return outcome.counts[Verdict((band, field)).order]


def on_scale(low, high):
    scale = tuple(Answer(value, {"en": str(value)}) for value in range(low, high + 1))
    return dataclasses.replace(SHIPPED, scale=scale)


def test_simulation_is_reproducible():
    assert simulate(SHIPPED) == simulate(SHIPPED)


def test_every_taker_gets_one_verdict():
    simulation = simulate(SHIPPED, takers=1000)
    assert sum(simulation.at_random.counts) == sum(simulation.from_norms.counts) == 1000


def test_random_answers_are_clear_less_often_than_people():
    simulation = simulate(SHIPPED)
    clear = [
        count_of(outcome, "clear", "sales") + count_of(outcome, "clear", "service")
        for outcome in (simulation.at_random, simulation.from_norms)
    ]
    assert clear[0] < clear[1] / 2


def test_neither_field_is_favored():
    simulation = simulate(SHIPPED, takers=MANY)
    for outcome in (simulation.at_random, simulation.from_norms):
        sales = count_of(outcome, "clear", "sales") + count_of(outcome, "leaning", "sales")
        service = count_of(outcome, "clear", "service") + count_of(outcome, "leaning", "service")
        assert sales == pytest.approx(service, rel=0.06)


def test_simulated_counts_match_scoring_one_by_one():
    random = np.random.default_rng(SEED)
    people = [
        random_answers(SHIPPED, 200, random),
        answers_from_norms(SHIPPED, NORMS, 200, random),
    ]
    simulation = simulate(SHIPPED, takers=200)
    for answers, outcome in zip(people, (simulation.at_random, simulation.from_norms), strict=True):
        results = [
            score(SHIPPED, {key: int(column[n]) for key, column in answers.items()})
            for n in range(200)
        ]
        alone = Counter(result.verdict for result in results)
        assert outcome.counts == tuple(alone[verdict] for verdict in Verdict)


def test_most_random_answers_are_too_close_to_call():
    close = count_of(simulate(SHIPPED).at_random, "close")
    assert close > 5_000


@pytest.mark.parametrize(("low", "size"), [(1, 2), (0, 4), (1, 5), (1, 7), (32_763, 5)])
def test_answers_use_the_whole_scale(low, size):
    questionnaire = on_scale(low, low + size - 1)
    random = np.random.default_rng(2)
    for answers in (
        random_answers(questionnaire, 2_000, random),
        answers_from_norms(questionnaire, NORMS, 2_000, random),
    ):
        for column in answers.values():
            assert set(column.tolist()) == set(range(low, low + size))


class TestCareless:
    """Signs of careless answers, on scales with other numbers of answers."""

    PEOPLE = 500
    # Sincere answers that look careless by chance.
    MOST_BY_CHANCE = 8
    scales = pytest.mark.parametrize(
        ("low", "high"), [(1, 2), (0, 1), (1, 3), (1, 5), (1, 7), (0, 10), (0, 100)]
    )

    def without_suggestion(self, questionnaire, answers):
        levels = flag_levels_of(questionnaire, answers)
        return np.count_nonzero(levels == 2)

    @scales
    def test_nearly_all_sincere_people_get_a_suggestion(self, low, high):
        questionnaire = on_scale(low, high)
        for seed in range(5):
            answers = answers_from_norms(
                questionnaire, NORMS, self.PEOPLE, np.random.default_rng(seed)
            )
            assert self.without_suggestion(questionnaire, answers) <= self.MOST_BY_CHANCE

    @scales
    def test_people_who_agree_with_nearly_everything_get_none(self, low, high):
        questionnaire = on_scale(low, high)
        random = np.random.default_rng(SEED)
        answers = {
            item.key: np.where(random.random(self.PEOPLE) < 0.95, high, low)
            for item in questionnaire.items
        }
        assert self.without_suggestion(questionnaire, answers) >= self.PEOPLE * 0.98


def test_people_from_norms_have_the_scores_of_the_norms():
    scores = trait_scores_of(
        SHIPPED, answers_from_norms(SHIPPED, NORMS, MANY, np.random.default_rng(1))
    )
    assert scores.mean(axis=0) == pytest.approx([50] * 3, abs=0.5)
    assert scores.std(axis=0) == pytest.approx([18] * 3, abs=0.3)
    seen = np.corrcoef(scores.T)[np.triu_indices(3, 1)]
    assert seen == pytest.approx([0.30] * 3, abs=0.04)


def test_mean_lean_shifts_the_verdicts():
    moved = dataclasses.replace(NORMS, mean_lean=8.0)
    outcome = simulate(SHIPPED, norms=moved).from_norms
    assert count_of(outcome, "clear", "sales") > 4 * count_of(outcome, "clear", "service")


@pytest.mark.parametrize("kept", [1, 2, 5])
def test_simulation_works_with_few_statements(kept):
    items = tuple(item for group in SHIPPED.items_by_trait.values() for item in group[:kept])
    assert (
        sum(simulate(dataclasses.replace(SHIPPED, items=items), takers=50).at_random.counts) == 50
    )


def test_contradictory_norms_still_simulate():
    odd = dataclasses.replace(
        NORMS,
        reliability=dict.fromkeys(NORMS.reliability, 0.1),
        correlations=dict.fromkeys(NORMS.correlations, 0.9),
    )
    assert sum(simulate(SHIPPED, norms=odd, takers=100).from_norms.counts) == 100
