"""How many requests one network may send the API in a minute."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from quizsite.caches.unavailable import CacheUnavailable
from tests.answers import alike

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("content", "clock"),
    pytest.mark.both_databases,
]

ROLES, SCORE = "/api/v1/roles/", "/api/v1/score"


@pytest.fixture(autouse=True)
def _small_limit(settings):
    settings.API_REQUESTS_PER_MINUTE = 3


def ask(client, times, **where):
    return [client.get(ROLES, **where).status_code for _time in range(times)]


def test_network_that_asks_too_often_has_to_wait(client):
    assert ask(client, 4) == [200, 200, 200, 429]
    response = client.get(ROLES)
    assert response["Retry-After"] == "60"
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["detail"].startswith("Too many requests")


def test_all_operations_count_together(client):
    client.get(ROLES)
    client.get("/api/v1/openapi.json")
    client.post(SCORE, {}, "application/json")
    response = client.post(SCORE, {"answers": alike(3)}, "application/json")
    assert response.status_code == 429


def test_what_does_no_work_does_not_count(client):
    for _time in range(5):
        client.get("/api/v1/nowhere/")
        client.put(ROLES)
        client.options(SCORE)
    assert ask(client, 1) == [200]


def test_limit_ends_after_a_minute(client, clock):
    ask(client, 4)
    clock.shift(timedelta(seconds=61))
    assert ask(client, 1) == [200]


def test_networks_are_counted_apart(client):
    ask(client, 4)
    assert ask(client, 1, REMOTE_ADDR="192.0.2.9") == [200]


@pytest.mark.parametrize("error", [CacheUnavailable, OperationalError])
def test_what_cannot_be_counted_is_answered(client, monkeypatch, error):
    def fail(*_given, **_more):
        raise error

    monkeypatch.setattr("quiz.web.limits.Tries.spend", fail)
    assert ask(client, 5) == [200] * 5
