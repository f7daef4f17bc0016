"""Many sets of answers at once get exactly the verdicts that each would get alone."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.core.careless import careless_flags
from quiz.core.questionnaire import Answer
from quiz.core.scoring import score, trait_scores
from quiz.evidence.batch import (
    CODES,
    LEVELS,
    VERDICTS,
    flag_levels_of,
    trait_scores_of,
    verdicts_of,
)
from tests.answers import SHIPPED, alike, leaning, towards

pytestmark = pytest.mark.pure

SETS = 60


@st.composite
def questionnaires(draw):
    """The shipped statements with other weights, bands, keyings, scale, and number of items."""
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
    return [VERDICTS[code] for code in codes]


@settings(max_examples=60)
@given(questionnaires(), st.integers(0, 2**32 - 1))
def test_each_gets_the_verdict_that_it_would_get_alone(questionnaire, seed):
    answers = sets_for(questionnaire, seed)
    alone = [score(questionnaire, one_of(answers, place)) for place in range(SETS)]
    assert verdicts(questionnaire, answers) == [(each.band, each.field) for each in alone]


@given(st.integers(0, 2**32 - 1))
def test_trait_scores_are_the_same_numbers(seed):
    answers = sets_for(SHIPPED, seed)
    alone = [list(trait_scores(SHIPPED, one_of(answers, n)).values()) for n in range(SETS)]
    assert trait_scores_of(SHIPPED, answers).tolist() == alone


def worst(flags):
    return max((LEVELS.index(flag.level) for flag in flags), default=0)


@given(questionnaires(), st.integers(0, 2**32 - 1), st.booleans())
def test_flags_are_the_same_without_times(questionnaire, seed, is_careless):
    answers = sets_for(questionnaire, seed)
    if is_careless:
        random = np.random.default_rng(seed)
        answers = {key: np.where(random.random(SETS) < 0.8, 1, c) for key, c in answers.items()}
        answers = {key: np.maximum(c, questionnaire.low) for key, c in answers.items()}
    alone = [worst(careless_flags(questionnaire, one_of(answers, n), {})) for n in range(SETS)]
    assert flag_levels_of(questionnaire, answers).tolist() == alone


def test_answers_that_stand_for_every_verdict():
    sets = [
        towards("sales"),
        leaning("sales", 7),
        leaning("sales", 1),
        leaning("service", 7),
        towards("service"),
        alike(3),
    ]
    assert verdicts(SHIPPED, columns(*sets)) == [
        (result.band, result.field) for result in (score(SHIPPED, each) for each in sets)
    ]
    assert {"clear", "leaning", "close", "insufficient"} == {
        band for band, _field in verdicts(SHIPPED, columns(*sets))
    }


@pytest.mark.parametrize("name", ["clear_from", "leaning_from"])
@pytest.mark.parametrize("step", [-1, 0, 1])
def test_a_lean_on_an_edge_is_decided_as_it_would_be_alone(name, step):
    """The edge is put on somebody's own agreement, or a breath beside it."""
    for lean in (3, 6, 9, 13):
        answers = leaning("sales", lean)
        agreement = score(SHIPPED, answers).agreement
        edge = float(np.nextafter(agreement, agreement + step)) if step else agreement
        others = {"clear_from": 0.999, "leaning_from": 0.501}
        questionnaire = dataclasses.replace(SHIPPED, **{**others, name: edge})
        alone = score(questionnaire, answers)
        [verdict] = verdicts(questionnaire, columns(answers))
        assert verdict == (alone.band, alone.field)


def test_a_band_that_hardly_anybody_reaches_has_no_other_edge():
    """Close to 1 the agreement changes so slowly that its last digit is a long way of lean."""
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
            assert verdicts(questionnaire, columns(answers)) == [(alone.band, alone.field)]


def test_nobody_gets_no_verdict():
    assert verdicts(SHIPPED, {item.key: np.array([], np.int16) for item in SHIPPED.items}) == []


@pytest.mark.parametrize(("level", "verdict"), [(1, "leaning_sales"), (2, "insufficient")])
def test_flags_cap_the_band(level, verdict):
    answers = columns(leaning("sales", 20))
    [code] = verdicts_of(SHIPPED, answers, np.array([level], dtype=np.int8))
    assert "_".join(filter(None, VERDICTS[code])) == verdict


def test_answers_to_what_is_not_asked_are_passed_over():
    answers = columns(leaning("sales", 7)) | {"OTHER": np.array([5])}
    assert verdicts(SHIPPED, answers) == verdicts(SHIPPED, columns(leaning("sales", 7)))


def test_every_verdict_has_a_place():
    assert [CODES[verdict] for verdict in VERDICTS] == list(range(6))
