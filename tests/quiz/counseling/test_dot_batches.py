"""Dots on the wall page: whatever differs between two pictures is whole batches of five or more."""

from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.counseling.dot_batches import can_add, new_batches, shown_of
from quiz.counseling.group_report import SMALLEST_GROUP

pytestmark = pytest.mark.pure

PEOPLE = [f"{number:02}" for number in range(24)]

# What happens in a lesson: someone shares a new result, or stops sharing; the button is pressed.
lessons = st.lists(
    st.one_of(
        st.tuples(st.just("share"), st.sampled_from(PEOPLE)),
        st.tuples(st.just("stop"), st.sampled_from(PEOPLE)),
        st.tuples(st.just("show"), st.integers(0, 99)),
    ),
    max_size=80,
)


def pictures_of(lesson):
    """Return all batches, and the picture after each event, as keys like "07 for the 2nd time"."""
    shared, times, batches = {}, dict.fromkeys(PEOPLE, 0), []
    pictures = [frozenset()]
    for what, value in lesson:
        if what == "share":
            times[value] += 1
            shared[value] = f"{value} {times[value]}"
        elif what == "stop":
            shared.pop(value, None)
        else:
            batches += new_batches(batches, set(shared.values()), Random(value).shuffle)
        pictures.append(shown_of(batches, set(shared.values())))
        assert pictures[-1] <= set(shared.values())
    return batches, pictures


@given(lessons)
def test_two_pictures_differ_by_whole_batches_of_five_or_more(lesson):
    batches, pictures = pictures_of(lesson)
    assert all(len(batch) >= SMALLEST_GROUP for batch in batches)
    for one, other in combinations(set(pictures), 2):
        for part in (one - other, other - one, one & other):
            whole = {key for batch in batches if part.issuperset(batch) for key in batch}
            assert part == whole


@given(lessons)
def test_result_is_in_one_batch_only(lesson):
    batches, _pictures = pictures_of(lesson)
    keys = [key for batch in batches for key in batch]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("people", "sizes"),
    [(0, []), (4, []), (5, [5]), (9, [9]), (10, [5, 5]), (14, [7, 7]), (23, [6, 6, 6, 5])],
)
def test_new_results_are_divided_into_batches_of_five_to_nine(people, sizes):
    shared = set(PEOPLE[:people])
    assert [len(batch) for batch in new_batches([], shared)] == sizes
    assert can_add([], shared) == bool(sizes)


def test_four_more_results_wait_for_a_fifth():
    first = new_batches([], set(PEOPLE[:5]))
    assert not can_add(first, set(PEOPLE[:9]))
    assert new_batches(first, set(PEOPLE[:9])) == []
    assert shown_of(first, set(PEOPLE[:9])) == set(PEOPLE[:5])
    assert len(new_batches(first, set(PEOPLE[:10]))) == 1


def test_batch_disappears_for_good_when_one_of_it_stops_sharing():
    shared = set(PEOPLE[:10])
    batches = [PEOPLE[:5], PEOPLE[5:10]]
    assert shown_of(batches, shared - {"00"}) == set(PEOPLE[5:10])
    others = shared - {"00"} | set(PEOPLE[10:14])
    # The four who were with 00 can't make up a batch with four new ones.
    assert not can_add(batches, others)


def test_batches_do_not_follow_the_order_of_sharing():
    drawn = {tuple(sorted(new_batches([], set(PEOPLE[:10]))[0])) for _time in range(50)}
    assert len(drawn) > 1
