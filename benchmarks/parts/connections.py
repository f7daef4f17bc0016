"""How many connections stay open, and how long others wait for a page in that time."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from benchmarks.browser import Browser
from benchmarks.sites import Sites
from benchmarks.table import Goal, Row, percentile
from tests.browser.site import Site

MOST = 10_000
AT_A_TIME = 250
SECONDS_TO_ANSWER = 5
SECONDS_HELD = 5
OTHERS_PER_SECOND = 20
PATH = "/quiz/"


def measure(sites: Sites, wanted: Any) -> Iterator[Row]:
    with sites.both() as both:
        (held, wait), (least_held, least_wait) = (asyncio.run(hold(site)) for site in both)
    goal = Goal(MOST, is_floor=True)
    name = f"connections held open, of {MOST:,}"
    yield Row(name, [held], [least_held], goal, digits=0)
    yield Row("p99 of others in that time, ms", [wait], [least_wait], has_ratio=False)


async def hold(site: Site) -> tuple[int, float]:
    """Open connections until none is answered; return how many are open in the end, and a p99.

    Each asks for a page once, then stays silent. Others use a new connection for each request; one
    without an answer counts as SECONDS_TO_ANSWER.
    """
    opened = []
    while len(opened) < MOST:
        more = await asyncio.gather(*(_opened(site) for _ in range(AT_A_TIME)))
        answered = [each for each in more if each]
        opened += answered
        if len(answered) < AT_A_TIME:
            break
    waits = [await _wait(site) for _ in range(SECONDS_HELD * OTHERS_PER_SECOND)]
    held = sum(not reader.at_eof() for reader, _writer in opened)
    for _reader, writer in opened:
        writer.close()
    return held, percentile(waits, 99)


async def _opened(site: Site) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
    place = urlsplit(site.address)
    try:
        async with asyncio.timeout(SECONDS_TO_ANSWER):
            reader, writer = await asyncio.open_connection(place.hostname, place.port)
            writer.write(f"GET {PATH} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
    except (OSError, asyncio.IncompleteReadError):
        return None
    return (reader, writer) if head.startswith(b"HTTP/1.1 200") else None


async def _wait(site: Site) -> float:
    """Open a page as someone else, and return the milliseconds that it took."""
    browser = Browser(timeout=SECONDS_TO_ANSWER)
    started = time.perf_counter()
    try:
        is_shown = (await browser.get(site.address + PATH)).status == 200
    except (OSError, asyncio.IncompleteReadError):
        is_shown = False
    milliseconds = 1000 * (time.perf_counter() - started)
    await browser.close()
    await asyncio.sleep(max(0.0, 1 / OTHERS_PER_SECOND - milliseconds / 1000))
    return milliseconds if is_shown else 1000 * SECONDS_TO_ANSWER
