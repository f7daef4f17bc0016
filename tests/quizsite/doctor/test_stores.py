"""Database, migrations, cache and SQLite: what the doctor finds, in good and bad states."""

import sqlite3

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import override_settings

from quizsite import health
from quizsite.caches.redis import Client
from quizsite.doctor import stores
from quizsite.doctor.findings import Level
from quizsite.sqlite import dangers
from tests.browser.site import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def levels(*findings):
    return [finding.level for finding in findings]


def test_healthy_stores_are_ok():
    found = (stores.database(), stores.migrations(), stores.cache())
    assert levels(*found) == [Level.OK] * 3


@pytest.mark.sqlite_only
class TestFile:
    def test_missing_file_is_an_error_and_is_not_created(self, monkeypatch, tmp_path):
        monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "quiz.sqlite3"))
        found = stores.database()
        assert found.level == Level.ERROR
        assert "There is no database" in found.found
        assert not (tmp_path / "quiz.sqlite3").exists()

    def test_file_that_can_only_be_read_is_an_error(self):
        connection.ensure_connection()
        connection.connection.execute("PRAGMA query_only = 1")
        try:
            found = stores.database()
        finally:
            connection.connection.execute("PRAGMA query_only = 0")
        assert found.level == Level.ERROR
        assert "can't be written: attempt to write a readonly database" in found.found

    def test_file_that_is_no_database_is_an_error(self, monkeypatch, tmp_path):
        (tmp_path / "quiz.sqlite3").write_bytes(b"no database" * 1000)
        other = connection.copy()
        other.settings_dict["NAME"] = str(tmp_path / "quiz.sqlite3")
        monkeypatch.setattr(stores, "connection", other)
        found = stores.database()
        assert found.level == Level.ERROR
        assert "file is not a database" in found.found

    def test_file_without_tables_is_an_error(self, monkeypatch, tmp_path):
        other = connection.copy()
        other.settings_dict["NAME"] = str(tmp_path / "quiz.sqlite3")
        (tmp_path / "quiz.sqlite3").touch()
        monkeypatch.setattr(stores, "connection", other)
        found = stores.database()
        other.close()
        assert (found.level, found.found) == (Level.ERROR, "The database is empty.")

    def test_old_version_is_a_warning_with_its_fix(self, monkeypatch):
        monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
        assert stores.sqlite().level == Level.WARNING
        assert "Update it to 3.51.3" in stores.sqlite().found

    def test_new_version_on_a_local_disk_is_ok(self, monkeypatch, tmp_path):
        monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 60, 0))
        monkeypatch.setattr(dangers, "MOUNTS", tmp_path / "none")
        assert stores.sqlite().level == Level.OK


def test_sqlite_is_skipped_on_postgresql():
    if connection.vendor == "postgresql":
        assert stores.sqlite().level == Level.SKIPPED


def test_server_that_refuses_connections_is_an_error(monkeypatch):
    if connection.vendor == "postgresql":
        other = connection.copy()
        other.settings_dict |= {"HOST": "127.0.0.1", "PORT": free_port()}
        monkeypatch.setattr(stores, "connection", other)
        found = stores.database()
        assert found.level == Level.ERROR
        assert found.found.startswith("PostgreSQL can't be reached: ")
        assert "\n" not in found.found


def test_missing_migrations_are_an_error():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'quiz'")
    assert stores.migrations().level == Level.ERROR


def test_cache_that_keeps_nothing_is_an_error(monkeypatch):
    monkeypatch.setattr(health, "cache_keeps", lambda: False)
    assert stores.cache().level == Level.ERROR


def test_redis_that_does_not_answer_is_an_error(monkeypatch):
    monkeypatch.setattr(Client, "failed_at", float("-inf"))
    redis = {
        "BACKEND": "quizsite.caches.redis.RedisCache",
        "LOCATION": f"redis://127.0.0.1:{free_port()}/0",
    }
    with override_settings(CACHES={"default": redis, "limits": redis}):
        found = stores.cache()
        caches.close_all()
    monkeypatch.setattr(Client, "failed_at", float("-inf"))
    assert found.level == Level.ERROR
    assert found.found.startswith("Redis can't count tries: ")
    assert "unset CACHE_URL" in found.fix
