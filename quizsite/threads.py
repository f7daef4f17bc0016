"""The threads in which requests of one kind are answered."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import get_ident
from time import monotonic
from typing import ParamSpec, TypeVar

SECONDS_FOR_AN_ANSWER = 60  # far more than any page takes

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """Threads of one kind of request, and since when each of them is busy."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool = ThreadPoolExecutor(count, "request")
        self._busy_since: dict[int, float] = {}

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        def timed() -> T:
            self._busy_since[get_ident()] = monotonic()
            try:
                return function(*args, **kwargs)
            finally:
                del self._busy_since[get_ident()]

        return await asyncio.get_running_loop().run_in_executor(self._pool, timed)

    def have_hung(self) -> bool:
        """Whether not one of them is free, or will be."""
        since = [*self._busy_since.values()]
        return len(since) == self.count and max(since) < monotonic() - SECONDS_FOR_AN_ANSWER
