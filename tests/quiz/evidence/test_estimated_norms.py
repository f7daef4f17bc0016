"""Norms from a tally match the people in it."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.core.precision import default_norms
from quiz.core.scoring import keyed
from quiz.evidence.figures import NormsError, estimated_norms
from quiz.evidence.simulation import answers_from_norms, random_answers
from quiz.evidence.tally import TallyCounts
from tests.answers import SHIPPED
from tests.quiz.evidence.direct import (
    answers_of,
    direct_alpha,
    figures_of,
    keyed_table,
    questionnaires,
    same,
    score_table,
    seeds,
)
from tests.quiz.evidence.factories import answering, counted, tally_of

pytestmark = pytest.mark.pure


class TestNorms:
    @settings(max_examples=5)
    @given(questionnaires, seeds, st.integers(200, 300))
    def test_norms_match_the_people(self, questionnaire, seed, size):
        people = counted(questionnaire, seed, size, ties=[1.2], alike=[0])
        group = estimated_norms(TallyCounts.of(questionnaire, people), questionnaire, 7)
        table, scores = keyed_table(questionnaire, people), score_table(questionnaire, people)
        norms = group.norms
        assert (norms.number, group.people) == (7, size)
        months = sorted(person.finished_in for person in people)
        assert (group.since, group.until) == (months[0], months[-1])
        keys = [trait.key for trait in questionnaire.traits]
        for place, key in enumerate(keys):
            own = table[:, [item.trait == key for item in questionnaire.items]]
            alpha = direct_alpha(own)
            assert norms.sd[key] == same(scores[:, place].std(ddof=1))
            assert norms.reliability[key] == same(min(max(alpha, 0), 0.99))
            most = own.shape[1] * (questionnaire.high - questionnaire.low)
            points = Counter(np.rint(scores[:, place] * most / 100).astype(int).tolist())
            assert list(group.points[key]) == [points[step] for step in range(most + 1)]
            for other in range(place):
                r = np.corrcoef(scores[:, place], scores[:, other])[0, 1]
                assert norms.correlation(key, keys[other]) == same(r)
        weights = np.array([trait.weight for trait in questionnaire.traits])
        assert norms.mean_lean == same(((scores - 50) @ weights).mean())

    @settings(max_examples=5)
    @given(questionnaires, seeds)
    def test_percentile_counts_the_people(self, questionnaire, seed):
        people = counted(questionnaire, seed, 210, ties=[1.2], alike=[0])
        group = estimated_norms(TallyCounts.of(questionnaire, people), questionnaire, 1)
        scores = score_table(questionnaire, people)
        for place, trait in enumerate(questionnaire.traits):
            column = scores[:, place]
            for score in set(column.tolist()):
                rank = 100 * ((column < score).sum() + (column == score).sum() / 2) / 210
                assert group.percentile(trait.key, score) == same(rank)

    def test_norms_need_200_people(self):
        people = counted(SHIPPED, 3, 200, ties=[1.2], alike=[0])
        with pytest.raises(NormsError, match=r"199 people.*200"):
            estimated_norms(TallyCounts.of(SHIPPED, people[:199]), SHIPPED, 1)
        assert estimated_norms(TallyCounts.of(SHIPPED, people), SHIPPED, 1).people == 200

    def test_random_answers_give_no_norms(self):
        answers = random_answers(SHIPPED, 2_000, np.random.default_rng(1))
        with pytest.raises(NormsError, match="chance"):
            estimated_norms(tally_of(SHIPPED, answers), SHIPPED, 1)

    def test_error_names_a_trait_that_does_not_vary(self):
        people = [
            person._replace(
                values=[
                    4 if item.trait == "targets" else value
                    for item, value in zip(SHIPPED.items, person.values, strict=True)
                ]
            )
            for person in counted(SHIPPED, 3, 200, ties=[1.2], alike=[0])
        ]
        with pytest.raises(NormsError, match="targets"):
            estimated_norms(TallyCounts.of(SHIPPED, people), SHIPPED, 1)

    def test_reliability_is_at_most_99(self):
        people = [
            answering([3 + item.keying * (person % 5 - 2) for item in SHIPPED.items])
            for person in range(200)
        ]
        norms = estimated_norms(TallyCounts.of(SHIPPED, people), SHIPPED, 1).norms
        assert set(norms.reliability.values()) == {0.99}
        found = figures_of(SHIPPED, people)
        assert [trait.scale.alpha for trait in found.traits] == pytest.approx([1, 1, 1])
        assert found.traits[0].sem == pytest.approx(found.traits[0].sd * 0.1)

    def test_reliability_is_at_least_0(self):
        items = SHIPPED.items_by_trait["persuasion"]
        people = counted(SHIPPED, 3, 300, ties=[1.2], alike=[0])
        for place, person in enumerate(people):
            answers = answers_of(SHIPPED, person)
            for one, against in zip(items[:4], items[4:], strict=True):
                # Four of five people contradict each answer with another one; every fifth doesn't.
                high = 6 - keyed(SHIPPED, one, answers[one.key]) if place % 5 else 4
                answers[against.key] = keyed(SHIPPED, against, high)
            people[place] = person._replace(values=list(answers.values()))
        found = figures_of(SHIPPED, people).traits[1]
        assert found.scale.alpha < 0
        assert found.sem == found.sd
        norms = estimated_norms(TallyCounts.of(SHIPPED, people), SHIPPED, 1).norms
        assert norms.reliability["persuasion"] == 0

    @pytest.mark.parametrize("seed", [1, 2])
    def test_norms_recover_the_simulated_population(self, seed):
        norms = default_norms(SHIPPED)
        answers = answers_from_norms(SHIPPED, norms, 5_000, np.random.default_rng(seed))
        found = estimated_norms(tally_of(SHIPPED, answers), SHIPPED, 1).norms
        # The error of sd is 18 / sqrt(2 * 5000) = .18. Rounding to the scale changes less.
        assert list(found.sd.values()) == pytest.approx([18] * 3, abs=0.8)
        assert list(found.correlations.values()) == pytest.approx([0.3] * 3, abs=0.06)
        assert found.mean_lean == pytest.approx(0, abs=0.8)
