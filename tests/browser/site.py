"""The site as `make run` serves it, in its own folder, for tests that need a real server."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 180


def printed_on(site: "Site", module: str) -> str:
    """Run a module as a program with a site's own settings; return the last line that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", module],
        cwd=ROOT,
        env=environment_of(site),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class Site:
    """A running site: its address, without a final slash, and direct access to its database."""

    address: str
    folder: Path
    database_url: str
    pid: int  # of `serve`

    def execute(self, statement: str) -> None:
        """Run one SQL statement, without parameters."""
        if self.database_url:
            with psycopg.connect(self.database_url, autocommit=True) as connection:
                connection.execute(statement)
        else:
            with closing(sqlite3.connect(self.folder / "quiz.sqlite3", timeout=10)) as connection:
                connection.execute(statement)
                connection.commit()

    def query(self, statement: str) -> list[tuple]:
        """Return the rows of one SQL statement, each value as text."""
        if self.database_url:
            with psycopg.connect(self.database_url, autocommit=True) as connection:
                rows = connection.execute(statement).fetchall()
        else:
            with closing(sqlite3.connect(self.folder / "quiz.sqlite3", timeout=10)) as connection:
                rows = connection.execute(statement).fetchall()
        return [tuple(map(str, row)) for row in rows]

    def let_time_pass(self) -> None:
        """Make the time spent on open pages unknown, because a test answers too fast."""
        today = datetime.now(UTC) - timedelta(hours=12)
        self.execute(
            "UPDATE quiz_attempt SET saved_at = '2026-01-01 00:00:00+00:00' "
            f"WHERE saved_at > '{today:%Y-%m-%d %H:%M:%S}+00:00'"
        )


# What `manage.py serve` does before it serves.
PREPARE = """
import django
from unittest.mock import patch
django.setup()
from django.core.management import call_command
with patch("quizsite.management.commands.serve.serve_prepared", return_value=0):
    call_command("serve")
"""
# The last step of `manage.py serve`: the server alone, in a folder prepared earlier.
SERVE_PREPARED = """
import os, sys, django
django.setup()
from quizsite.management.commands.serve import serve_prepared
sys.exit(serve_prepared("127.0.0.1", int(os.environ["PORT"])))
"""
SERVE_WITH_WORKERS = """
import os, sys, django
django.setup()
from quizsite import server
sys.exit(server.run("127.0.0.1", int(os.environ["PORT"]), {workers}))
"""


def prepare(folder: Path, **environment: str) -> None:
    """Prepare a data folder as `make run` does, for `prepared_site`."""
    own = {"DATA_DIR": str(folder), "PORT": str(free_port())}
    subprocess.run(
        [sys.executable, "-c", PREPARE],
        cwd=ROOT,
        env=_environment() | environment | own,
        check=True,
        capture_output=True,
    )


def add_demo(site: "Site") -> None:
    """Fill a site that has no attempts yet with the demo: people, results, counselors, a draft."""
    subprocess.run(
        [sys.executable, "manage.py", "demo"],
        cwd=ROOT,
        env=environment_of(site),
        check=True,
        capture_output=True,
    )


@contextmanager
def served_site(folder: Path, **environment: str) -> Iterator[Site]:
    """Prepare `folder` as `make run` does and serve from it until the block ends."""
    with _serving(folder, ("manage.py", "serve"), environment) as site:
        yield site


@contextmanager
def prepared_site(folder: Path, *, workers: int = 0, **environment: str) -> Iterator[Site]:
    """Serve from a folder that was prepared before, or from a copy of one.

    With `workers`, there are so many, whatever the database is.
    """
    program = SERVE_WITH_WORKERS.format(workers=workers) if workers else SERVE_PREPARED
    with _serving(folder, ("-c", program), environment) as site:
        yield site


@contextmanager
def _serving(folder: Path, command: tuple[str, ...], environment: dict[str, str]) -> Iterator[Site]:
    port = environment.get("PORT") or str(free_port())
    own = {"DATA_DIR": str(folder), "PORT": port}
    with (folder / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=_environment() | environment | own,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, process, folder / "serve.log")
        yield Site(address, folder, environment.get("DATABASE_URL", ""), process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _environment() -> dict[str, str]:
    # The site must not inherit the settings of the tests.
    own = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "DATA_DIR"}
    kept = {name: value for name, value in os.environ.items() if name not in own}
    # Its background work would be counted with what a visit writes.
    own_values = {"PLAIN_HTTP": "1", "TASK_WORKER": "0"}
    return kept | own_values | {"DJANGO_SETTINGS_MODULE": "quizsite.settings"}


def environment_of(site: "Site") -> dict[str, str]:
    """Return the environment for a program that uses the site's database and key."""
    own = {"DATA_DIR": str(site.folder), "PORT": site.address.rsplit(":", 1)[1]}
    return _environment() | own | ({"DATABASE_URL": site.database_url} if site.database_url else {})


def _wait_for(address: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/readyz"):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise RuntimeError(f"The site did not start:\n{log.read_text(errors='replace')}")
