"""Indexes on large tables: who waits while one is built, and what a failed attempt leaves."""

import io

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

pytestmark = [
    pytest.mark.both_databases,
    pytest.mark.slow,
    pytest.mark.usefixtures("own_site"),
]

NAME = "attempt_unfinished"


def statements(*options):
    out = io.StringIO()
    call_command("sqlmigrate", "quiz", "0025", *options, stdout=out)
    return out.getvalue()


def indexes(table="quiz_attempt"):
    with connection.cursor() as cursor:
        return {
            name
            for name, found in connection.introspection.get_constraints(cursor, table).items()
            if found["index"] or found["primary_key"] or found["unique"]
        }


@pytest.mark.parametrize("options", [(), ("--backwards",)])
def test_index_is_built_and_dropped_while_others_write_where_that_is_possible(settings, options):
    is_postgresql = connection.vendor == "postgresql"
    assert ("INDEX CONCURRENTLY" in statements(*options)) == is_postgresql
    settings.PGBOUNCER = True
    assert "CONCURRENTLY" not in statements(*options)


def test_migrations_go_back_and_forth():
    before = indexes()
    call_command("migrate", "quiz", "0024", verbosity=0)
    assert NAME not in indexes()
    assert {"attempt_series", "attempt_saved", "attempt_newest_finished"} < indexes()
    assert any("client_id" in name for name in indexes())
    call_command("migrate", "quiz", verbosity=0)
    assert indexes() == before


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


def test_attempts_have_only_indexes_that_queries_use():
    """Each takes room in every row: see docs/decisions/2026-11-30-compact-storage.md."""
    own = {name for name in indexes() if name.startswith("attempt_")}
    assert own == {
        *("attempt_in_series", "attempt_of_client", "attempt_for_research"),
        *("attempt_unfinished", "attempt_finished"),
    }
    others = "".join(sorted(indexes() - own))
    assert others.count("version_id") == 1
    assert "client_id" not in others


def test_no_hash_has_an_index_for_parts_of_it():
    tables = ("attempt", "sharelink", "clientinvitation", "counselorinvitation", "grouplink")
    assert not [name for each in tables for name in indexes(f"quiz_{each}") if "_like" in name]


def test_migration_that_stopped_halfway_is_repeated():
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX attempt_finished")
    loader = MigrationLoader(connection)
    key = ("quiz", "0026_smaller_indexes")
    before = loader.project_state(key, at_end=False)
    with connection.schema_editor(atomic=False) as editor:
        loader.graph.nodes[key].apply(before, editor)
    assert "attempt_finished" in indexes()
