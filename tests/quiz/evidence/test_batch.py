"""Scoring many people together gives exactly the verdicts of scoring each alone."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.core.careless import careless_flags
from quiz.core.questionnaire import Answer
from quiz.core.scoring import score, trait_scores
from quiz.core.verdict import Verdict
from quiz.evidence.batch import (
    LEVELS,
    flag_levels_of,
    trait_scores_of,
    verdicts_of,
)
from tests.answers import SHIPPED, alike, leaning, towards

pytestmark = pytest.mark.pure

SETS = 60


@st.composite
def questionnaires(draw):
    """The shipped questionnaire with other weights, bands, keyings, scale and number of items."""
    shares = draw(st.lists(st.integers(1, 8), min_size=3, max_size=3))
    traits = tuple(
        dataclasses.replace(trait, weight=share / sum(shares))
        for trait, share in zip(SHIPPED.traits, shares, strict=True)
    )
    kept = draw(st.integers(1, 8))
    items = tuple(
        dataclasses.replace(item, keying=draw(st.sampled_from([1, -1])))
        for group in SHIPPED.items_by_trait.values()
        for item in group[:kept]
    )
    low = draw(st.integers(0, 2))
    size = draw(st.integers(2, 7))
    scale = tuple(Answer(value, {"en": str(value)}) for value in range(low, low + size))
    clear = draw(st.sampled_from([0.9, 0.8, 0.95]))
    return dataclasses.replace(
        SHIPPED, traits=traits, items=items, scale=scale, clear_from=clear, leaning_from=0.7
    )


def sets_for(questionnaire, seed, count=SETS):
    random = np.random.default_rng(seed)
    return {
        item.key: random.integers(questionnaire.low, questionnaire.high, count, endpoint=True)
        for item in questionnaire.items
    }


def one_of(answers, place):
    return {key: int(column[place]) for key, column in answers.items()}


def columns(*sets):
    return {key: np.array([each[key] for each in sets]) for key in sets[0]}


def verdicts(questionnaire, answers):
    codes = verdicts_of(questionnaire, answers, flag_levels_of(questionnaire, answers))
    return [tuple(Verdict)[code] for code in codes]


@pytest.mark.slow
@settings(max_examples=60)
@given(questionnaires(), st.integers(0, 2**32 - 1))
def test_batch_gives_the_same_verdicts_as_scoring_alone(questionnaire, seed):
    answers = sets_for(questionnaire, seed)
    alone = [score(questionnaire, one_of(answers, place)) for place in range(SETS)]
    assert verdicts(questionnaire, answers) == [each.verdict for each in alone]


@given(st.integers(0, 2**32 - 1))
def test_batch_gives_the_same_trait_scores(seed):
    answers = sets_for(SHIPPED, seed)
    alone = [list(trait_scores(SHIPPED, one_of(answers, n)).values()) for n in range(SETS)]
    assert trait_scores_of(SHIPPED, answers).tolist() == alone


def worst(flags):
    return max((LEVELS.index(flag.level) for flag in flags), default=0)


@pytest.mark.slow
@given(questionnaires(), st.integers(0, 2**32 - 1), st.booleans())
def test_batch_gives_the_same_flags_without_times(questionnaire, seed, is_careless):
    answers = sets_for(questionnaire, seed)
    if is_careless:
        random = np.random.default_rng(seed)
        answers = {key: np.where(random.random(SETS) < 0.8, 1, c) for key, c in answers.items()}
        answers = {key: np.maximum(c, questionnaire.low) for key, c in answers.items()}
    alone = [worst(careless_flags(questionnaire, one_of(answers, n), {})) for n in range(SETS)]
    assert flag_levels_of(questionnaire, answers).tolist() == alone


def test_every_verdict_occurs():
    sets = [
        towards("sales"),
        leaning("sales", 7),
        leaning("sales", 1),
        leaning("service", 7),
        towards("service"),
        alike(3),
    ]
    assert verdicts(SHIPPED, columns(*sets)) == [score(SHIPPED, each).verdict for each in sets]
    assert set(verdicts(SHIPPED, columns(*sets))) == set(Verdict)


@pytest.mark.parametrize("name", ["clear_from", "leaning_from"])
@pytest.mark.parametrize("step", [-1, 0, 1])
def test_lean_on_an_edge_is_decided_like_scoring_alone(name, step):
    """The edge of the band is exactly at a person's agreement, or next to it."""
    for lean in (3, 6, 9, 13):
        answers = leaning("sales", lean)
        agreement = score(SHIPPED, answers).agreement
        edge = float(np.nextafter(agreement, agreement + step)) if step else agreement
        others = {"clear_from": 0.999, "leaning_from": 0.501}
        questionnaire = dataclasses.replace(SHIPPED, **{**others, name: edge})
        alone = score(questionnaire, answers)
        [verdict] = verdicts(questionnaire, columns(answers))
        assert verdict is alone.verdict


def test_edge_close_to_certainty_matches_scoring_alone():
    """Near 1, the last digit of an agreement covers a wide range of leans."""
    traits = tuple(
        dataclasses.replace(SHIPPED.traits[0], key=f"trait{n}", weight=0.1) for n in range(10)
    )
    items = tuple(
        dataclasses.replace(SHIPPED.items[0], key=f"{trait.key}-{n}", trait=trait.key, keying=side)
        for trait in traits
        for n, side in enumerate([1, -1, 1, -1])
    )
    many_traits = dataclasses.replace(SHIPPED, traits=traits, items=items)
    answers = {item.key: 5 if item.keying > 0 else 2 for item in items}
    agreement = score(many_traits, answers).agreement
    assert 1 - 1e-9 < agreement < 1
    for ulps in range(-3, 4):
        edge = agreement + ulps * 2**-53
        if edge < 1:
            questionnaire = dataclasses.replace(many_traits, clear_from=edge)
            alone = score(questionnaire, answers)
            assert verdicts(questionnaire, columns(answers)) == [alone.verdict]


def test_without_people_there_are_no_verdicts():
    assert verdicts(SHIPPED, {item.key: np.array([], np.int16) for item in SHIPPED.items}) == []


@pytest.mark.parametrize(
    ("level", "verdict"), [(1, Verdict.LEANING_SALES), (2, Verdict.INSUFFICIENT)]
)
def test_flags_cap_the_band(level, verdict):
    answers = columns(leaning("sales", 20))
    [code] = verdicts_of(SHIPPED, answers, np.array([level], dtype=np.int8))
    assert code == verdict.order


def test_answers_to_unknown_items_are_ignored():
    answers = columns(leaning("sales", 7)) | {"OTHER": np.array([5])}
    assert verdicts(SHIPPED, answers) == verdicts(SHIPPED, columns(leaning("sales", 7)))
