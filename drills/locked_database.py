"""Another program that holds SQLite's lock keeps no reader waiting, and no writer for long."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from drills.ground import Ground, Outcome
from drills.waiting import Visitor, ask
from quizsite import threads

DATABASES = ("sqlite",)
SECONDS = 4  # that the lock is held; 10 in the long form


def run(ground: Ground) -> Outcome:
    """Hold BEGIN IMMEDIATE outside the site while visitors read and write."""
    with ground.site() as site:
        visitor = Visitor(site.address)
        with closing(sqlite3.connect(site.folder / "quiz.sqlite3")) as program:
            program.execute("BEGIN IMMEDIATE")
            times = ask(visitor, 10 if ground.is_long else SECONDS)
        has_recovered = visitor.can_start_again()
    return times.outcome(has_recovered=has_recovered)


def break_site() -> None:
    """Let readers and writers share two threads, as they did."""
    shared = ThreadPoolExecutor(2)
    threads.ThreadPoolExecutor = lambda *_arguments: shared  # type: ignore[assignment, misc]
