"""Dots on the wall page: whatever differs between two pictures is whole batches of five or more."""

from itertools import combinations
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.counseling.dot_batches import Batch, can_add, never_shown, new_batches, shown_of
from quiz.counseling.group_report import SMALLEST_GROUP

pytestmark = pytest.mark.pure

PEOPLE = range(24)

# What happens in a lesson: someone shares a new result, stops sharing, or shares the same one
# again; the button is pressed.
lessons = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["share", "stop", "again"]), st.sampled_from(PEOPLE)),
        st.tuples(st.just("show"), st.integers(0, 99)),
    ),
    max_size=80,
)


class Lesson:
    """Results go by numbers like 307: the third of person 7. `batches` are those drawn so far."""

    def __init__(self):
        self.newest, self.sharing, self.batches = {}, set(), []

    @property
    def shared(self):
        """Return the results that are shared, each with its batch."""
        batch_of = {
            result: Batch(UUID(int=number), len(batch))
            for number, batch in enumerate(self.batches)
            for result in batch
        }
        shared = [self.newest[person] for person in self.sharing]
        return {result: batch_of.get(result) for result in shared}

    def happen(self, what, value):
        if what == "share":
            self.newest[value] = self.newest.get(value, value) + 100
            self.sharing.add(value)
        elif what == "stop":
            self.sharing.discard(value)
        elif what == "again":
            self.sharing |= {value} & self.newest.keys()
        else:
            self.batches += new_batches(never_shown(self.shared), Random(value).shuffle)


def pictures_of(lesson):
    """Return all batches, and the picture after each event."""
    now = Lesson()
    pictures = [frozenset()]
    for event in lesson:
        now.happen(*event)
        pictures.append(shown_of(now.shared))
        assert pictures[-1] <= now.shared.keys()
    return now.batches, pictures


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
    assert [len(batch) for batch in new_batches(range(people))] == sizes
    assert can_add(dict.fromkeys(range(people))) == bool(sizes)


@pytest.fixture
def first():
    return dict.fromkeys(range(5), Batch(UUID(int=1), 5))


def test_four_more_results_wait_for_a_fifth(first):
    four = first | dict.fromkeys(range(5, 9))
    assert not can_add(four)
    assert shown_of(four) == first.keys()
    assert can_add(four | {9: None})


def test_batch_is_hidden_while_one_of_it_is_missing(first):
    second = dict.fromkeys(range(5, 10), Batch(UUID(int=2), 5))
    missing = {key: batch for key, batch in (first | second).items() if key != 0}
    assert shown_of(missing) == second.keys()
    # The four who were with 0 can't make up a batch with four new ones.
    assert not can_add(missing | dict.fromkeys(range(10, 14)))


def test_batches_do_not_follow_the_order_of_sharing():
    drawn = {tuple(sorted(new_batches(range(10))[0])) for _time in range(50)}
    assert len(drawn) > 1
