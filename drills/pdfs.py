"""Twenty connections that ask for PDFs all the time don't keep others waiting."""

import time
from collections.abc import Callable
from itertools import cycle
from threading import BoundedSemaphore

from drills.ground import Ground, Outcome
from drills.visitors import Visitor, at_the_same_time, watch_others
from quiz.results import kept_pdfs
from quiz.web import scarce
from quiz.web.scarce import PDFS

CONNECTIONS = 20
PAUSE_WHEN_REFUSED = 0.1  # seconds; the answer says 5
MOST_SECONDS = (
    1.0  # for other people's pages: the claim is 0.3 on a machine with nothing else to do
)


def run(ground: Ground) -> Outcome:
    """Ask for PDFs that differ, and open other pages; a page after a second counts as lost."""
    with ground.site() as site:
        owners = [Visitor(site.address) for _ in range(CONNECTIONS)]
        for owner in owners:
            owner.take_quiz()
        owners[0].get("/quiz/result.pdf")  # the first one loads the library
        quiet = watch_others(site.address, 1)
        made = []

        def asking(owner: Visitor) -> Callable[[], None]:
            paths = cycle(["/quiz/result.pdf", "/quiz/result.pdf?answers"])

            def ask() -> None:
                made.append(owner.get(next(paths)).status)
                if made[-1] == 503:
                    time.sleep(PAUSE_WHEN_REFUSED)

            return ask

        with at_the_same_time([asking(owner) for owner in owners]):
            waits = watch_others(site.address, 30 if ground.is_long else 4)
    if 500 in made or 200 not in made:
        raise RuntimeError(f"statuses of PDFs: {set(made)}")
    note = f"{waits} (before: {quiet}); PDFs: {made.count(200)} sent, {made.count(503)} refused"
    return Outcome(len(waits.seconds), waits.late(MOST_SECONDS), "pages", note)


def break_site() -> None:
    """Let every request wait for a PDF of its own, in two threads as there once were."""
    scarce.THREADS = 2
    PDFS._places = BoundedSemaphore(100)
    PDFS.seconds = 10
    kept_pdfs.SECONDS_KEPT = 0
