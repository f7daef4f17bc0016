"""Whatever goes wrong below /api/, a program gets a problem document, and a person a page."""

import pytest
from django.db import InternalError, OperationalError
from django.test import Client

from quiz.web.scarce import Busy
from quizsite.api.problems import problem
from quizsite.bodies import NO_ROOM, TOO_SLOW
from quizsite.threads import CROWDED
from tests.answers import alike

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

SCORE = "/api/v1/score"
JSON = "application/json"
TOO_LARGE = '{"id": "' + "x" * 2**20 + '"}'


def is_problem(response, status):
    document = response.json()
    return (
        response.status_code == document["status"] == status
        and response["Content-Type"] == "application/problem+json"
        and response["Cache-Control"] == "no-store"
        and document.keys() - {"errors"} == {"type", "title", "status", "detail"}
        and document["type"] == "about:blank"
        and bool(document["title"])
        and document["detail"].endswith(".")
        and "Go back" not in document["detail"]
        and response["Access-Control-Allow-Origin"] == "*"
    )


@pytest.mark.parametrize(
    ("method", "url", "body", "more", "status"),
    [
        ("GET", "/api/v1/roles/plumber/", "", {}, 404),
        ("GET", "/api/v1/nowhere/", "", {}, 404),
        ("GET", "/api/v1/", "", {}, 404),
        ("GET", "/api/v2/roles/", "", {}, 404),
        ("GET", "/api/v1/roles/%00/", "", {}, 404),
        ("GET", "/api/v1/roles/?a=%00", "", {}, 400),
        ("GET", "/api/v1/roles/", "", {"headers": {"host": "evil.example"}}, 400),
        ("GET", "/api/v1/roles/", "", {"headers": {"accept": "text/csv"}}, 406),
        ("GET", SCORE, "", {}, 405),
        ("DELETE", "/api/v1/roles/", "", {}, 405),
        ("POST", SCORE, "{", {}, 400),
        ("POST", SCORE, "{}", {}, 422),
        ("POST", SCORE, TOO_LARGE, {}, 413),
        ("POST", SCORE, "{}", {"content_type": "text/plain"}, 415),
        ("POST", SCORE, "{}", {"content_type": "application/json; charset=latin-1"}, 415),
        ("POST", SCORE, "{}", {"headers": {"content-encoding": "gzip"}}, 415),
        ("POST", SCORE, "{}", {TOO_SLOW: True}, 408),
        ("POST", SCORE, "{}", {NO_ROOM: True}, 503),
        ("GET", "/api/v1/roles/", "", {CROWDED: True}, 503),
    ],
)
def test_refusal_is_a_problem_document(client, method, url, body, more, status):
    response = client.generic(method, url, body, **{"content_type": JSON, **more})
    assert is_problem(response, status)


def test_body_of_unknown_length_is_a_problem_document(client):
    headers = {"transfer-encoding": "chunked", "content-length": ""}
    assert is_problem(client.generic("POST", SCORE, "{}", JSON, headers=headers), 411)


@pytest.mark.parametrize("error", [OperationalError, InternalError, Busy])
def test_trouble_that_passes_says_when_to_come_back(client, monkeypatch, error):
    monkeypatch.setattr("quiz.visitor.api.members_of", fail_with(error))
    response = client.post(SCORE, {"answers": alike(3)}, JSON)
    assert is_problem(response, 503)
    assert int(response["Retry-After"]) > 0


def test_fault_of_ours_is_a_problem_document_that_gives_nothing_away(monkeypatch):
    monkeypatch.setattr("quiz.visitor.api.members_of", fail_with(KeyError("a secret")))
    client = Client(raise_request_exception=False)
    response = client.post(SCORE, {"answers": alike(3)}, JSON)
    assert is_problem(response, 500)
    assert "secret" not in response.text


def fail_with(error):
    def fail(*_given):
        raise error

    return fail


def test_people_get_pages(client):
    for url in ("/apiary/", "/nowhere/api/"):
        assert client.get(url)["Content-Type"].startswith("text/html")


def test_status_without_words_of_ours_has_those_of_http():
    assert b"Request forbidden" in problem(403).content
