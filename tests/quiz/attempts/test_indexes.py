"""Indexes on large tables: who waits while one is built, and what a failed attempt leaves."""

import io

import pytest
from django.core.management import call_command
from django.db import connection

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("own_site")]

NAME = "attempt_unfinished"


def statements(*options):
    out = io.StringIO()
    call_command("sqlmigrate", "quiz", "0025", *options, stdout=out)
    return out.getvalue()


def is_there():
    with connection.cursor() as cursor:
        return NAME in connection.introspection.get_constraints(cursor, "quiz_attempt")


@pytest.mark.parametrize("options", [(), ("--backwards",)])
def test_index_is_built_and_dropped_while_others_write_where_that_is_possible(settings, options):
    is_postgresql = connection.vendor == "postgresql"
    assert ("INDEX CONCURRENTLY" in statements(*options)) == is_postgresql
    settings.PGBOUNCER = True
    assert "CONCURRENTLY" not in statements(*options)


def test_migration_goes_back_and_forth():
    call_command("migrate", "quiz", "0024", verbosity=0)
    assert not is_there()
    call_command("migrate", "quiz", "0025", verbosity=0)
    assert is_there()


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite leaves nothing of a failure")
def test_what_a_failed_attempt_left_is_replaced():
    call_command("migrate", "quiz", "0024", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX {NAME} ON quiz_attempt (id)")
        cursor.execute(
            f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{NAME}'::regclass"
        )
    call_command("migrate", "quiz", "0025", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT indisvalid FROM pg_index WHERE indexrelid = '{NAME}'::regclass")
        assert cursor.fetchone() == (True,)
