"""A tally counts what a list of people would show, and forgets in which order they came."""

import json
import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.core.scoring import keyed, trait_scores
from quiz.evidence.tally import (
    LEAN_STEP,
    LEAN_STEPS,
    TIME_STEP_MS,
    TIME_STEPS,
    Tallied,
    Tally,
    halves_of,
)
from tests.answers import SHIPPED
from tests.questionnaires import QUESTIONNAIRES, SMALL
from tests.quiz.evidence.factories import answering, people

pytestmark = pytest.mark.pure

EXAMPLES = settings(max_examples=20)

# Points of the traits in the first half (0..16), and the lean that they come to.
EDGES = [((1, 9, 13), -2.5), ((1, 11, 1), -25), ((3, 7, 15), 2.5), ((3, 11, 15), 10)]

questionnaires = st.sampled_from(list(QUESTIONNAIRES.values()))
seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(0, 25)


def answers_of(questionnaire, person):
    return {item.key: value for item, value in zip(questionnaire.items, person.values, strict=True)}


def nonzero(counts):
    """Return counts by place, without what nobody is in."""
    return {place: count for place, count in enumerate(counts.tolist()) if count}


def assert_same(a: Tally, b: Tally) -> None:
    """As they are kept, to the last letter."""
    assert json.dumps(a.to_data()) == json.dumps(b.to_data())


class TestCounts:
    """Against the people themselves, one by one."""

    @EXAMPLES
    @given(questionnaires, seeds, sizes)
    def test_moments_are_those_of_the_raw_answers(self, questionnaire, seed, size):
        sittings = people(questionnaire, seed, size)
        rows = [person.values for person in sittings if person.values]
        moments = Tally.of(questionnaire, sittings).moments
        assert moments.n == len(rows)
        for a in range(len(questionnaire.items)):
            assert moments.sums[a] == sum(row[a] for row in rows)
            for b in range(len(questionnaire.items)):
                assert moments.products[a, b] == sum(row[a] * row[b] for row in rows)

    @EXAMPLES
    @given(questionnaires, seeds, sizes)
    def test_steps_are_how_often_each_answer_was_given(self, questionnaire, seed, size):
        sittings = people(questionnaire, seed, size)
        tally = Tally.of(questionnaire, sittings)
        width = questionnaire.high - questionnaire.low + 1
        assert tally.steps.shape == (len(questionnaire.items), width)
        for place, counts in enumerate(tally.steps):
            given_ = Counter(p.values[place] - questionnaire.low for p in sittings if p.values)
            assert nonzero(counts) == given_

    @EXAMPLES
    @given(questionnaires, seeds, sizes)
    def test_points_are_how_many_have_each_score(self, questionnaire, seed, size):
        sittings = people(questionnaire, seed, size)
        tally = Tally.of(questionnaire, sittings)
        scores = [
            trait_scores(questionnaire, answers_of(questionnaire, person))
            for person in sittings
            if person.values
        ]
        for trait, items in questionnaire.items_by_trait.items():
            most = len(items) * (questionnaire.high - questionnaire.low)
            assert len(tally.points[trait]) == most + 1
            expected = Counter(round(each[trait] * most / 100) for each in scores)
            assert nonzero(tally.points[trait]) == expected

    @EXAMPLES
    @given(questionnaires, seeds, sizes)
    def test_times_are_counted_page_by_page_where_they_are_known(self, questionnaire, seed, size):
        sittings = people(questionnaire, seed, size)
        tally = Tally.of(questionnaire, sittings)
        assert tally.times.shape == (len(questionnaire.item_pages), TIME_STEPS)
        for page, counts in enumerate(tally.times):
            known = [p.ms[page] for p in sittings if p.values and p.ms[page] is not None]
            assert nonzero(counts) == Counter(min(ms // TIME_STEP_MS, 60) for ms in known)

    @EXAMPLES
    @given(questionnaires, seeds, sizes)
    def test_months_and_days_are_those_of_finishing_and_of_beginning(
        self, questionnaire, seed, size
    ):
        sittings = people(questionnaire, seed, size)
        tally = Tally.of(questionnaire, sittings)
        last = len(questionnaire.item_pages) + 1
        people_in = {month: int(counts.sum()) for month, counts in tally.people.items()}
        assert people_in == Counter(p.finished_in for p in sittings if p.values)
        assert by_key(tally.verdicts) == Counter(
            (p.finished_in, p.verdict) for p in sittings if p.verdict is not None
        )
        assert by_key(tally.ways) == Counter(
            (p.begun_on, last if p.pages is None else p.pages) for p in sittings
        )
        assert nonzero(tally.finished) == Counter(
            p.verdict for p in sittings if p.verdict is not None
        )

    def test_a_time_is_in_the_step_that_begins_with_it_and_thirty_seconds_are_the_last(self):
        ms = [0, 499, 500, 29_999, 30_000, 10**9]
        sittings = [answering([3] * 24, ms=[each, None, None, None]) for each in ms]
        assert nonzero(Tally.of(SHIPPED, sittings).times[0]) == {0: 2, 1: 1, 59: 1, 60: 2}

    def test_who_left_or_is_flagged_is_in_no_statistics(self):
        sittings = [
            Tallied("2026-11-02", 3),
            Tallied("2026-11-02", None, "2026-11", 5),
            Tallied("2026-11-02", None, "2026-11"),
        ]
        tally = Tally.of(SHIPPED, sittings)
        assert (tally.n, tally.people, int(tally.finished.sum())) == (0, {}, 1)
        assert tally.ways["2026-11-02"].tolist() == [0, 0, 0, 1, 0, 2]


def by_key(counts):
    return {(key, place): n for key, own in counts.items() for place, n in nonzero(own).items()}


class TestHalves:
    @pytest.mark.parametrize("questionnaire", QUESTIONNAIRES.values(), ids=QUESTIONNAIRES)
    def test_each_item_is_in_one_half_and_no_trait_or_keying_in_one_alone(self, questionnaire):
        first, second = halves_of(questionnaire)
        assert {item.key for item in first + second} == set(questionnaire.items_by_key)
        assert len(first + second) == len(questionnaire.items)
        for trait in questionnaire.traits:
            one, other = (
                Counter(item.keying for item in half if item.trait == trait.key)
                for half in (first, second)
            )
            assert 0 <= one.total() - other.total() <= 1
            assert all(abs(one[keying] - other[keying]) <= 1 for keying in (1, -1))

    def test_halves_of_the_shipped_questions_are_alike_in_every_count(self):
        kinds = [Counter((i.trait, i.keying) for i in half) for half in halves_of(SHIPPED)]
        assert kinds[0] == kinds[1]

    @EXAMPLES
    @given(questionnaires, seeds)
    def test_each_person_stands_where_the_two_leans_say(self, questionnaire, seed):
        for person in people(questionnaire, seed, 12):
            if person.values:
                counts = Tally.of(questionnaire, [person]).halves
                first, second = half_leans(questionnaire, person.values)
                assert nonzero(counts.ravel()) == expected_cell(first, second)

    @pytest.mark.parametrize(("points", "lean"), EDGES)
    def test_a_lean_on_the_edge_of_a_step_is_in_the_outer_one(self, points, lean):
        """Floats fall just short of these."""
        wanted = dict(zip(SHIPPED.items_by_trait, points, strict=True))
        answers = dict.fromkeys(SHIPPED.items_by_key, 3)
        for item in halves_of(SHIPPED)[0]:
            given_ = min(wanted[item.trait], 4)
            wanted[item.trait] -= given_
            answers[item.key] = 1 + given_ if item.keying > 0 else 5 - given_
        first, second = half_leans(SHIPPED, list(answers.values()))
        assert (first, second) == (lean, 0)
        counts = Tally.of(SHIPPED, [answering(list(answers.values()))]).halves
        assert nonzero(counts.ravel()) == expected_cell(first, second)

    def test_who_stands_in_the_middle_by_one_half_is_told_no_field_to_agree_to(self):
        assert not Tally.of(SHIPPED, [answering([3] * 24)]).halves.any()

    @pytest.mark.parametrize(("value", "row"), [(1, LEAN_STEPS - 1), (-1, 0)])
    def test_the_furthest_leans_are_in_the_outermost_steps(self, value, row):
        values = [3 + 2 * value * item.keying for item in SHIPPED.items]
        column = 1 + value
        counts = Tally.of(SHIPPED, [answering(values)]).halves
        assert nonzero(counts.ravel()) == {row * 3 + column: 1}


def half_leans(questionnaire, values):
    """Return the lean by each half, as exact fractions of what the weights are written as."""
    answers = {item.key: value for item, value in zip(questionnaire.items, values, strict=True)}
    low, span = questionnaire.low, questionnaire.high - questionnaire.low
    leans = []
    for half in halves_of(questionnaire):
        lean = Fraction(0)
        for trait in questionnaire.traits:
            own = [keyed(questionnaire, i, answers[i.key]) for i in half if i.trait == trait.key]
            score = Fraction(100 * (sum(own) - len(own) * low), len(own) * span)
            lean += Fraction(str(trait.weight)) * (score - 50)
        leans.append(lean)
    return leans


def expected_cell(first, second):
    """Return the one cell that a person is counted in, if any."""
    if first == 0:
        return {}
    step = min(math.floor(abs(first) / Fraction(LEAN_STEP)), LEAN_STEPS // 2 - 1)
    row = LEAN_STEPS // 2 + (step if first > 0 else -1 - step)
    column = 1 + (second > 0) - (second < 0)
    return {row * 3 + column: 1}


class TestComingAndGoing:
    @EXAMPLES
    @given(questionnaires, seeds, sizes, st.data())
    def test_any_parts_in_any_order_come_to_the_same(self, questionnaire, seed, size, data):
        sittings = people(questionnaire, seed, size)
        shuffled = data.draw(st.permutations(sittings))
        cuts = sorted(data.draw(st.lists(st.integers(0, size), max_size=4)))
        parts = [
            Tally.of(questionnaire, shuffled[begin:end])
            for begin, end in zip([0, *cuts], [*cuts, size], strict=True)
        ]
        together = Tally.of(questionnaire, [])
        for part in parts:
            together = together + part
        assert_same(together, Tally.of(questionnaire, sittings))

    @EXAMPLES
    @given(questionnaires, seeds, sizes, seeds, sizes)
    def test_who_came_can_be_taken_out_again(self, questionnaire, seed, size, seed_b, size_b):
        a = Tally.of(questionnaire, people(questionnaire, seed, size))
        b = Tally.of(questionnaire, people(questionnaire, seed_b, size_b))
        assert_same(a + b - b, a)
        assert_same(b + a - b, a)

    @EXAMPLES
    @given(questionnaires, seeds, sizes)
    def test_when_everybody_is_taken_out_nobody_had_ever_come(self, questionnaire, seed, size):
        sittings = people(questionnaire, seed, size)
        tally = Tally.of(questionnaire, sittings)
        for person in reversed(sittings):
            tally = tally - Tally.of(questionnaire, [person])
        assert_same(tally, Tally.of(questionnaire, []))

    def test_one_more_person_is_one_more_in_every_part(self):
        person = answering([1, 4] * 12)
        before = Tally.of(SHIPPED, people(SHIPPED, 1, 20))
        after = before + Tally.of(SHIPPED, [person])
        assert after.n == before.n + 1
        for name in ("steps", "halves", "times"):
            more = getattr(after, name) - getattr(before, name)
            assert more.sum() == {"steps": 24, "halves": 1, "times": 4}[name], name
        for name in ("points", "people", "verdicts", "ways"):
            more = sum(each.sum() for each in getattr(after, name).values()) - sum(
                each.sum() for each in getattr(before, name).values()
            )
            assert more == {"points": 3}.get(name, 1), name

    def test_adding_changes_neither_of_the_two(self):
        a, b = (Tally.of(SMALL, people(SMALL, seed, 9)) for seed in (1, 2))
        before = a.to_data(), b.to_data()
        a + b, a - b
        assert (a.to_data(), b.to_data()) == before


class TestKept:
    @EXAMPLES
    @given(questionnaires, seeds, sizes, seeds)
    def test_a_tally_comes_back_from_json_and_counts_on(self, questionnaire, seed, size, seed_b):
        tally = Tally.of(questionnaire, people(questionnaire, seed, size))
        more = Tally.of(questionnaire, people(questionnaire, seed_b, 5))
        kept = Tally.from_data(json.loads(json.dumps(tally.to_data())))
        assert_same(kept, tally)
        assert_same(kept + more, tally + more)
        assert_same(kept + more - more, tally)

    def test_what_comes_back_is_whole_numbers_and_mirrored(self):
        tally = Tally.of(SHIPPED, people(SHIPPED, 3, 20))
        kept = Tally.from_data(tally.to_data())
        assert np.array_equal(kept.moments.products, tally.moments.products)
        assert kept.moments.products.dtype == kept.halves.dtype == np.int64

    def test_it_grows_with_months_and_days_and_not_with_people(self):
        few, many = (Tally.of(SMALL, people(SMALL, 1, size)) for size in (40, 400))
        assert shape(many.to_data()) == shape(few.to_data())


def shape(data):
    if isinstance(data, dict):
        return {key: shape(value) for key, value in data.items()}
    return [shape(value) for value in data] if isinstance(data, list) else None
