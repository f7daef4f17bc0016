"""Numbers of the monthly report: what they say about counts, and that they give no one away."""

from itertools import accumulate, cycle, pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quiz.counseling.monthly.steps import (
    FEWEST,
    SHOWN_FROM,
    STEP,
    Counts,
    RoundedCounts,
    draw,
    rounded,
    rounded_row,
    rounded_rows,
    sum_of,
)

pytestmark = pytest.mark.pure

OFFSETS = range(STEP)
offsets = st.sampled_from(OFFSETS)
parts = st.lists(st.integers(0, 40), min_size=1, max_size=7)
verdicts = st.tuples(*[st.integers(0, 30)] * 6)
counts = st.builds(Counts, *[st.integers(0, 60)] * 3, verdicts)
populations = st.dictionaries(st.sampled_from([None, "9a", "9b", "9c"]), counts)


def spans(numbers):
    """Return the sums of all neighboring numbers: each, all, and everything between."""
    places = range(len(numbers) + 1)
    return [sum(numbers[start:end]) for start in places for end in places[start + 1 :]]


class TestRounding:
    @given(parts, offsets)
    def test_number_and_any_neighbors_together_are_less_than_a_step_off(self, parts, offset):
        for count, number in zip(spans(parts), spans(rounded(parts, offset)), strict=True):
            assert number % STEP == 0
            assert abs(number - count) < STEP

    @given(parts)
    def test_mean_of_all_draws_is_the_count(self, parts):
        drawn = zip(*(rounded(parts, offset) for offset in OFFSETS), strict=True)
        assert [sum(numbers) for numbers in drawn] == [STEP * count for count in parts]

    def test_draws_are_all_that_there_are(self):
        assert {draw() for _time in range(200)} == set(OFFSETS)

    @pytest.mark.parametrize(
        ("count", "numbers"),
        [(0, [0, 0, 0, 0, 0]), (1, [0, 0, 0, 0, 5]), (9, [5, 10, 10, 10, 10]), (10, [10] * 5)],
    )
    def test_count_between_two_steps_goes_up_the_more_often_the_closer_it_is(self, count, numbers):
        assert [rounded([count], offset)[0] for offset in OFFSETS] == numbers


class TestOnePerson:
    """What someone learns who knows everyone else, and draws as often as they like."""

    @given(parts, st.integers(0, 6))
    def test_one_person_more_changes_each_number_in_one_of_five_draws_at_most(self, parts, place):
        more = list(parts)
        more[place % len(parts)] += 1
        self.assert_alike(parts, more)

    @given(parts, st.integers(0, 6), st.integers(0, 6))
    def test_one_other_suggestion_changes_each_number_in_one_of_five_draws_at_most(
        self, parts, one, other
    ):
        moved = list(parts)
        if moved[one % len(parts)]:
            moved[one % len(parts)] -= 1
            moved[other % len(parts)] += 1
        self.assert_alike(parts, moved)

    def assert_alike(self, parts, others):
        """Compare how often each number comes out, for a count of people and for a neighbor's."""
        of_parts = zip(*(spans(rounded(parts, offset)) for offset in OFFSETS), strict=True)
        of_others = zip(*(spans(rounded(others, offset)) for offset in OFFSETS), strict=True)
        for numbers, others_numbers in zip(of_parts, of_others, strict=True):
            left = list(numbers)
            for number in others_numbers:
                if number in left:
                    left.remove(number)
            assert len(left) <= 1


class TestReconstruction:
    """Every number that can be computed from a row still allows a step's worth of counts."""

    @given(parts, offsets)
    @example([4, 4, 4, 4, 4], 0)
    @example([1, 1, 1, 1, 1], 4)
    def test_neighbors_together_may_be_any_count_less_than_a_step_away(self, parts, offset):
        row = rounded(parts, offset)
        for start in range(len(row)):
            for end in range(start + 1, len(row) + 1):
                number = sum(row[start:end])
                for count in range(max(0, number - STEP + 1), number + STEP):
                    counts = self.people_with(row, start, end, count)
                    assert counts is not None
                    assert sum(counts[start:end]) == count

    def people_with(self, row, start, end, count):
        """Look for counts that give the same row and have this sum from `start` to `end`."""
        tops = [0, *accumulate(row)]
        for offset in OFFSETS:
            lows = [max(0, top - offset) for top in tops]
            highs = [0, *(top - offset + STEP - 1 for top in tops[1:])]
            for low in range(lows[start], highs[start] + 1):
                sums = [
                    *lows[:start],
                    *(max(each, low) for each in lows[start:end]),
                    low + count,
                    *highs[end + 1 :],
                ]
                sums[start] = low
                counts = [after - before for before, after in pairwise(sums)]
                if min(counts) >= 0 and rounded(counts, offset) == row:
                    return counts
        return None

    @given(populations, st.lists(offsets, min_size=1))
    def test_nothing_is_shown_about_fewer_than_ten_people(self, population, drawn):
        rows = rounded_rows(population, cycle(drawn).__next__)
        shown = {group: counts for group, counts in population.items() if group in rows and group}
        others = [counts for group, counts in population.items() if group not in shown]
        shown[None] = sum(others, Counts())
        for group, row in rows.items():
            of_group = shown[group]
            shared = sum(of_group.verdicts)
            most = max(of_group.invited, of_group.started, of_group.finished, shared)
            assert most > FEWEST
            if row.verdicts:
                assert shared > FEWEST

    @given(counts, st.lists(offsets, min_size=4, max_size=4))
    def test_what_is_shown_follows_from_rounded_numbers_alone(self, counts, drawn):
        row = rounded_row(counts, iter(drawn).__next__)
        singles = (counts.invited, counts.started, counts.finished)
        numbers = [
            rounded([count], offset)[0] for count, offset in zip(singles, drawn, strict=False)
        ]
        of_verdicts = rounded(counts.verdicts, drawn[3])
        shared = sum(of_verdicts)
        if max(*numbers, shared) < SHOWN_FROM:
            assert row is None
        else:
            shown = of_verdicts if shared >= SHOWN_FROM else ()
            assert row == RoundedCounts(*numbers, shared, shown)


class TestRows:
    def rows(self, population):
        return rounded_rows(population, lambda: 2)

    def test_small_groups_and_people_without_one_are_together(self):
        few = Counts(invited=8)
        rows = self.rows({"9a": few, "9b": few, "9c": Counts(invited=30), None: Counts(invited=9)})
        assert {group: row.invited for group, row in rows.items()} == {"9c": 30, None: 25}

    def test_too_few_others_are_left_out(self):
        rows = self.rows({"9a": Counts(invited=6), "9c": Counts(invited=30)})
        assert set(rows) == {"9c"}

    def test_month_without_enough_people_has_no_row(self):
        assert self.rows({"9a": Counts(1, 1, 1, (1, 0, 0, 0, 0, 0))}) == {}
        assert self.rows({}) == {}

    def test_suggestions_are_hidden_where_few_share(self):
        row = self.rows({"9a": Counts(30, 30, 30, (4, 0, 3, 0, 2, 0))})["9a"]
        assert (row.shared, row.verdicts) == (10, ())

    def test_suggestions_and_bands_are_sums_of_verdicts(self):
        row = RoundedCounts(0, 0, 0, 105, (5, 10, 15, 20, 25, 30))
        service, close, sales, none, clear, leaning = row.suggestions
        assert (service, close, sales, none) == (45, 15, 15, 30)
        assert (clear, leaning) == (30, 30)

    def test_sum_adds_up_what_is_shown(self):
        rows = [
            RoundedCounts(10, 15, 20, 25, (5, 0, 5, 5, 5, 5)),
            RoundedCounts(1, 2, 3, 40, (10, 0, 5, 10, 10, 5)),
            RoundedCounts(15, 0, 0, 5),
        ]
        assert sum_of(rows) == RoundedCounts(26, 17, 23, 70, (15, 0, 10, 15, 15, 10))
        assert sum_of(rows[2:]) == RoundedCounts(15, 0, 0, 5)
