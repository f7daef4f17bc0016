"""Six connections that guess passwords all the time don't keep others waiting."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import BoundedSemaphore

from drills.ground import Ground, Outcome
from drills.visitors import Visitor, at_the_same_time, names_in, watch_others
from quiz.web.scarce import HASHES
from quizsite import threads

CONNECTIONS = 6
# For other people's pages; the claim is 0.3 on a machine with nothing else to do.
MOST_SECONDS = 1.0


def run(ground: Ground) -> Outcome:
    """Guess for many names from many addresses, so that no limit ends it, and open other pages."""
    numbers = count()
    found: list[int] = []

    def guess() -> None:
        number = next(numbers)
        guesser = Visitor(site.address, f"198.51.{number // 200 % 200}.{number % 200 + 1}")
        page = guesser.get(log_in).page
        form = next((f for f in page.forms if "password" in names_in(f)), None)
        if form is None:
            return
        answer = guesser.send(form, login=f"n{number}@example.org", password="a wrong password")
        found.append(answer.status)

    with ground.site(TRUSTED_PROXIES="1") as site:
        log_in = Visitor(site.address).get("/counselor/").page.headers["location"]
        quiet = watch_others(site.address, 1)
        with at_the_same_time([guess] * CONNECTIONS):
            waits = watch_others(site.address, 30 if ground.is_long else 4)
    checked, refused = found.count(200) + found.count(400), found.count(503)
    if not checked or 500 in found:
        raise RuntimeError(f"statuses of guesses: {set(found)}")
    note = f"{waits} (before: {quiet}); guesses: {checked} checked, {refused} refused"
    return Outcome(len(waits.seconds), waits.late(MOST_SECONDS), "pages", note)


def break_site() -> None:
    """Let every guess wait until it is checked, in two threads that readers share."""
    shared = ThreadPoolExecutor(2)
    threads.ThreadPoolExecutor = lambda *_arguments: shared
    HASHES._places = BoundedSemaphore(100)
    HASHES.seconds = 60
