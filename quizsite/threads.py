"""The threads in which requests of one kind are answered."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import get_ident
from time import monotonic
from typing import Any, ParamSpec, TypeVar

SECONDS_FOR_AN_ANSWER = 60  # far more than any page takes
# Requests that wait for a thread, of each kind: a class that starts at the same moment is served.
MOST_WAITING = 1000
SECONDS_TO_WAIT = 5.0

# Key of the WSGI environment of a request that no thread could take.
CROWDED = "quizsite.crowded"

P = ParamSpec("P")
T = TypeVar("T")
A = TypeVar("A")


class Crowded(Exception):
    """Too many requests wait for a thread, or this one has waited for too long."""


class Threads:
    """Threads of one kind of request, and since when each of them is busy."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool = ThreadPoolExecutor(count, "request")
        self._taken = 0  # by work that runs or waits
        self._busy_since: dict[int, float] = {}

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run what has to be run, however long it waits for a thread."""
        with self._place():
            return await asyncio.wrap_future(self._submit(function, *args, **kwargs))

    async def run_soon(
        self,
        function: Callable[[A], T],
        argument: A,
        unless: Callable[[], Awaitable[object]] | None = None,
    ) -> T:
        """Run what may be refused; then raise Crowded, and never run it.

        It is refused when too many wait, when it waits for too long, and when what `unless` returns
        comes first.
        """
        if self._taken >= self.count + MOST_WAITING:
            raise Crowded
        is_free = self._taken < self.count
        with self._place():
            work = self._submit(function, argument)
            answer = asyncio.wrap_future(work)
            if not is_free:
                await _any_of(answer, unless)
                if work.cancel():  # not if a thread runs it, or has
                    raise Crowded
            return await answer

    @contextmanager
    def _place(self) -> Iterator[None]:
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1

    def _submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        def timed() -> T:
            self._busy_since[get_ident()] = monotonic()
            try:
                return function(*args, **kwargs)
            finally:
                del self._busy_since[get_ident()]

        return self._pool.submit(timed)

    @property
    def waiting(self) -> int:
        return max(0, self._taken - self.count)

    def have_hung(self) -> bool:
        """Whether not one of them is free, or will be."""
        since = [*self._busy_since.values()]
        return len(since) == self.count and max(since) < monotonic() - SECONDS_FOR_AN_ANSWER


async def _any_of(
    answer: asyncio.Future[T], unless: Callable[[], Awaitable[object]] | None
) -> None:
    """Wait for an answer, for something that makes it useless, or for as long as one may wait."""
    waited_for: set[asyncio.Future[Any]] = {answer}
    if unless:
        waited_for.add(other := asyncio.ensure_future(unless()))
    try:
        await asyncio.wait(waited_for, timeout=SECONDS_TO_WAIT, return_when=asyncio.FIRST_COMPLETED)
    finally:
        if unless:
            other.cancel()
