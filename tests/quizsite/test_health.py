from http import HTTPStatus

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
    }


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
