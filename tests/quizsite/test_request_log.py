"""The line that each request leaves in the log."""

import json
import logging
import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.utils import timezone

from quiz.attempts.models import ShareLink
from quiz.web.scarce import HASHES, PDFS
from quizsite.logs import Lines
from tests.answers import towards
from tests.pages import only_attempt, take_quiz
from tests.turns import all_places_taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]


@pytest.fixture
def lines(caplog):
    """Give a function that returns the lines of a logger, parsed, since the test began."""
    caplog.set_level(logging.INFO)

    def lines(logger="request"):
        formatter = Lines()
        records = [record for record in caplog.records if record.name.startswith(logger)]
        return [json.loads(formatter.format(record)) for record in records]

    return lines


@pytest.fixture
def share_link(client):
    take_quiz(client, towards("sales"))
    soon = timezone.now() + timedelta(days=1)
    return ShareLink.objects.make(attempt=only_attempt(), scope="traits", expires_at=soon)


def test_each_request_has_one_line(client, lines):
    client.get("/quiz/")
    (line,) = lines()
    assert line.keys() == {*("time", "level", "logger", "method", "route", "user", "status", "ms")}
    assert (line["method"], line["route"]) == ("GET", "quiz:introduction")
    assert (line["status"], line["user"], line["level"]) == (200, None, "INFO")
    assert line["ms"] > 0


@pytest.mark.parametrize(
    ("path", "status", "route"),
    [
        ("/nowhere/", 404, ""),
        ("/static/quizsite/none.css", 404, "static"),
        ("/quiz/99/", 404, "quiz:answer_page"),
        ("/healthz", 200, "healthz"),
        ("/quiz/?a=%00", 400, ""),
    ],
)
def test_line_names_the_page_and_never_the_path(client, lines, path, status, route):
    client.get(path)
    (line,) = lines("")
    assert (line["status"], line["route"]) == (status, route)
    assert "99" not in json.dumps(line["route"])


def test_response_names_the_line(client):
    first, second = client.get("/healthz"), client.get("/healthz")
    assert re.fullmatch("[0-9a-f]{16}", first["X-Request-ID"])
    assert first["X-Request-ID"] != second["X-Request-ID"]


def test_lines_during_a_request_carry_its_id(client, lines, settings, capsys):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    written = []

    class Kept(logging.Handler):
        def emit(self, record):
            written.append(json.loads(Lines().format(record)))

    handler = Kept()
    logging.getLogger().addHandler(handler)
    try:
        forwarded = {"X-Request-ID": "from-the-proxy", "X-Forwarded-For": "203.0.113.7"}
        client.post("/quiz/", headers=forwarded | {"Origin": "null"})
    finally:
        logging.getLogger().removeHandler(handler)
    assert [(line["logger"], line["request_id"]) for line in written] == [
        ("quizsite.proxies", "from-the-proxy"),
        ("quizsite.errors", "from-the-proxy"),
        ("request", "from-the-proxy"),
    ]


@pytest.mark.parametrize(
    ("proxies", "given", "is_kept"),
    [
        (1, "0f9a-1b.c_D2", True),
        (0, "0f9a-1b.c_D2", False),
        (1, "short", False),
        (1, "x" * 65, False),
        (1, 'abcdefgh", "user": 1', False),
        (1, "abcdefgh\x1b[2J", False),
        (1, "abcdefgh\n", False),
    ],
)
def test_id_is_taken_from_a_trusted_proxy_if_it_is_one(client, settings, proxies, given, is_kept):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    response = client.get("/healthz", headers={"X-Request-ID": given})
    assert (response["X-Request-ID"] == given) is is_kept


def test_line_names_the_user_by_id(client, lines):
    admin = User.objects.create_superuser("admin", password="correct horse battery")
    client.force_login(admin)
    client.get("/admin/")
    assert lines()[-1]["user"] == admin.pk
    client.get("/quiz/")
    assert lines()[-1]["user"] is None  # no one has asked, since this takes a query


def test_address_is_logged_only_on_request(client, lines, settings):
    client.get("/healthz", REMOTE_ADDR="192.0.2.7")
    settings.LOG_ADDRESSES = True
    client.get("/healthz", REMOTE_ADDR="192.0.2.7")
    without, with_address = lines()
    assert "192.0.2.7" not in json.dumps(without)
    assert with_address["address"] == "192.0.2.7"


class TestCauses:
    def test_unreachable_database(self, client, lines, monkeypatch):
        def fail(*_arguments):
            raise OperationalError("the server closed the connection\nLINE 1: SELECT")

        monkeypatch.setattr("quiz.visitor.welcome.own_attempt", fail)
        assert client.get("/quiz/").status_code == HTTPStatus.SERVICE_UNAVAILABLE
        (line,) = lines()
        assert line["cause"] == "OperationalError: the server closed the connection"
        assert line["level"] == "WARNING"

    @pytest.mark.parametrize(
        ("turns", "work"), [(PDFS, "PDF"), (HASHES, "hash of a password")], ids=["pdf", "hash"]
    )
    def test_too_much_dear_work(self, client, lines, turns, work, share_link):
        with all_places_taken(turns):
            if turns is PDFS:
                client.get("/quiz/result.pdf")
            else:
                ShareLink.objects.update(passphrase_hash="x")
                client.post(share_link.path, {"passphrase": "blue kettle"})
        assert lines()[-1]["cause"] == f"Busy: {work}"

    def test_not_ready(self, client, lines, monkeypatch):
        monkeypatch.setattr("quizsite.health.cache_keeps", lambda: False)
        client.get("/readyz")
        assert lines()[-1]["cause"] == "cache not ready"

    def test_error_of_ours(self, client, lines, monkeypatch):
        def fail(*_arguments):
            raise KeyError("a")

        monkeypatch.setattr("quiz.visitor.welcome.own_attempt", fail)
        client.raise_request_exception = False
        assert client.get("/quiz/").status_code == HTTPStatus.INTERNAL_SERVER_ERROR
        assert lines()[-1]["cause"] == "KeyError: 'a'"
        (error,) = lines("django.request")
        assert error["message"] == "Internal Server Error: quiz:introduction"
        assert "in introduction" in error["traceback"]


class TestTokens:
    """No address with a token gets into the log, whatever goes wrong at it."""

    @pytest.mark.parametrize("ending", ["", "?a=%00", "picture.png", "more/"])
    def test_refused_requests(self, client, lines, share_link, ending):
        client.get(f"{share_link.path}{ending}")
        client.put(f"{share_link.path}{ending}")
        assert share_link.path.split("/")[2] not in json.dumps(lines(""))

    def test_failed_csrf_check(self, client_class, lines, share_link):
        strict = client_class(enforce_csrf_checks=True)
        for path in (share_link.path, f"/invitation/{share_link.path}/"):
            headers = {"referer": f"https://evil.example{share_link.path}"}
            strict.post(path, headers=headers, secure=True)
            headers["origin"] = headers["referer"]
            strict.post(path, headers=headers, secure=True)
        assert [line["status"] for line in lines()[-4:]] == [200, 403, 403, 403]
        assert {line["message"] for line in lines("quizsite.errors")} == {
            "CSRF check failed: Sent by another site",
            "CSRF check failed: Origin checking failed",
            "CSRF check failed: Referer checking failed",
        }
        assert share_link.path.split("/")[2] not in json.dumps(lines(""))

    def test_wrong_host(self, client, lines, share_link):
        client.get(share_link.path, headers={"host": f"evil{share_link.path}"})
        assert share_link.path.split("/")[2] not in json.dumps(lines(""))
