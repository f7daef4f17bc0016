"""Copy, check and replace a PostgreSQL database with PostgreSQL's own programs."""

import os
import re
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.client import DatabaseClient

KIND = b"PGDMP"  # how files of `pg_dump --format=custom` start
# How long the connections of a server that has just ended may still be listed.
SECONDS_TO_LEAVE = 2.0
# In the transaction that replaces everything: newer tables than the backup's must go too.
EMPTY_SCHEMA = """
DO $$ DECLARE found record; BEGIN
  FOR found IN SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() LOOP
    EXECUTE format('DROP TABLE IF EXISTS %I CASCADE', found.name);
  END LOOP;
  FOR found IN SELECT oid::regprocedure::text AS name FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace AND prorettype = 'trigger'::regtype
    AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e') LOOP
    EXECUTE 'DROP FUNCTION ' || found.name || ' CASCADE';
  END LOOP;
END $$
"""


def copy_to(path: Path) -> dict[str, int]:
    """Copy the database while the site runs; return how many rows each table had.

    Counts and copy see the same moment.
    """
    # A connection of its own, since a snapshot needs a new transaction.
    with closing(connection.copy()) as own, _transaction(own) as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # Ours end a transaction that counts or waits for long.
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        counts = _counts(cursor)
        dumped = ("--format=custom", f"--snapshot={snapshot}", f"--file={path}")
        _run("pg_dump", *dumped, connects=True)
    return counts


def checked(path: Path) -> dict[str, int]:
    """Return how many rows each table of a dump has; CommandError if it can't be read."""
    _run("pg_restore", "--list", str(path))
    counts: Counter[str] = Counter()
    for table, rows in _tables(path):
        counts[table] += sum(1 for _row in rows)
    return dict(counts)


def migrations_in(path: Path) -> set[tuple[str, str]]:
    return {
        (row.split("\t")[1], row.split("\t")[2])
        for _table, rows in _tables(path, "--table=django_migrations")
        for row in rows
    }


def refuse_other_users() -> None:
    """CommandError if anyone else is connected to the database, such as a server."""
    end = time.monotonic() + SECONDS_TO_LEAVE
    while (others := _other_connections()) and time.monotonic() < end:
        time.sleep(0.1)
    if others:
        raise CommandError(
            f"{others} other connection{'s use' if others > 1 else ' uses'} the database. Stop "
            "every server of the site, and a pooler in front of the database, first."
        )


def _other_connections() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        (others,) = cursor.fetchone()
    return int(others)


def put_in_place(path: Path) -> None:
    """Replace all tables by those of a dump, in one transaction; CommandError if it fails."""
    connection.close()
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        # First to a file: half of the statements in a pipe that breaks would be committed.
        statements = Path(folder) / "statements.sql"
        _run("pg_restore", "--no-owner", f"--file={statements}", str(path))
        _run(
            *("psql", "--quiet", "--no-psqlrc", "--output=/dev/null", "--single-transaction"),
            *("--set=ON_ERROR_STOP=1", f"--command={EMPTY_SCHEMA}", f"--file={statements}"),
            connects=True,
        )


@contextmanager
def _transaction(own: BaseDatabaseWrapper) -> Iterator[Any]:
    own.set_autocommit(False)
    with own.cursor() as cursor:
        yield cursor
    own.rollback()


def _tables(path: Path, *options: str) -> Iterator[tuple[str, Iterator[str]]]:
    """Yield each table of a dump with the lines of its rows, which must be read in between."""
    command = ["pg_restore", "--data-only", *options, "--file=-", str(path)]
    with _started(command, stdout=subprocess.PIPE, text=True, errors="replace") as process:
        lines: Iterator[str] = process.stdout
        for line in lines:
            if found := re.match(r'COPY [^ ]*?\.?"?([^". ]+)"? \(', line):
                yield found[1], iter(lambda: next(lines).rstrip("\n"), "\\.")
        if process.wait():
            raise CommandError(f"{path.name} is damaged: {process.stderr.read().strip()}")


def _run(program: str, *options: str, connects: bool = False) -> None:
    command, environment = [program, *options], {}
    if connects:
        known, given = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
        *where, name = known[1:]
        command += [*where, "--dbname", name]
        environment = given or {}
    with _started(command, env=os.environ | environment, stdout=subprocess.DEVNULL) as process:
        _nothing, errors = process.communicate()
    if process.returncode:
        raise CommandError(f"{program} failed: {errors.decode(errors='replace').strip()}")


def _started(command: list[str], **options: Any) -> Any:
    try:
        return subprocess.Popen(command, stderr=subprocess.PIPE, **options)  # noqa: S603
    except FileNotFoundError:
        raise CommandError(f"{command[0]} is not installed (Debian: postgresql-client).") from None


def _counts(cursor: Any) -> dict[str, int]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    counts = {}
    for (name,) in cursor.fetchall():
        cursor.execute(f'SELECT count(*) FROM "{name}"')  # noqa: S608
        (counts[name],) = cursor.fetchone()
    return counts
