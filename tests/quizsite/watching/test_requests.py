"""What a request is counted as."""

import asyncio

import pytest
from django.db import OperationalError
from django.http import HttpResponse

from quiz.web.metrics import UNAVAILABLE
from quiz.web.scarce import Busy
from quizsite.bodies import NO_ROOM
from quizsite.caches.unavailable import CacheUnavailable
from quizsite.rsgi import Server
from quizsite.threads import CROWDED

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/", "quiz:home", "2xx"),
        ("/quiz/99/", "quiz:answer_page", "4xx"),
        ("/shared/a-token-of-someone/", "quiz:shared", "4xx"),
        ("/nowhere/12345678/", "none", "4xx"),
        ("/static/quizsite/none.css", "static", "4xx"),
        ("/admin/quiz/attempt/17/change/", "admin", "3xx"),
    ],
)
def test_request_is_counted_by_page_and_class_of_status(client, counts, path, route, status):
    client.get(path)
    assert counts("requests_total") == counts("request_duration_seconds_count") == 1
    assert counts("requests_total", route=route, method="GET", status=status) == 1
    assert counts("request_duration_seconds_count", route=route) == 1


def test_method_that_no_page_has_is_counted_as_other(client, counts):
    for method in ("PUT", "BREW", "x" * 50):
        client.generic(method, "/")
    assert counts("requests_total", method="other") == counts("requests_total") == 3


def test_nothing_that_someone_sends_becomes_a_label(client, counts):
    client.post("/quiz/resume/?secret-query", {"code": "secret-code"}, headers={"X": "secret-head"})
    client.get("/shared/secret-token/")
    labels = {value for sample in counts.samples() for value in sample.labels.values()}
    assert not [each for each in labels if "secret" in each]
    routes = {each.labels["route"] for each in counts.samples() if "route" in each.labels}
    assert routes == {"quiz:resume", "quiz:shared"}


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (OperationalError("no"), "database"),
        (CacheUnavailable("no"), "cache"),
        (Busy("PDF"), "busy"),
    ],
)
def test_503_is_counted_by_its_cause(client, counts, monkeypatch, error, cause):
    def fail(*_arguments, **_more):
        raise error

    monkeypatch.setattr("quiz.visitor.welcome.live_version_id", fail)
    assert client.get("/quiz/").status_code == 503
    assert counts("unavailable_total", cause=cause) == counts("unavailable_total") == 1


def test_other_causes_of_503_have_names(client, counts, monkeypatch):
    monkeypatch.setattr("quizsite.health.cache_keeps", lambda: False)
    client.get("/readyz")
    client.post("/quiz/", **{NO_ROOM: True})
    assert counts("unavailable_total", cause="not_ready") == 1
    assert counts("unavailable_total", cause="no_room") == 1
    assert counts("unavailable_total") == 2
    assert len(UNAVAILABLE.series) == 8


def test_every_refused_request_is_counted_once(counts):
    """The page for all of them is made once, by a request that isn't one of them."""

    def make(environ, start_response):
        assert CROWDED in environ
        start_response("503 Service Unavailable", [])
        return HttpResponse("")

    async def refuse():
        server = Server(make, threads=1)
        for method in ("GET", "POST", "BREW"):
            await server._refuse({"REQUEST_METHOD": method, "PATH_INFO": "/"})

    asyncio.run(refuse())
    assert counts("unavailable_total", cause="crowded") == 3
    assert counts("requests_total", route="refused", status="5xx") == 3
    assert counts("requests_total", method="other") == 1


def test_page_for_refused_requests_is_not_counted_as_a_request(client, counts):
    assert client.get("/", **{CROWDED: True}).status_code == 503
    assert counts("requests_total") == counts("unavailable_total") == 0
