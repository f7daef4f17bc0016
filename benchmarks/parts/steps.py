"""Server CPU of each kind of request in a visit without JavaScript: where its milliseconds go."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from benchmarks.browser import Browser, Page, VisitError
from benchmarks.processes import cpu_seconds
from benchmarks.sites import Sites
from benchmarks.table import Row
from benchmarks.visit import fields, questions_on, start_on
from tests.browser.site import Site

WARM, VISITS = 10, 40


def measure(sites: Sites, wanted: Any) -> Iterator[Row]:
    with sites.ours() as site:
        asyncio.run(_spent(site, WARM, "warm"))
        turns = [asyncio.run(_spent(site, VISITS, f"steps {n}")) for n in range(wanted.runs)]
    for name in turns[0]:
        yield Row(f"server CPU: {name}, ms", [turn[name] for turn in turns], digits=2)


async def _spent(site: Site, count: int, seed: str) -> dict[str, float]:
    """Return the milliseconds of each step of a visit, the mean of so many visits."""
    rng = random.Random(seed)
    spent: dict[str, float] = defaultdict(float)
    for _ in range(count):
        browser = Browser()

        async def ask(step: str, method: str, url: str, body: Any = None, by=browser) -> Page:
            before = cpu_seconds(site.pid)
            page = await by.ask(method, url, body)
            spent[step] += 1000 * (cpu_seconds(site.pid) - before) / count
            if page.status not in (200, 302):
                raise VisitError(f"HTTP {page.status} at {page.url}")
            return page

        await ask("home page", "GET", f"{site.address}/")
        page = await ask("introduction", "GET", f"{site.address}/quiz/")
        form = start_on(page)
        page = await ask("start", "POST", form.action, form.hidden())
        for number in range(1, 6):
            shown = "4 pages of statements" if number < 5 else "last page"
            page = await ask(f"{shown}, shown", "GET", urljoin(page.url, page.headers["location"]))
            form = questions_on(page)
            page = await ask(f"{shown}, saved", "POST", form.action, fields(form, rng))
        await ask("result", "GET", urljoin(page.url, page.headers["location"]))
        await browser.close()
    return spent
