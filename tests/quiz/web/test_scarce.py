"""Work that one request does at a time."""

from threading import Thread

import pytest

from quiz.web.scarce import HASHES, PDFS, THREADS, Busy, Turns
from tests.turns import all_places_taken, another_has_the_turn

pytestmark = pytest.mark.pure


@pytest.fixture
def turns():
    return Turns("work", waiting=1, seconds=5)


def test_second_request_waits_for_the_first(turns):
    done = []

    def work():
        with turns.turn():
            done.append("second")

    with turns.turn():
        second = Thread(target=work)
        second.start()
        done.append("first")
    second.join()
    assert done == ["first", "second"]


def test_request_without_a_place_is_refused_and_takes_none(turns):
    with all_places_taken(turns), pytest.raises(Busy), turns.turn():
        pytest.fail("it had no place")
    with turns.turn():
        pass


def test_page_can_ask_for_a_place_before_it_prepares_the_work(turns):
    turns.require_place()
    turns.require_place()  # asking takes none
    with all_places_taken(turns), pytest.raises(Busy, match="work"):
        turns.require_place()


def test_request_that_waits_too_long_is_refused_and_frees_its_place(turns):
    for _each in range(3):
        with another_has_the_turn(turns), pytest.raises(Busy), turns.turn():
            pytest.fail("it had no turn")
    with turns.turn():
        pass


def test_work_within_work_needs_no_second_turn(turns):
    with turns.turn(), turns.turn():
        pass
    with another_has_the_turn(turns), pytest.raises(Busy), turns.turn():
        pytest.fail("the turn was still taken for its own")


def test_failed_work_frees_its_turn(turns):
    with pytest.raises(ZeroDivisionError), turns.turn():
        raise ZeroDivisionError
    with turns.turn():
        pass


def test_a_thread_is_left_for_everyone_else():
    assert sum(1 + each.waiting for each in (PDFS, HASHES)) < THREADS
