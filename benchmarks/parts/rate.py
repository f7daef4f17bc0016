"""How long requests take when 100 arrive each second, half of them writes, from the first one on.

A request is due at its time, however long others take. Its time includes waiting to be sent.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urljoin

from benchmarks.browser import Browser, Page, VisitError
from benchmarks.sites import Sites
from benchmarks.table import Goal, Row, percentile
from benchmarks.visit import fields, questions_on, start_on
from tests.browser.site import Site

PER_SECOND = 100
VISITORS = 50  # each with a connection
FIRST_SECONDS = 5
WORST_PERCENT = 99

Walk = AsyncIterator[str]


class Answer(NamedTuple):
    kind: str  # "read", "write" or "refused"
    due: float  # seconds since the start
    milliseconds: float


def measure(sites: Sites, wanted: Any) -> Iterator[Row]:
    seconds = 60 * wanted.minutes
    with sites.least() as site:
        least = asyncio.run(at_a_rate(site, walk_least, seconds))
    with sites.ours() as site:
        ours = asyncio.run(at_a_rate(site, walk_ours, seconds))
    for kind in ("read", "write"):
        name = f"p99 of {kind}s at {PER_SECOND} requests a second, ms"
        mine, other = ([worst(answers, kind)] for answers in (ours, least))
        yield Row(name, mine, other, Goal(20))
        mine, other = ([worst(answers, kind, FIRST_SECONDS)] for answers in (ours, least))
        yield Row(f"the same in the first {FIRST_SECONDS} seconds", mine, other, Goal(20))
    refused = ([sum(each.kind == "refused" for each in answers)] for answers in (ours, least))
    yield Row(f"requests refused, of {len(ours):,}", *refused, Goal(0), digits=0)


def worst(answers: list[Answer], kind: str, until: float = float("inf")) -> float:
    """Return the 99th percentile in milliseconds."""
    return percentile(
        [each.milliseconds for each in answers if each.kind == kind and each.due < until],
        WORST_PERCENT,
    )


async def at_a_rate(
    site: Site, walk: Callable[[Browser, str, random.Random], Walk], seconds: float
) -> list[Answer]:
    """Let visitors send a request each time one is due; one that is refused leaves."""
    loop = asyncio.get_running_loop()
    rng = random.Random(1)
    waiting: list[tuple[Browser, Walk]] = []
    answers: list[Answer] = []

    def new_visitor() -> tuple[Browser, Walk]:
        browser = Browser()
        return browser, walk(browser, site.address, rng)

    async def ask(due: float) -> None:
        is_new = len(waiting) < VISITORS and rng.random() < 0.5
        browser, steps = (
            new_visitor() if is_new or not waiting else waiting.pop(rng.randrange(len(waiting)))
        )
        try:
            kind = await anext(steps, None)
            if kind is None:  # the visit is over
                await browser.close()
                browser, steps = new_visitor()
                kind = await anext(steps)
        except (VisitError, OSError, asyncio.IncompleteReadError):
            await browser.close()
            kind = "refused"
        else:
            waiting.append((browser, steps))
        answers.append(Answer(kind, due, 1000 * (loop.time() - start - due)))

    start = loop.time()
    async with asyncio.TaskGroup() as asking:
        for number in range(int(seconds * PER_SECOND)):
            due = number / PER_SECOND
            await asyncio.sleep(max(0.0, start + due - loop.time()))
            asking.create_task(ask(due))
    for browser, _walk in waiting:
        await browser.close()
    return answers


async def walk_ours(browser: Browser, address: str, rng: random.Random) -> Walk:
    """Take a quiz: 7 reads, and 7 writes, one of them an answer that is saved early."""
    page = await _asked(200, browser, "GET", f"{address}/quiz/")
    yield "read"
    form = start_on(page)
    page = await _asked(302, browser, "POST", form.action, form.hidden())
    yield "write"
    is_first = True
    while True:
        page = await _asked(200, browser, "GET", urljoin(page.url, page.headers["location"]))
        yield "read"
        form = questions_on(page)
        if form is None:
            return
        if is_first:
            await _asked(204, browser, "POST", form.action, fields(form, rng, "keep"))
            yield "write"
            is_first = False
        page = await _asked(302, browser, "POST", form.action, fields(form, rng))
        yield "write"


async def walk_least(browser: Browser, address: str, rng: random.Random) -> Walk:
    """Send the statements twice, so that half of the requests write."""
    page = await _asked(200, browser, "GET", f"{address}/quiz/")
    yield "read"
    form = questions_on(page)
    for _ in range(2):
        page = await _asked(302, browser, "POST", form.action, fields(form, rng))
        yield "write"
    await _asked(200, browser, "GET", urljoin(page.url, page.headers["location"]))
    yield "read"


async def _asked(status: int, browser: Browser, *request: Any) -> Page:
    """Send a request; VisitError unless it is answered with this status."""
    page = await browser.ask(*request)
    if page.status != status:
        raise VisitError(f"HTTP {page.status} at {page.url}, not {status}")
    return page
