"""Migrated test databases with the shipped content and version 1 live: prepared once, then copied.

Migrating and loading takes longer than most test files. A prepared SQLite file stays in var/tests/
for the next run; on PostgreSQL, the template goes with the server when the run ends.
"""

import fcntl
import hashlib
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import django
import psycopg
from django.conf import settings
from django.db import connection

from quiz.questionnaires.models import QuestionnaireVersion
from roles.content import load_roles
from tests.answers import SHIPPED

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "var" / "tests"
# What decides on the rows of a prepared database: the schema, the content, and what loads it.
SOURCES = (
    *("*/migrations/*.py", "*/data/*", "*/**/models.py", "*/**/models/*.py"),
    *("quiz/core/*.py", "quiz/questionnaires/**/*.py", "roles/*.py"),
    *("quizsite/settings.py", "quizsite/sqlite/*.py"),
    *("tests/settings.py", "tests/databases.py", "tests/answers.py"),
    "requirements-dev.txt",
)


@cache
def key() -> str:
    """Return a name that changes with everything a prepared database depends on.

    The day counts too: the content says when it was published, and that must not grow old.
    """
    versions = (django.VERSION, sqlite3.sqlite_version, sys.version)
    digest = hashlib.sha256(f"{versions} {datetime.now(UTC).date()}".encode())
    for path in sorted({path for pattern in SOURCES for path in ROOT.glob(pattern)}):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def use_copy() -> None:
    """Connect to a database of this process's own that holds the shipped content."""
    name = connection.creation._get_test_db_name()
    with _alone():
        prepared = _on_postgresql if connection.vendor == "postgresql" else _on_sqlite
        prepared(name)
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


@contextmanager
def used_copy(folder: Path) -> Iterator[None]:
    """Connect to one more copy until the block ends: a file in `folder`, or a database."""
    connection.close()
    before = connection.settings_dict["NAME"]
    if connection.vendor == "postgresql":
        name = f"{before}_own"
        with _postgresql() as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{before}"')
    else:
        name = str(folder / "quiz.sqlite3")
        shutil.copyfile(before, name)
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        if connection.vendor == "postgresql":
            drop_copy()
        connection.close()
        connection.settings_dict["NAME"] = before


def drop_copy() -> None:
    connection.close()
    if connection.vendor == "postgresql":
        with _postgresql() as server:
            server.execute(f'DROP DATABASE "{connection.settings_dict["NAME"]}" WITH (FORCE)')
    else:
        for ending in ("", "-wal", "-shm"):
            Path(connection.settings_dict["NAME"] + ending).unlink(missing_ok=True)


def _prepare() -> None:
    """Create the database that Django would test on, and load the content into it."""
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    load_roles()
    QuestionnaireVersion.objects.add(SHIPPED, title="As shipped").publish()


def _on_sqlite(name: str) -> None:
    template = KEPT / f"{key()}.sqlite3"
    if template.exists():
        shutil.copyfile(template, name)
        return
    _prepare()
    for old in KEPT.glob("*.sqlite3"):
        old.unlink()
    partial = template.with_suffix(".partial")
    with closing(sqlite3.connect(partial)) as copy:
        connection.connection.backup(copy)
    partial.rename(template)


def _on_postgresql(name: str) -> None:
    template = f"prepared_{key()}"
    with _postgresql() as server:
        known = "SELECT 1 FROM pg_database WHERE datname = %s"
        if not server.execute(known, [template]).fetchone():
            _prepare()
            connection.close()
            server.execute(f'ALTER DATABASE "{name}" RENAME TO "{template}"')
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


@contextmanager
def _postgresql() -> Iterator[psycopg.Connection]:
    parts = {key: connection.settings_dict[key.upper()] for key in ("host", "port", "user")}
    with closing(psycopg.connect(**parts, dbname="postgres", autocommit=True)) as server:
        yield server


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time prepare a database; the others wait and copy it."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
