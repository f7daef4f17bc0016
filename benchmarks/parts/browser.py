"""A visit in a real browser with JavaScript, by someone who takes 4 seconds for each answer.

The page's clock is moved instead of waited for: the page then does what it would have done in that
time, and sends the same requests. `--real-time` waits, to compare (100 seconds for each visit).
"""

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.databases import commits_since, mark
from benchmarks.processes import cpu_seconds
from benchmarks.sites import Sites, start_of
from benchmarks.table import Goal, Row
from tests.browser.chromium import FLAGS, chromium
from tests.browser.site import Site

SECONDS_AN_ANSWER = 4
VISITS = {"ours": 4, "least": 6}  # in each turn
SECONDS_IDLE = 3
QUESTIONS = "[...new Set(Array.from(document.querySelectorAll('[type=radio]'), each => each.name))]"


def measure(sites: Sites, wanted: Any) -> Iterator[Row]:
    if chromium() is None:
        raise RuntimeError("No Chromium was found (Debian: chromium-headless-shell).")
    milliseconds: dict[str, list[float]] = {name: [] for name in VISITS}
    counts: dict[str, list[list[float]]] = {}
    with sites.both() as both, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        let_pass = wait if wanted.real_time else move_clock
        for name, site in zip(VISITS, both, strict=True):
            Visitor(browser, site, move_clock, "warm").take_quiz()
            counts[name] = counted(Visitor(browser, site, let_pass, name))
        for turn in range(wanted.runs):
            for name, site in zip(VISITS, both, strict=True):
                visitors = [
                    Visitor(browser, site, let_pass, f"{name} {turn} {number}")
                    for number in range(1 if wanted.real_time else VISITS[name])
                ]
                milliseconds[name].append(1000 * cost(site, visitors))
        browser.close()
    pages, files, writes = zip(*counts.values(), strict=True)
    yield Row("requests of a visit in a browser", *pages, Goal(14), digits=0)
    yield Row("files that it loads: style sheet and script", *files, digits=0)
    yield Row("write transactions of a visit in a browser", *writes, Goal(6), digits=0)
    goal = Goal(1.8, is_ratio=True)
    yield Row("server CPU of a visit in a browser, ms", *milliseconds.values(), goal)


def counted(visitor: "Visitor") -> list[list[float]]:
    """Return the requests for pages and for files, and the write transactions, of one visit."""
    start = mark(visitor.site)
    visitor.take_quiz()
    pages = [path for path in visitor.paths if not path.startswith("/static/")]
    # Each page names them again, but the browser has kept them.
    files = {*visitor.paths} - {*pages}
    return [[len(pages)], [len(files)], [commits_since(visitor.site, start)]]


def cost(site: Site, visitors: list["Visitor"]) -> float:
    """Return the seconds of server CPU for a visit, without what the server takes when idle."""
    before = cpu_seconds(site.pid)
    time.sleep(SECONDS_IDLE)
    idle = (cpu_seconds(site.pid) - before) / SECONDS_IDLE
    before, started = cpu_seconds(site.pid), time.monotonic()
    for visitor in visitors:
        visitor.take_quiz()
    spent = cpu_seconds(site.pid) - before
    return (spent - idle * (time.monotonic() - started)) / len(visitors)


def move_clock(page: Page, seconds: float) -> None:
    page.clock.fast_forward(seconds * 1000)


def wait(page: Page, seconds: float) -> None:
    page.wait_for_timeout(seconds * 1000)


class Visitor:
    """Someone with a browser profile of their own: no cookies, nothing kept from before."""

    def __init__(
        self, browser: Browser, site: Site, let_pass: Callable[[Page, float], None], seed: str
    ) -> None:
        self.browser = browser
        self.site = site
        self.let_pass = let_pass
        self.rng = random.Random(seed)
        self.paths: list[str] = []

    def take_quiz(self) -> None:
        context = self.browser.new_context()
        page = context.new_page()
        page.on("request", lambda request: self.paths.append(urlsplit(request.url).path))
        if self.let_pass is move_clock:
            page.clock.install()
        page.goto(start_of(self.site))
        if self.let_pass is move_clock:
            page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
        if page.url.endswith("/quiz/"):
            self._answer(page)
        else:
            page.locator("main a.btn").click()
            page.locator("main form .btn").click()
            page.wait_for_url("**/quiz/1/")
            while "/result/" not in page.url:
                self._answer(page)
        context.close()

    def _answer(self, page: Page) -> None:
        """Answer all statements of the page, send it, and wait for the next one."""
        address = page.url
        for name in page.evaluate(QUESTIONS):
            page.locator(f"[name='{name}']").nth(self.rng.randrange(3)).click()
            self.let_pass(page, SECONDS_AN_ANSWER)
        page.locator("button[value=next], form > button:only-of-type").last.click()
        page.wait_for_url(lambda url: url != address)
