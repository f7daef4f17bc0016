"""Behind PgBouncer in transaction mode, the quiz works and no query runs longer than 5 seconds."""

import time
from contextlib import ExitStack
from dataclasses import replace

import psycopg

from drills.ground import Ground, Outcome
from drills.visitors import Visitor
from quizsite import pooler
from quizsite.pooler import SECONDS_TO_NOTICE
from tests.pgbouncer import pgbouncer

DATABASES = ("postgresql",)
CONNECTIONS = 4
SHOW = "SELECT current_setting('statement_timeout')"
END_ALL = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def run(ground: Ground) -> Outcome:
    """Take the quiz through the pooler, and read the limit on its connections, old and new ones."""
    visits = 100 if ground.is_long else 5
    lost = 0
    limits: list[str] = []
    with pgbouncer(ground.database_url, CONNECTIONS) as url:
        _limits(url)  # opens all connections before the site brings its limits
        behind = replace(ground, database_url=url)
        with behind.site(is_prepared=False, PGBOUNCER="1") as site:
            for _visit in range(visits):
                try:
                    Visitor(site.address).take_quiz()
                except RuntimeError:
                    lost += 1
            limits += _limits(url)
        with psycopg.connect(ground.database_url, autocommit=True) as connection:
            connection.execute(END_ALL)
        time.sleep(SECONDS_TO_NOTICE)
        limits += _limits(url)
    lost += sum(limit != "5s" for limit in limits)
    return Outcome(visits + len(limits), lost, "visits, connections", f"limits {set(limits)}")


def break_site() -> None:
    """Start without bringing the limits."""
    pooler.bring_limits = lambda: None


def _limits(url: str) -> list[str]:
    """Return the limit of each of the pooler's connections to the server."""
    with ExitStack() as stack:
        # The transaction of each client keeps a connection until the end.
        clients = [stack.enter_context(psycopg.connect(url)) for _ in range(CONNECTIONS)]
        return [str(row[0]) for client in clients if (row := client.execute(SHOW).fetchone())]
