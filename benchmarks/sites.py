"""Both sites, filled, each in a folder and database of its own: this one and the least app."""

import asyncio
import os
import random
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from benchmarks import databases
from benchmarks.visit import visits
from tests.browser.site import ROOT, Site, free_port, prepare, prepared_site, served_site

SECONDS_TO_START = 60
TAKEN = 100  # quizzes that are taken; the other rows are copies of theirs
UNLIMITED = {"STARTS_PER_NETWORK": "1000000"}
START_PATHS = {"ours": "/", "least": "/quiz/"}


class Sites:
    """`ours` and `least` serve until their block ends; a second block finds the same rows."""

    def __init__(self, folder: Path, rows: int, server_url: str = "") -> None:
        """`server_url` is a PostgreSQL server's, without a database; empty for SQLite."""
        self.folder = folder
        self.rows = rows
        self.server_url = server_url
        self._ready: set[str] = set()

    @property
    def database(self) -> str:
        return "PostgreSQL" if self.server_url else "SQLite"

    @contextmanager
    def both(self) -> Iterator[tuple[Site, Site]]:
        with self.ours() as ours, self.least() as least:
            yield ours, least

    @contextmanager
    def ours(self, *, from_the_start: bool = False) -> Iterator[Site]:
        """Serve this site; `from_the_start` with all that `manage.py serve` does."""
        folder, database = self._place("ours")
        environment = UNLIMITED | database
        if "ours" not in self._ready:
            prepare(folder, **environment)
            with prepared_site(folder, **environment) as site:
                fill(site, "ours", "quiz_attempt", self.rows)
            self._ready.add("ours")
        serving = served_site if from_the_start else prepared_site
        with serving(folder, **environment) as site:
            yield site

    @contextmanager
    def least(self) -> Iterator[Site]:
        folder, database = self._place("least")
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        environment |= {"DJANGO_SETTINGS_MODULE": "benchmarks.least.settings"}
        environment |= {"DATA_DIR": str(folder), **database}
        if "least" not in self._ready:
            command = [sys.executable, "-m", "django", "migrate", "--run-syncdb", "-v0"]
            subprocess.run(command, cwd=ROOT, env=environment, check=True)
            with _least(folder, environment) as site:
                fill(site, "least", "least_submission", self.rows)
            self._ready.add("least")
        with _least(folder, environment) as site:
            yield site

    def _place(self, name: str) -> tuple[Path, dict[str, str]]:
        folder = self.folder / f"{name}-{self.database}"
        is_new = not folder.exists()
        folder.mkdir(exist_ok=True)
        if not self.server_url:
            return folder, {}
        if is_new:
            with psycopg.connect(f"{self.server_url}/postgres", autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
        return folder, {"DATABASE_URL": f"{self.server_url}/{name}"}


def start_of(site: Site) -> str:
    """Return the address where a visit starts."""
    is_least = site.folder.name.startswith("least")
    return site.address + START_PATHS["least" if is_least else "ours"]


def fill(site: Site, name: str, table: str, rows: int) -> None:
    """Take some quizzes, then copy their rows."""
    taken = min(TAKEN, rows)
    asyncio.run(visits(site.address + START_PATHS[name], taken, random.Random(name)))
    own = {"code_hash": databases.random_hash(site)}
    # As if every copy were by another person, who took the quiz once.
    own["series"] = f"CASE WHEN series = code_hash THEN {own['code_hash']} ELSE series END"
    databases.fill(site, table, rows, own)


@contextmanager
def _least(folder: Path, environment: dict[str, str]) -> Iterator[Site]:
    """Serve the least app with this site's server and as many workers, with a thread each."""
    port = str(free_port())
    database_url = environment.get("DATABASE_URL", "")
    command = (
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--factory"),
        *("--workers", "2" if database_url else "1", "--blocking-threads", "1"),
        *("--host", "127.0.0.1", "--port", port, "--log-level", "error"),
        "django.core.wsgi:get_wsgi_application",
    )
    with (folder / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        site = Site(f"http://127.0.0.1:{port}", folder, database_url, process.pid)
        _wait_for(start_of(site), process, folder / "serve.log")
        yield site
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()  # granian's own supervisor can miss the signal
            process.wait()


def _wait_for(address: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    raise RuntimeError(f"The least app did not start:\n{log.read_text(errors='replace')}")
