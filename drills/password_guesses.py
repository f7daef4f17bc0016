"""Of many guesses at passwords, ten are checked, and the right person enters in the meantime."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from http import HTTPStatus

from drills.ground import Ground, Outcome
from drills.staff import LOGIN, Browser, add_staff, log_in
from tests.browser.site import Site

ATTACKER, HOME = "127.0.0.66", "127.0.0.2"
CONNECTIONS, NAMES = 6, 8
MOST_CHECKED = 10
ANSWERS = {HTTPStatus.OK, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


def run(ground: Ground) -> Outcome:
    """A guess too many that was checked counts as lost, and so does an owner who stays outside."""
    guesses, connections = (1000 if ground.is_long else 120), CONNECTIONS
    if ground.is_broken:
        # Each of them takes a processor for half a second.
        guesses, connections = 14, 1
    with ground.site() as site:
        (owner,) = add_staff(ground, site, 1)
        with ThreadPoolExecutor(connections + 1) as pool:
            waiting = [
                pool.submit(_guess, site, guesses // connections, number)
                for number in range(connections)
            ]
            others = pool.submit(_open_pages, site, waiting)
            entered = [
                log_in(Browser(site, HOME), owner["name"], code) for code in owner["codes"][:3]
            ]
            statuses = [status for each in waiting for status in each.result()]
    checked = statuses.count(HTTPStatus.OK)
    odd = [each for each in statuses if each not in ANSWERS]
    seconds = sorted(others.result())
    lost = max(0, checked - MOST_CHECKED) + entered.count(False) + len(odd)
    note = (
        f"{checked} checked; the owner entered {entered.count(True)} of {len(entered)} times; "
        f"p99 of another page {seconds[len(seconds) * 99 // 100]:.3f} s"
    )
    return Outcome(len(statuses), lost, "guesses", note)


def _guess(site: Site, count: int, number: int) -> list[int]:
    browser = Browser(site, ATTACKER)
    browser.get(LOGIN)
    return [
        browser.post(LOGIN, login=f"staff{(n + number) % NAMES}", password=f"guess {n}")
        for n in range(count)
    ]


def _open_pages(site: Site, until: list[Future[list[int]]]) -> list[float]:
    browser = Browser(site, HOME)
    seconds: list[float] = []
    while not (seconds and all(each.done() for each in until)):
        started = time.monotonic()
        browser.get("/")
        seconds.append(time.monotonic() - started)
        time.sleep(0.02)
    return seconds


def break_site() -> None:
    """Check every guess."""
    from quiz.web.limits import Tries

    Tries.spend = lambda self: True  # type: ignore[method-assign]
