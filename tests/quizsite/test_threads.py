import asyncio
import threading

import pytest

from quizsite import threads
from quizsite.threads import Threads

pytestmark = pytest.mark.pure


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch):
    monkeypatch.setattr(threads, "SECONDS_FOR_AN_ANSWER", 0)


def hang_while_busy(count: int) -> tuple[bool, bool]:
    """Keep one of the threads busy; return whether they hang then, and afterwards."""
    started, may_end = threading.Event(), threading.Event()
    pool = Threads(count)

    def work():
        started.set()
        may_end.wait(60)

    async def look():
        working = asyncio.create_task(pool.run(work))
        await asyncio.to_thread(started.wait, 60)
        hung = pool.have_hung()
        may_end.set()
        await working
        return hung

    return asyncio.run(look()), pool.have_hung()


def test_threads_hang_while_not_one_of_them_becomes_free():
    assert hang_while_busy(1) == (True, False)


def test_threads_do_not_hang_while_one_of_them_is_free():
    assert hang_while_busy(2) == (False, False)


def test_threads_that_work_for_a_moment_do_not_hang(monkeypatch):
    monkeypatch.setattr(threads, "SECONDS_FOR_AN_ANSWER", 60)
    assert hang_while_busy(1) == (False, False)


def test_error_of_the_work_is_raised_and_leaves_the_thread_free():
    pool = Threads(1)

    def fail():
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        asyncio.run(pool.run(fail))
    assert not pool.have_hung()
