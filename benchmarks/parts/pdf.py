"""Server CPU of a result's PDF, and how long others wait for a page while PDFs are made."""

import asyncio
import random
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.browser import Browser, Page, VisitError
from benchmarks.processes import cpu_seconds
from benchmarks.sites import Sites, start_of
from benchmarks.table import Goal, Row, percentile
from benchmarks.visit import take
from tests.browser.site import Site

ALONE, AMONG_OTHERS = 10, 30  # PDFs, each of another result
OTHERS_PER_SECOND = 50
OTHERS_PATHS = ("/", "/quiz/", "/roles/")


def measure(sites: Sites, wanted: Any) -> Iterator[Row]:
    with sites.ours() as site:
        cpu, wait = asyncio.run(cost(site))
    yield Row("server CPU of a PDF, ms", cpu, goal=Goal(100), digits=0)
    yield Row("p99 of others while PDFs are made, ms", [wait], goal=Goal(25), digits=0)


async def cost(site: Site) -> tuple[list[float], float]:
    """Return the milliseconds of CPU of each PDF, and the 99th percentile of others."""
    owners = [Browser() for _ in range(1 + ALONE + AMONG_OTHERS)]
    for number, owner in enumerate(owners):
        await take(owner, start_of(site), random.Random(f"pdf {number}"))
    first, *owners = owners
    await open_pdf(first, site)  # the first of a process reads the fonts
    spent = []
    for owner in owners[:ALONE]:
        before = cpu_seconds(site.pid)
        await open_pdf(owner, site)
        spent.append(1000 * (cpu_seconds(site.pid) - before))
    waits: list[float] = []
    others = asyncio.create_task(_open_pages(site, waits))
    for owner in owners[ALONE:]:
        await open_pdf(owner, site)
    others.cancel()
    return spent, percentile(waits, 99)


async def open_pdf(owner: Browser, site: Site) -> Page:
    """Ask until the PDF is there."""
    while True:
        page = await owner.get(f"{site.address}/quiz/result.pdf")
        if page.status == 503:
            await asyncio.sleep(float(page.headers["retry-after"]))
        elif page.headers["content-type"] == "application/pdf":
            return page
        else:
            raise VisitError(f"HTTP {page.status} and no PDF at {page.url}")


async def _open_pages(site: Site, waits: list[float]) -> None:
    """Open a page at each time one is due, until cancelled."""
    start = time.perf_counter()

    async def ask(number: int, due: float) -> None:
        browser = Browser()
        await browser.get(site.address + OTHERS_PATHS[number % len(OTHERS_PATHS)])
        waits.append(1000 * (time.perf_counter() - due))
        await browser.close()

    async with asyncio.TaskGroup() as asking:
        number = 0
        while True:
            due = start + number / OTHERS_PER_SECOND
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            asking.create_task(ask(number, due))
            number += 1
