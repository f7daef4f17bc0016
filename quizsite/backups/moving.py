"""Move a site from SQLite to PostgreSQL, and prove that every row arrived."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import environ
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError
from django.core.management.color import no_style
from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model
from django.db.utils import ConnectionHandler

# The alias of the new database while the site moves.
TARGET = "target"
# What migrations add to an empty database. It is replaced by the site's own rows.
ADDED_BY_MIGRATIONS = {
    *("auth_group", "auth_group_permissions", "auth_permission"),
    *("django_content_type", "django_migrations"),
}


class Table(NamedTuple):
    """The rows of one table, in a form that is the same on both databases."""

    name: str
    rows: int
    checksum: str  # the sum of the rows' SHA-256, so that their order doesn't matter


def move_to(url: str) -> list[Table]:
    """Copy all rows to the empty database at `url`, in one transaction; return what is there.

    Raises CommandError, with nothing moved, if the target holds rows or the tables differ at the
    end. The SQLite file stays as it is.
    """
    if connection.vendor != "sqlite":
        raise CommandError(
            "The site is on PostgreSQL already. Unset DATABASE_URL to move from SQLite."
        )
    _refuse_waiting_migrations()
    with _connected(url) as target:
        try:
            _refuse_rows(target)
            _migrate(url)
            _refuse_rows(target)
            # Both in a transaction: no other program can add rows that would be missing.
            with transaction.atomic(), transaction.atomic(using=TARGET):
                return _copy_all(target)
        except DatabaseError as error:
            raise CommandError(f"Nothing was moved: {str(error).strip()}") from error


def _copy_all(target: BaseDatabaseWrapper) -> list[Table]:
    moved = models()
    names = ", ".join(_quoted(model) for model in moved)
    with target.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(f"TRUNCATE {names}")
        # Triggers refuse rows of published versions, which are frozen.
        for model in moved:
            cursor.execute(f"ALTER TABLE {_quoted(model)} DISABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for model in moved:
            _copy(model, cursor, target)
        # Checks every foreign key now; otherwise the tables couldn't be altered again.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for model in moved:
            cursor.execute(f"ALTER TABLE {_quoted(model)} ENABLE TRIGGER USER")
        for statement in target.ops.sequence_reset_sql(no_style(), moved):
            cursor.execute(statement)
    tables = [table(model, TARGET) for model in moved]
    differing = [
        there.name
        for model, there in zip(moved, tables, strict=True)
        if table(model, connection.alias) != there
    ]
    if differing:
        raise CommandError(f"Nothing was moved: rows differ in {', '.join(differing)}.")
    return tables


def _copy(model: type[Model], cursor: Any, target: BaseDatabaseWrapper) -> None:
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with cursor.copy(f"COPY {_quoted(model)} ({columns}) FROM STDIN") as copy:
        for row in _rows(model, connection.alias):
            copy.write_row(
                [
                    field.get_db_prep_save(value, target)
                    for field, value in zip(fields, row, strict=True)
                ]
            )


def table(model: type[Model], alias: str) -> Table:
    count = total = 0
    for row in _rows(model, alias):
        text = json.dumps([_plain(value) for value in row], sort_keys=True)
        total += int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
        count += 1
    return Table(model._meta.db_table, count, f"{total % 2**256:064x}")


def models() -> list[type[Model]]:
    """Return the models of all tables, also of many-to-many relationships."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]


def _rows(model: type[Model], alias: str) -> Iterator[tuple[Any, ...]]:
    names = [field.attname for field in model._meta.concrete_fields]
    rows = model._base_manager.using(alias).order_by()
    yield from rows.values_list(*names).iterator()


def _plain(value: Any) -> Any:
    """Write a value in one way: databases differ in zones, zeros, and 1 or 1.0 inside JSON."""
    match value:
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case float() if value.is_integer():
            return int(value)
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value.normalize():f}"
    return str(value)


def _quoted(model: type[Model]) -> str:
    return f'"{model._meta.db_table}"'


# ---------------------------------------------------------------- the target


@contextmanager
def _connected(url: str) -> Iterator[BaseDatabaseWrapper]:
    """Connect to the new database under the alias TARGET."""
    try:
        if not url.startswith(("postgres://", "postgresql://")):
            raise ValueError(url)
        given = environ.Env.db_url_config(url)
    except ValueError:
        raise CommandError(
            "Give the new database as postgres://user:password@host:5432/name."
        ) from None
    connections.settings[TARGET] = ConnectionHandler({"default": given}).settings["default"]
    target = connections[TARGET]
    try:
        try:
            target.ensure_connection()
        except (DatabaseError, ImproperlyConfigured) as error:
            raise CommandError(f"The new database can't be opened: {str(error).strip()}") from None
        yield target
    finally:
        target.close()
        del connections[TARGET], connections.settings[TARGET]


def _refuse_rows(target: BaseDatabaseWrapper) -> None:
    """CommandError if the target holds more than what migrations add."""
    with target.cursor() as cursor:
        for name in target.introspection.table_names(cursor):
            if name in ADDED_BY_MIGRATIONS:
                continue
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{name}")')  # noqa: S608
            if cursor.fetchone() == (True,):
                raise CommandError(f"The new database has rows in {name}. Give an empty database.")


def _migrate(url: str) -> None:
    """Create the tables, in a process of its own: migrations use the default database."""
    done = subprocess.run(
        [sys.executable, "-m", "quizsite", "migrate", "--verbosity=0"],
        env=os.environ | {"DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CommandError(f"The tables can't be created: {done.stderr.strip()[-500:]}")


def _refuse_waiting_migrations() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError("The SQLite database isn't up to date. Run `manage.py migrate` first.")
