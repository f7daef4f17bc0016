"""Server CPU for a visit without JavaScript: 14 requests, and 3 to the least app."""

import asyncio
import random
from collections.abc import Iterator
from typing import Any

from benchmarks.processes import cpu_seconds
from benchmarks.sites import Sites, start_of
from benchmarks.table import Goal, Row
from benchmarks.visit import visits
from tests.browser.site import Site

WARM = 20  # visits before the first measured one
VISITS = 60  # in each turn


def measure(sites: Sites, wanted: Any) -> Iterator[Row]:
    milliseconds: dict[str, list[float]] = {"ours": [], "least": []}
    requests = {}
    with sites.both() as both:
        for site in both:
            cost(site, WARM, "warm")
        for turn in range(wanted.runs):
            for name, site in zip(milliseconds, both, strict=True):
                seconds, requests[name] = cost(site, VISITS, f"{name} {turn}")
                milliseconds[name].append(1000 * seconds / VISITS)
    per_visit = [[each / VISITS] for each in requests.values()]
    yield Row("requests of a visit without JavaScript", *per_visit, digits=0)
    goal = Goal(2.0, is_ratio=True)
    yield Row("server CPU of a visit without JavaScript, ms", *milliseconds.values(), goal)


def cost(site: Site, count: int, seed: str) -> tuple[float, int]:
    """Return the seconds of server CPU for so many visits, one at a time, and their requests."""
    before = cpu_seconds(site.pid)
    requests = asyncio.run(visits(start_of(site), count, random.Random(seed)))
    return cpu_seconds(site.pid) - before, requests
