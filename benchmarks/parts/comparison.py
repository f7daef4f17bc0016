"""Server CPU of a warm comparison of four jobs: for a stranger, and for someone with a result."""

import asyncio
import random
from collections.abc import Iterator
from typing import Any

from benchmarks.browser import Browser, VisitError
from benchmarks.processes import cpu_seconds
from benchmarks.sites import Sites, start_of
from benchmarks.table import Row
from benchmarks.visit import ok, take
from tests.browser.site import Site

PATH = (
    "/roles/compare/sales-representative/customer-service-representative/"
    "sales-manager/customer-service-manager/"
)
OWN = 'id="own-profile"'
WARM, PAGES = 50, 500


def measure(sites: Sites, wanted: Any) -> Iterator[Row]:
    with sites.ours() as site:
        for name, has_result in (("a stranger", False), ("someone with a result", True)):
            spent = asyncio.run(cost(site, wanted.runs, has_result=has_result))
            yield Row(f"server CPU of a comparison of four jobs for {name}, ms", spent, digits=2)


async def cost(site: Site, runs: int, *, has_result: bool) -> list[float]:
    browser = Browser()
    if has_result:
        await take(browser, start_of(site), random.Random(7))
    for _ in range(WARM):
        page = ok(await browser.get(site.address + PATH))
    if (OWN in page.text) != has_result:
        raise VisitError(f"the own profile is {'missing' if has_result else 'there'}")
    spent = []
    for _ in range(runs):
        before = cpu_seconds(site.pid)
        for _ in range(PAGES):
            await browser.get(site.address + PATH)
        spent.append(1000 * (cpu_seconds(site.pid) - before) / PAGES)
    await browser.close()
    return spent
