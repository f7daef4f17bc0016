"""Take the quiz without JavaScript, at this site or at the least app.

    .venv/bin/python -m benchmarks.visit http://127.0.0.1:8000/ [-n 20] [-c 2]

Exits with 1 unless every visit ends with a result.
"""

import argparse
import asyncio
import random
import sys
from typing import Any

from benchmarks.browser import Browser, Form, Page, VisitError

MOST_PAGES = 30
STATEMENTS = 24


def ok(page: Page) -> Page:
    if page.status != 200:
        raise VisitError(f"HTTP {page.status} at {page.url}")
    return page


def questions_on(page: Page) -> Form | None:
    return next((form for form in page.forms if form.radio_groups()), None)


def start_on(page: Page) -> Form | None:
    """Return the form that starts a quiz."""
    return next((form for form in page.forms if form.action.endswith("/quiz/")), None)


def fields(form: Form, rng: random.Random, go: str = "next") -> list[tuple[str, str]]:
    """Fill in a form: one answer of each group, at random."""
    chosen = [(name, rng.choice(values)) for name, values in form.radio_groups().items()]
    button = [("go", go)] if any(each.name == "go" for each in form.buttons()) else []
    return [*form.hidden(), *chosen, *button]


async def take(browser: Browser, address: str, rng: random.Random) -> Page:
    """Start at the home page or the statements, and answer every page; return the result's."""
    page = ok(await browser.get(address))
    answers = 0
    for _ in range(MOST_PAGES):
        if form := questions_on(page):
            answers += len(form.radio_groups())
            page = ok(await browser.submit(form, fields(form, rng)))
        elif answers:
            break
        elif form := start_on(page):
            page = ok(await browser.submit(form, form.hidden()))
        else:
            into = next((url for url, _text, _ in page.links if url.endswith("/quiz/")), None)
            if into is None:
                break
            page = ok(await browser.get(into))
    if answers < STATEMENTS or "result" not in page.url:
        raise VisitError(f"no result after {answers} answers, at {page.url}")
    return page


async def visits(address: str, count: int, rng: random.Random, at_a_time: int = 1) -> int:
    """Take the quiz `count` times, each time as a new visitor; return the number of requests.

    The first visit that doesn't end with a result raises VisitError.
    """
    requests: list[Any] = []
    waiting = iter(range(count))

    async def visitor() -> None:
        for _ in waiting:
            browser = Browser(lambda *request: requests.append(request))
            try:
                await take(browser, address, rng)
            finally:
                await browser.close()

    await asyncio.gather(*(visitor() for _ in range(at_a_time)))
    return len(requests)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address", help="the site's home page, on this machine")
    parser.add_argument("-n", type=int, default=20, help="visits")
    parser.add_argument("-c", type=int, default=2, help="visitors at the same time")
    wanted = parser.parse_args()
    try:
        requests = asyncio.run(visits(wanted.address, wanted.n, random.Random(1), wanted.c))
    except (VisitError, OSError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    print(f"{wanted.n} visits with {requests} requests, each with a result")


if __name__ == "__main__":
    main()
