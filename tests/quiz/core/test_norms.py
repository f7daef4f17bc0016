"""The rank of a score among the people behind the norms."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.core.norms import NormGroup, percentile_rank
from quiz.core.precision import default_norms
from quiz.core.scoring import trait_scores
from tests.answers import SHIPPED
from tests.questionnaires import QUESTIONNAIRES

pytestmark = pytest.mark.pure


def group(counts, trait="targets"):
    return NormGroup(
        dataclasses.replace(default_norms(SHIPPED), people=sum(counts)),
        "2026-03",
        "2026-11",
        {},
        {trait: counts},
    )


def test_percentile_rank_counts_half_of_equal_scores():
    assert percentile_rank(below=30, equal=10, n=100) == 35


@given(st.lists(st.integers(0, 9), min_size=2, max_size=34).filter(any), st.data())
def test_percentile_is_share_below_plus_half_of_share_equal(counts, data):
    steps = len(counts) - 1
    own = data.draw(st.integers(0, steps))
    everybody = [step for step, count in enumerate(counts) for _ in range(count)]
    below = sum(step < own for step in everybody)
    equal = sum(step == own for step in everybody)
    direct = 100 * (below + equal / 2) / len(everybody)
    assert group(counts).percentile("targets", 100 * own / steps) == pytest.approx(direct)


@pytest.mark.parametrize("questionnaire", QUESTIONNAIRES.values(), ids=QUESTIONNAIRES)
def test_every_possible_score_has_its_own_step(questionnaire):
    for trait, items in questionnaire.items_by_trait.items():
        span = questionnaire.high - questionnaire.low
        counts = [1] * (len(items) * span + 1)
        ranks = []
        for points in range(len(counts)):
            raised = [min(max(points - place * span, 0), span) for place in range(len(items))]
            answers = dict.fromkeys(questionnaire.items_by_key, questionnaire.low)
            for item, more in zip(items, raised, strict=True):
                upwards = item.keying > 0
                answers[item.key] = (
                    questionnaire.low + more if upwards else questionnaire.high - more
                )
            score = trait_scores(questionnaire, answers)[trait]
            ranks.append(group(counts, trait).percentile(trait, score))
        assert ranks == pytest.approx([100 * (p + 0.5) / len(counts) for p in range(len(counts))])


def test_ties_at_either_end_rank_in_the_middle_of_their_share():
    assert group([80, 0, 20]).percentile("targets", 0) == 40
    assert group([80, 0, 20]).percentile("targets", 100) == 90


def test_score_that_no_one_has_ranks_above_everyone_with_less():
    assert group([80, 0, 20]).percentile("targets", 50) == 80
