"""Seconds from `manage.py serve` to the first answer, on a folder that was served before."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from benchmarks.sites import Sites
from benchmarks.table import Goal, Row
from tests.browser.site import Site


def measure(sites: Sites, wanted: Any) -> Iterator[Row]:
    with sites.both():
        pass  # both folders are filled now
    ours, least = [], []
    for _ in range(wanted.runs):
        ours.append(_seconds(sites.ours(from_the_start=True)))
        least.append(_seconds(sites.least()))
    yield Row("start to ready, s", ours, least, Goal(2), digits=2)


def _seconds(serving: AbstractContextManager[Site]) -> float:
    """Return how long it takes until the site answers, which is asked every 20 to 50 ms."""
    started = time.perf_counter()
    with serving:
        return time.perf_counter() - started
