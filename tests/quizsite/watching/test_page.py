"""`/metrics` opens with the token and nothing else."""

from http import HTTPStatus

import pytest

from quizsite.watching.page import registry

TOKEN = "a-token-of-a-test-with-40-characters-1234"
URL = "/metrics"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_registry():
    """Each test counts in a folder of its own, and a process reads one."""
    yield
    registry.cache_clear()


@pytest.fixture
def token(settings):
    settings.METRICS_TOKEN = TOKEN
    return {"Authorization": f"Bearer {TOKEN}"}


def test_token_opens_the_metrics(client, counts, token):
    client.get("/healthz")
    response = client.get(URL, headers=token)
    assert response.status_code == HTTPStatus.OK
    assert response["Content-Type"].startswith("text/plain; version=")
    assert response["Cache-Control"] == "no-store"
    assert 'career_quiz_requests_total{method="GET",route="healthz",status="2xx"} 1.0' in (
        response.text
    )
    assert "career_quiz_database_up 1.0" in response.text


@pytest.mark.parametrize(
    "given", ["", "Bearer ", "Bearer wrong", f"Bearer {TOKEN}x", TOKEN, f"Basic {TOKEN}", "é"]
)
def test_anything_else_gets_the_page_of_an_unknown_address(client, counts, token, given):
    response = client.get(URL, headers={"Authorization": given} if given else {})
    unknown = client.get("/metricz")
    assert response.status_code == unknown.status_code == HTTPStatus.NOT_FOUND
    assert response.content == unknown.content


def test_without_a_token_of_the_site_nothing_opens_the_metrics(client, counts, settings):
    settings.METRICS_TOKEN = ""
    for given in ("", "Bearer ", "Bearer"):
        response = client.get(URL, headers={"Authorization": given})
        assert response.status_code == HTTPStatus.NOT_FOUND


def test_metrics_that_are_off_have_no_page(client, token):
    assert client.get(URL, headers=token).status_code == HTTPStatus.NOT_FOUND


def test_metrics_are_answered_for_any_host_and_without_tls(client, counts, token, settings):
    settings.ALLOWED_HOSTS = ["quiz.example"]
    settings.SECURE_SSL_REDIRECT = True
    headers = {**token, "host": "10.0.0.7:8000"}
    assert client.get(URL, headers=headers).status_code == HTTPStatus.OK
