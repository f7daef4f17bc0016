"""A tally counts the same as a list of people, in any order."""

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
    TallyCounts,
    halves_of,
)
from tests.answers import SHIPPED
from tests.questionnaires import QUESTIONNAIRES, SMALL
from tests.quiz.evidence.factories import answering, people

pytestmark = pytest.mark.pure

EXAMPLES = settings(max_examples=20)

# Points of the traits in the first half (0..16), and the resulting lean.
EDGES = [((1, 9, 13), -2.5), ((1, 11, 1), -25), ((3, 7, 15), 2.5), ((3, 11, 15), 10)]

questionnaires = st.sampled_from(list(QUESTIONNAIRES.values()))
seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(0, 25)


def answers_of(questionnaire, person):
    return {item.key: value for item, value in zip(questionnaire.items, person.values, strict=True)}


def nonzero(counts):
    """Return counts by index, without zeros."""
    return {place: count for place, count in enumerate(counts.tolist()) if count}


def assert_same(a: TallyCounts, b: TallyCounts) -> None:
    """Compare the stored form."""
    assert json.dumps(a.to_data()) == json.dumps(b.to_data())


class TestCounts:
    """Compared with counting the people one by one."""

    @EXAMPLES
    @given(questionnaires, seeds, sizes)
    def test_moments_match_the_raw_answers(self, questionnaire, seed, size):
        sittings = people(questionnaire, seed, size)
        rows = [person.values for person in sittings if person.values]
        moments = TallyCounts.of(questionnaire, sittings).moments
        assert moments.n == len(rows)
        for a in range(len(questionnaire.items)):
            assert moments.sums[a] == sum(row[a] for row in rows)
            for b in range(len(questionnaire.items)):
                assert moments.products[a, b] == sum(row[a] * row[b] for row in rows)

    @EXAMPLES
    @given(questionnaires, seeds, sizes)
    def test_steps_count_each_answer(self, questionnaire, seed, size):
        sittings = people(questionnaire, seed, size)
        tally = TallyCounts.of(questionnaire, sittings)
        width = questionnaire.high - questionnaire.low + 1
        assert tally.steps.shape == (len(questionnaire.items), width)
        for place, counts in enumerate(tally.steps):
            given_ = Counter(p.values[place] - questionnaire.low for p in sittings if p.values)
            assert nonzero(counts) == given_

    @EXAMPLES
    @given(questionnaires, seeds, sizes)
    def test_points_count_people_at_each_score(self, questionnaire, seed, size):
        sittings = people(questionnaire, seed, size)
        tally = TallyCounts.of(questionnaire, sittings)
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
    def test_known_times_are_counted_by_page(self, questionnaire, seed, size):
        sittings = people(questionnaire, seed, size)
        tally = TallyCounts.of(questionnaire, sittings)
        assert tally.times.shape == (len(questionnaire.item_pages), TIME_STEPS)
        for page, counts in enumerate(tally.times):
            known = [p.ms[page] for p in sittings if p.values and p.ms[page] is not None]
            assert nonzero(counts) == Counter(min(ms // TIME_STEP_MS, 60) for ms in known)

    @EXAMPLES
    @given(questionnaires, seeds, sizes)
    def test_months_are_of_finishing_and_days_of_starting(self, questionnaire, seed, size):
        sittings = people(questionnaire, seed, size)
        tally = TallyCounts.of(questionnaire, sittings)
        last = len(questionnaire.item_pages) + 1
        people_in = {month: int(counts.sum()) for month, counts in tally.people.items()}
        assert people_in == Counter(p.finished_in for p in sittings if p.values)
        assert by_key(tally.verdicts) == Counter(
            (p.finished_in, p.verdict) for p in sittings if p.verdict is not None
        )
        assert by_key(tally.ways) == Counter(
            (p.started_on, last if p.pages is None else p.pages) for p in sittings
        )
        assert nonzero(tally.finished) == Counter(
            p.verdict for p in sittings if p.verdict is not None
        )

    def test_time_on_an_edge_counts_in_the_step_it_starts(self):
        ms = [0, 499, 500, 29_999, 30_000, 10**9]
        sittings = [answering([3] * 24, ms=[each, None, None, None]) for each in ms]
        assert nonzero(TallyCounts.of(SHIPPED, sittings).times[0]) == {0: 2, 1: 1, 59: 1, 60: 2}

    def test_unfinished_and_flagged_attempts_stay_out_of_the_statistics(self):
        sittings = [
            Tallied("2026-11-02", 3),
            Tallied("2026-11-02", None, "2026-11", 5),
            Tallied("2026-11-02", None, "2026-11"),
        ]
        tally = TallyCounts.of(SHIPPED, sittings)
        assert (tally.n, tally.people, int(tally.finished.sum())) == (0, {}, 1)
        assert tally.ways["2026-11-02"].tolist() == [0, 0, 0, 1, 0, 2]


def by_key(counts):
    return {(key, place): n for key, own in counts.items() for place, n in nonzero(own).items()}


class TestHalves:
    @pytest.mark.parametrize("questionnaire", QUESTIONNAIRES.values(), ids=QUESTIONNAIRES)
    def test_halves_share_every_trait_and_keying(self, questionnaire):
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

    def test_halves_of_the_shipped_questionnaire_have_equal_counts(self):
        kinds = [Counter((i.trait, i.keying) for i in half) for half in halves_of(SHIPPED)]
        assert kinds[0] == kinds[1]

    @EXAMPLES
    @given(questionnaires, seeds)
    def test_each_person_counts_in_the_cell_of_both_leans(self, questionnaire, seed):
        for person in people(questionnaire, seed, 12):
            if person.values:
                counts = TallyCounts.of(questionnaire, [person]).halves
                first, second = half_leans(questionnaire, person.values)
                assert nonzero(counts.ravel()) == expected_cell(first, second)

    @pytest.mark.parametrize(("points", "lean"), EDGES)
    def test_lean_on_an_edge_counts_in_the_outer_step(self, points, lean):
        """In floating point, these leans are just below the edge."""
        wanted = dict(zip(SHIPPED.items_by_trait, points, strict=True))
        answers = dict.fromkeys(SHIPPED.items_by_key, 3)
        for item in halves_of(SHIPPED)[0]:
            given_ = min(wanted[item.trait], 4)
            wanted[item.trait] -= given_
            answers[item.key] = 1 + given_ if item.keying > 0 else 5 - given_
        first, second = half_leans(SHIPPED, list(answers.values()))
        assert (first, second) == (lean, 0)
        counts = TallyCounts.of(SHIPPED, [answering(list(answers.values()))]).halves
        assert nonzero(counts.ravel()) == expected_cell(first, second)

    def test_lean_of_zero_by_the_first_half_is_not_counted(self):
        assert not TallyCounts.of(SHIPPED, [answering([3] * 24)]).halves.any()

    @pytest.mark.parametrize(("value", "row"), [(1, LEAN_STEPS - 1), (-1, 0)])
    def test_extreme_leans_count_in_the_outermost_steps(self, value, row):
        values = [3 + 2 * value * item.keying for item in SHIPPED.items]
        column = 1 + value
        counts = TallyCounts.of(SHIPPED, [answering(values)]).halves
        assert nonzero(counts.ravel()) == {row * 3 + column: 1}


def half_leans(questionnaire, values):
    """Return the lean by each half, as exact fractions."""
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
    """Return the cell in which a person counts, if any."""
    if first == 0:
        return {}
    step = min(math.floor(abs(first) / Fraction(LEAN_STEP)), LEAN_STEPS // 2 - 1)
    row = LEAN_STEPS // 2 + (step if first > 0 else -1 - step)
    column = 1 + (second > 0) - (second < 0)
    return {row * 3 + column: 1}


class TestAddingAndSubtracting:
    @EXAMPLES
    @given(questionnaires, seeds, sizes, st.data())
    def test_parts_in_any_order_add_up_to_the_same_tally(self, questionnaire, seed, size, data):
        sittings = people(questionnaire, seed, size)
        shuffled = data.draw(st.permutations(sittings))
        cuts = sorted(data.draw(st.lists(st.integers(0, size), max_size=4)))
        parts = [
            TallyCounts.of(questionnaire, shuffled[start:end])
            for start, end in zip([0, *cuts], [*cuts, size], strict=True)
        ]
        together = TallyCounts.of(questionnaire, [])
        for part in parts:
            together = together + part
        assert_same(together, TallyCounts.of(questionnaire, sittings))

    @EXAMPLES
    @given(questionnaires, seeds, sizes, seeds, sizes)
    def test_subtracting_people_undoes_adding_them(self, questionnaire, seed, size, seed_b, size_b):
        a = TallyCounts.of(questionnaire, people(questionnaire, seed, size))
        b = TallyCounts.of(questionnaire, people(questionnaire, seed_b, size_b))
        assert_same(a + b - b, a)
        assert_same(b + a - b, a)

    @EXAMPLES
    @given(questionnaires, seeds, sizes)
    def test_subtracting_everyone_leaves_an_empty_tally(self, questionnaire, seed, size):
        sittings = people(questionnaire, seed, size)
        tally = TallyCounts.of(questionnaire, sittings)
        for person in reversed(sittings):
            tally = tally - TallyCounts.of(questionnaire, [person])
        assert_same(tally, TallyCounts.of(questionnaire, []))

    def test_one_person_adds_one_to_every_part(self):
        person = answering([1, 4] * 12)
        before = TallyCounts.of(SHIPPED, people(SHIPPED, 1, 20))
        after = before + TallyCounts.of(SHIPPED, [person])
        assert after.n == before.n + 1
        for name in ("steps", "halves", "times"):
            more = getattr(after, name) - getattr(before, name)
            assert more.sum() == {"steps": 24, "halves": 1, "times": 4}[name], name
        for name in ("points", "people", "verdicts", "ways"):
            more = sum(each.sum() for each in getattr(after, name).values()) - sum(
                each.sum() for each in getattr(before, name).values()
            )
            assert more == {"points": 3}.get(name, 1), name

    def test_addition_leaves_both_tallies_unchanged(self):
        a, b = (TallyCounts.of(SMALL, people(SMALL, seed, 9)) for seed in (1, 2))
        before = a.to_data(), b.to_data()
        a + b, a - b
        assert (a.to_data(), b.to_data()) == before


class TestStorage:
    @EXAMPLES
    @given(questionnaires, seeds, sizes, seeds)
    def test_tally_survives_json_and_can_be_added_to(self, questionnaire, seed, size, seed_b):
        tally = TallyCounts.of(questionnaire, people(questionnaire, seed, size))
        more = TallyCounts.of(questionnaire, people(questionnaire, seed_b, 5))
        kept = TallyCounts.from_data(json.loads(json.dumps(tally.to_data())))
        assert_same(kept, tally)
        assert_same(kept + more, tally + more)
        assert_same(kept + more - more, tally)

    def test_restored_tally_has_symmetrical_integer_products(self):
        tally = TallyCounts.of(SHIPPED, people(SHIPPED, 3, 20))
        kept = TallyCounts.from_data(tally.to_data())
        assert np.array_equal(kept.moments.products, tally.moments.products)
        assert kept.moments.products.dtype == kept.halves.dtype == np.int64

    def test_size_does_not_grow_with_people(self):
        few, many = (TallyCounts.of(SMALL, people(SMALL, 1, size)) for size in (40, 400))
        assert shape(many.to_data()) == shape(few.to_data())


def shape(data):
    if isinstance(data, dict):
        return {key: shape(value) for key, value in data.items()}
    return [shape(value) for value in data] if isinstance(data, list) else None
