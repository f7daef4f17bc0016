"""A database that stops answering leaves pages answered within a second, and writes within five."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from drills.ground import Ground, Outcome
from drills.waiting import Visitor, ask
from quizsite.postgresql import base
from tests.browser.site import Site

DATABASES = ("postgresql",)
SECONDS = 3  # that the server is stopped; 25 in the long form


def run(ground: Ground) -> Outcome:
    """Stop PostgreSQL, ask for pages and start quizzes; then it goes on, and so must the site."""
    with ground.site() as site:
        visitor = Visitor(site.address)
        with stopped(server_processes(site)):
            times = ask(visitor, 25 if ground.is_long else SECONDS)
        has_recovered = visitor.can_start_again()
    return times.outcome(has_recovered=has_recovered)


def break_site() -> None:
    """Have no one ask whether the database answers."""
    base.Server.check = lambda *_arguments: None  # type: ignore[method-assign]


def server_processes(site: Site) -> list[int]:
    """Return the main process of PostgreSQL and those that serve a connection."""
    with psycopg.connect(site.database_url) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
        main = int(Path(row[0], "postmaster.pid").read_text().split()[0]) if row else 0
        others = "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        return [main, *(pid for (pid,) in connection.execute(others))]


@contextmanager
def stopped(processes: list[int]) -> Iterator[None]:
    for pid in processes:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in processes:
            os.kill(pid, signal.SIGCONT)
