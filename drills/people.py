"""People that a drill follows one by one: they take the quiz, type something, delete everything."""

import asyncio
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.browser import Page, VisitError
from drills.ground import Ground
from drills.load import Journal, Kept, Visitor
from tests.browser.site import ROOT, Site, environment_of


class Person:
    """One visitor; every request waits for its answer."""

    def __init__(self, address: str, runner: asyncio.Runner, number: int) -> None:
        self.address = address
        self._runner = runner
        rng = random.Random(f"person {number}")
        self._visitor = Visitor(address, rng, Journal(), lambda: False)
        self.kept = Kept("")

    def take_the_quiz(self) -> None:
        self.kept = self._runner.run(self._visitor.take_the_quiz())

    def send(self, path: str, **fields: str) -> Page:
        """Fill in the form of a page; VisitError unless the site accepts it."""
        browser = self._visitor.browser
        page = self._runner.run(browser.get(f"{self.address}{path}"))
        form = next((each for each in page.forms if each.action.endswith(path)), None)
        if form is None:
            raise VisitError(f"no form at {page.url}")
        page = self._runner.run(browser.submit(form, [*form.hidden(), *fields.items()]))
        if page.status != 200:
            raise VisitError(f"HTTP {page.status} at {page.url}")
        return page

    def delete_everything(self) -> None:
        self.send("/quiz/data/delete/", is_sure="on")


def manage(ground: Ground, site: Site, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the site, which is broken where the drill asks for that."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment_of(site) | ground.environment(),
        capture_output=True,
        text=True,
        check=False,
    )


class Backup:
    """The attempts of a plain backup, to compare a journal with (`Journal.lost`)."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def query(self, statement: str) -> list[tuple[str, ...]]:
        """Answer the statement of `stored_attempts`, and no other on PostgreSQL."""
        if self.path.read_bytes()[:6] == b"SQLite":
            with closing(sqlite3.connect(f"{self.path.as_uri()}?immutable=1", uri=True)) as backup:
                return [tuple(map(str, row)) for row in backup.execute(statement)]
        return self._rows_of_dump()

    def _rows_of_dump(self) -> list[tuple[str, ...]]:
        done = subprocess.run(
            ["pg_restore", "--data-only", "--table=quiz_attempt", "--file=-", str(self.path)],
            capture_output=True,
            text=True,
            check=True,
        )
        lines = iter(done.stdout.splitlines())
        head = next(line for line in lines if line.startswith("COPY"))
        columns = head[head.index("(") + 1 : head.index(")")].split(", ")
        rows = [dict(zip(columns, line.split("\t"), strict=True)) for line in _until_the_end(lines)]
        return [
            (row["code_hash"], row["answers"], str(row["finished_at"] != "\\N")) for row in rows
        ]


def _until_the_end(lines: Iterator[str]) -> Iterator[str]:
    return iter(lambda: next(lines), "\\.")
