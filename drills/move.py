"""A site that moves from SQLite to PostgreSQL keeps every acknowledged answer."""

import time
from collections.abc import Iterator
from typing import Any

import psycopg

from drills.ground import Ground, Outcome
from drills.load import Load
from drills.people import manage
from tests import postgresql
from tests.browser.site import Site

DATABASES = ("sqlite",)
USES_POSTGRESQL = True


def run(ground: Ground) -> Outcome:
    """Let people answer, stop, move, and look for each of their answers."""
    with ground.site() as site, Load(site.address, visitors=8) as load:
        time.sleep(20 if ground.is_long else 0.7)
    with postgresql.server() as server:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            admin.execute("CREATE DATABASE moved")
        done = manage(ground, site, "move_database", f"{server}/moved")
        if done.returncode:
            raise RuntimeError(done.stderr)
        there = Site(site.address, site.folder, f"{server}/moved", site.pid)
        lost = load.journal.lost(there)
    return Outcome(load.journal.writes, len(lost), "writes", done.stdout.splitlines()[-1][:40])


def break_site() -> None:
    """Lose every second attempt where the move reads them, also when it compares."""
    from quizsite.backups import moving

    whole = moving._rows

    def some(model: Any, alias: str) -> Iterator[tuple[Any, ...]]:
        is_of_people = model._meta.db_table == "quiz_attempt"
        return (row for row in whole(model, alias) if not is_of_people or row[0] % 2)

    moving._rows = some
