from http import HTTPStatus
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_healthz_answers_without_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.json()) == (HTTPStatus.OK, {"status": "ok"})


def test_readyz_is_ok_when_database_migrations_and_cache_are(client):
    response = client.get("/readyz")
    assert response.status_code == HTTPStatus.OK
    assert response.json() == {
        "status": "ok",
        "database": "ok",
        "migrations": "ok",
        "cache": "ok",
        "space": "ok",
    }


@pytest.mark.parametrize("url", ["/healthz", "/readyz"])
def test_monitoring_is_answered_for_any_host(client, settings, url):
    settings.ALLOWED_HOSTS = ["quiz.example"]
    assert client.get(url, headers={"host": "10.0.0.7:8000"}).status_code == HTTPStatus.OK
    assert client.get("/", headers={"host": "10.0.0.7:8000"}).status_code == HTTPStatus.BAD_REQUEST


def test_readyz_names_a_database_that_only_reads(client):
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        # Past Django, which runs nothing more in a transaction that failed.
        connection.connection.execute("PRAGMA query_only = 1")
        try:
            response = client.get("/readyz")
        finally:
            connection.connection.execute("PRAGMA query_only = 0")
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        response = client.get("/readyz")
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert response.json()["database"] == "not reachable"


def test_readyz_names_a_disk_that_is_nearly_full(client, monkeypatch):
    monkeypatch.setattr(
        "quizsite.health.shutil.disk_usage", lambda path: SimpleNamespace(free=99_999_999)
    )
    response = client.get("/readyz")
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert response.json()["space"] == "less than 100 MB free"


def test_readyz_names_a_failing_database(client, monkeypatch):
    def fail():
        raise DatabaseError("gone")

    monkeypatch.setattr(connection, "cursor", fail)
    response = client.get("/readyz")
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert response.json()["database"] == "not reachable"


def test_readyz_names_missing_migrations(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'quiz'")
    response = client.get("/readyz")
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert response.json()["migrations"] == "not ready"


def test_readyz_names_a_cache_that_stores_nothing(client, monkeypatch):
    monkeypatch.setattr(cache, "get", lambda key: None)
    response = client.get("/readyz")
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert response.json()["cache"] == "not ready"
