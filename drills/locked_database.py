"""Another program that holds SQLite's lock keeps no reader waiting, and no writer for long."""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from drills.ground import Ground, Outcome
from drills.waiting import Visitor, ask
from quizsite import threads

DATABASES = ("sqlite",)
# Twice what is promised for pages: a machine can be busy.
MOST_SECONDS = {"GET /healthz": 2.0, "GET /": 2.0, "POST /quiz/": 5.0}
SECONDS = 4  # that the lock is held; 10 in the long form
SECONDS_TO_RECOVER = 10


def run(ground: Ground) -> Outcome:
    """Hold BEGIN IMMEDIATE outside the site while visitors read and write."""
    with ground.site() as site:
        visitor = Visitor(site.address)
        with closing(sqlite3.connect(site.folder / "quiz.sqlite3")) as program:
            program.execute("BEGIN IMMEDIATE")
            times = ask(visitor, MOST_SECONDS, 10 if ground.is_long else SECONDS)
        end = time.monotonic() + SECONDS_TO_RECOVER
        while (status := visitor.request("POST /quiz/")) != 302 and time.monotonic() < end:
            time.sleep(0.1)
    return times.outcome(more_lost=status != 302)


def break_site() -> None:
    """Let readers and writers share two threads, as they did."""
    shared = ThreadPoolExecutor(2)
    threads.ThreadPoolExecutor = lambda *_arguments: shared  # type: ignore[assignment, misc]
