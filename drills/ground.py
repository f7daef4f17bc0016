"""What a drill runs on: a fresh site, on one of the databases, whole or broken on purpose."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

from tests.browser.site import Site, prepare, prepared_site, served_site


@dataclass(frozen=True)
class Outcome:
    """How many were tried, how many of them were lost, and of what: "saved pages"."""

    tried: int
    lost: int
    unit: str
    note: str = ""

    @property
    def survived(self) -> int:
        return self.tried - self.lost


@dataclass(frozen=True)
class Ground:
    """Where one run of a drill happens."""

    drill: str  # the drill's module
    database: str  # "sqlite" or "postgresql"
    prepared: Path  # a data folder with a migrated site, to copy
    folder: Path  # the drill's own data folder, a copy of `prepared`
    database_url: str  # empty for SQLite
    is_long: bool
    is_broken: bool

    @contextmanager
    def site(self, *, is_prepared: bool = True, **environment: str) -> Iterator[Site]:
        """Serve the site until the block ends; it is broken where the drill asks for that.

        With `is_prepared=False` it starts through `manage.py serve`, as on an operator's machine.
        """
        serving = prepared_site if is_prepared else served_site
        with serving(self.folder, **self.environment(), **environment) as site:
            yield site

    def environment(self) -> dict[str, str]:
        """Return what the site's processes need to know, also a command such as `backup`."""
        own = {"DJANGO_SETTINGS_MODULE": "drills.settings"}
        if self.database_url:
            own["DATABASE_URL"] = self.database_url
        if self.is_broken:
            own["DRILL_BROKEN"] = self.drill
        return own


class Grounds:
    """Hands out fresh sites, once `prepare` has run."""

    def __init__(self, server_url: str) -> None:
        self.server_url = server_url  # of PostgreSQL, without a database
        self.folder = Path(tempfile.mkdtemp(prefix="quiz-drills-"))
        self.numbers = count(1)

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def prepare(self) -> None:
        """Make the site that the fresh ones are copies of, on each database."""
        self._folder_of("sqlite").mkdir()
        prepare(self._folder_of("sqlite"))
        self._folder_of("postgresql").mkdir()
        self._on_server("CREATE DATABASE prepared")
        prepare(self._folder_of("postgresql"), DATABASE_URL=f"{self.server_url}/prepared")

    @contextmanager
    def fresh(
        self, drill: str, database: str, *, is_long: bool, is_broken: bool
    ) -> Iterator[Ground]:
        """Yield a site of its own for one run of a drill, and remove it afterwards."""
        prepared = self._folder_of(database)
        name = f"drill_{next(self.numbers)}"
        folder = self.folder / name
        shutil.copytree(prepared, folder)
        url = ""
        if database == "postgresql":
            url = f"{self.server_url}/{name}"
            self._on_server(f'CREATE DATABASE "{name}" TEMPLATE prepared')
        try:
            yield Ground(drill, database, prepared, folder, url, is_long, is_broken)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            if url:
                self._on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _folder_of(self, database: str) -> Path:
        return self.folder / f"prepared-{database}"

    def _on_server(self, statement: str) -> None:
        with psycopg.connect(f"{self.server_url}/postgres", autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]
