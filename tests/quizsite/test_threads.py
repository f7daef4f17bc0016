import asyncio
import threading

import pytest

from quizsite import threads
from quizsite.threads import Crowded, Threads

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


class Busy:
    """One thread, and what it did while requests came, the first of which keeps it busy."""

    def __init__(self):
        self.pool = Threads(1)
        self.done = []
        self.may_end = threading.Event()

    def work(self, name):
        self.done.append(name)
        if name == "first":
            self.may_end.wait(60)
        return name

    async def start(self, name, unless=None):
        """Start work, and let it come to where it waits."""
        task = asyncio.create_task(self.pool.run_soon(self.work, name, unless))
        await asyncio.sleep(0)
        return task

    async def outcomes(self, *tasks):
        """Return the answers in the end; None of what was refused."""
        self.may_end.set()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        return [None if isinstance(each, Crowded) else each for each in found]


@pytest.fixture
def busy():
    return Busy()


def test_work_that_waits_for_too_long_is_refused_while_the_thread_is_busy(busy, monkeypatch):
    monkeypatch.setattr(threads, "SECONDS_TO_WAIT", 0)

    async def come():
        first = await busy.start("first")
        with pytest.raises(Crowded):
            await (await busy.start("late"))
        return await busy.outcomes(first)

    assert asyncio.run(come()) == busy.done == ["first"]


def test_work_that_waits_for_a_moment_is_done_in_order(busy):
    async def come():
        tasks = [await busy.start(name) for name in ("first", "second", "third")]
        return await busy.outcomes(*tasks)

    assert asyncio.run(come()) == busy.done == ["first", "second", "third"]


def test_work_is_refused_when_too_much_waits_and_done_again_right_after(busy, monkeypatch):
    monkeypatch.setattr(threads, "MOST_WAITING", 2)

    async def come():
        tasks = [await busy.start(name) for name in ("first", "b", "c", "too much", "too much")]
        return [*await busy.outcomes(*tasks), await (await busy.start("after"))]

    assert asyncio.run(come()) == ["first", "b", "c", None, None, "after"]


def test_work_is_not_done_for_someone_who_has_gone(busy):
    async def has_gone():
        return None

    async def come():
        first = await busy.start("first")
        with pytest.raises(Crowded):
            await (await busy.start("second", has_gone))
        return await busy.outcomes(first)

    asyncio.run(come())
    assert busy.done == ["first"]


def test_no_one_is_watched_after_their_work_is_done(busy):
    async def come():
        first = await busy.start("first")
        second = await busy.start("second", asyncio.Event().wait)
        await asyncio.sleep(0)
        await busy.outcomes(first, second)
        await asyncio.sleep(0)
        return len(asyncio.all_tasks())

    assert asyncio.run(come()) == 1


def test_work_that_runs_is_done_even_if_it_takes_long_or_someone_goes(busy, monkeypatch):
    monkeypatch.setattr(threads, "SECONDS_TO_WAIT", 0)

    async def has_gone():
        return None

    async def come():
        first = await busy.start("first", has_gone)
        await asyncio.sleep(0.01)
        return await busy.outcomes(first)

    assert asyncio.run(come()) == ["first"]


def test_work_that_must_be_done_waits_for_as_long_as_it_takes(busy, monkeypatch):
    monkeypatch.setattr(threads, "SECONDS_TO_WAIT", 0)
    monkeypatch.setattr(threads, "MOST_WAITING", 0)

    async def come():
        first = await busy.start("first")
        must = asyncio.create_task(busy.pool.run(busy.work, "must"))
        await asyncio.sleep(0.01)
        return await busy.outcomes(first, must)

    assert asyncio.run(come()) == ["first", "must"]
