"""Error pages: each is in the site's design and says what to do."""

import re
from http import HTTPStatus

import pytest
from django.db import InternalError, OperationalError

from quiz.attempts.models import Attempt
from quizsite.threads import CROWDED

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

NUL = "\0"


def is_own_page(response) -> bool:
    page = response.content.decode()
    return (
        page.count("<h1>") == 1
        and "<title>Error: " in page
        and '<header class="site">' in page
        and '<a class="btn" href="' in page
        and response["Cache-Control"] == "no-store"
    )


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/nowhere/", 404),
        ("/roles/nobody/", 404),
        ("/roles/compare/sales-manager/nobody/", 404),
        ("/quiz/0/", 404),
        ("/quiz/6/", 404),
        ("/quiz/-1/", 404),
        (f"/quiz/{2**63}/", 404),
        (f"/quiz/{10**30}/", 404),
        ("/quiz/result/", 403),
        (f"/roles/{NUL}/", 404),
        (f"/roles/sales-manager{NUL}/", 404),
        ("/?q=%00", 400),
        ("/roles/?page=%00", 400),
        (f"/admin/quiz/item/{NUL}/change/", 404),
    ],
)
def test_bad_address_gets_an_error_page_with_a_link(client, url, status):
    response = client.get(url)
    assert response.status_code == status
    assert is_own_page(response)


@pytest.mark.parametrize("url", ["/", "/quiz/", "/roles/", "/healthz", "/admin/login/"])
@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "NONSENSE"])
def test_methods_that_no_page_supports_are_refused(client, url, method):
    response = client.generic(method, url)
    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert "GET" in response["Allow"]
    assert is_own_page(response)


def test_method_that_this_page_does_not_support_gets_an_error_page(client):
    response = client.post("/roles/")
    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert response["Allow"] == "GET, HEAD"
    assert is_own_page(response)


def test_unknown_host_is_refused(client):
    response = client.get("/", headers={"host": "elsewhere.example"})
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert is_own_page(response)


@pytest.mark.parametrize("url", ["/admin/", "/admin/login/", "/", "/quiz/"])
def test_cookie_with_nul_characters_is_ignored(client, settings, url):
    escaped = '"' + "\\000" * 4 + 'abcdefghijkl"'
    for name in (settings.SESSION_COOKIE_NAME, settings.ATTEMPT_COOKIE_NAME):
        assert client.get(url, headers={"cookie": f"{name}={escaped}"}).status_code in (200, 302)


def test_form_of_another_site_gets_an_error_page_and_changes_nothing(client, caplog):
    response = client.post("/quiz/", headers={"origin": "https://other.example"})
    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "quizsite.errors" in {record.name for record in caplog.records}
    assert is_own_page(response)
    assert not Attempt.objects.exists()


def test_too_many_fields_are_refused(client):
    client.post("/quiz/")
    response = client.post("/quiz/1/", {f"x{n}": "1" for n in range(2001)})
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert is_own_page(response)


class TestDatabaseFailure:
    def fail(self, *args, **kwargs):
        raise OperationalError("database or disk is full")

    def test_failed_save_says_so_and_when_to_retry(self, client, monkeypatch):
        client.post("/quiz/")
        monkeypatch.setattr(Attempt, "_write", self.fail)
        response = client.post("/quiz/1/", {"P1": "4"})
        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert int(response["Retry-After"]) > 0
        assert is_own_page(response)

    def test_server_that_takes_no_writes_any_more_is_a_503(self, client, monkeypatch):
        """A primary that has become a standby says so; Django calls that an internal error."""

        def fail(*_args, **_kwargs):
            raise InternalError("cannot execute UPDATE in a read-only transaction")

        client.post("/quiz/")
        monkeypatch.setattr(Attempt, "_write", fail)
        assert client.post("/quiz/1/", {"P1": "4"}).status_code == HTTPStatus.SERVICE_UNAVAILABLE

    def test_failed_read_is_a_503(self, client, monkeypatch):
        monkeypatch.setattr("quiz.visitor.welcome.live_version_id", self.fail)
        assert client.get("/quiz/").status_code == HTTPStatus.SERVICE_UNAVAILABLE


def test_request_that_no_thread_can_take_gets_a_page_for_everyone(client):
    response = client.post("/quiz/", **{CROWDED: True})
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert int(response["Retry-After"]) > 0
    assert "Content-Security-Policy" in response
    assert is_own_page(response)
    assert not response.cookies
    assert not Attempt.objects.exists()


def test_server_error_gets_an_error_page_and_is_logged(client, monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("quiz.visitor.welcome.live_version_id", broken)
    client.raise_request_exception = False
    response = client.get("/quiz/")
    assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert is_own_page(response)
    assert "ZeroDivisionError" in caplog.text


def test_every_error_page_has_its_own_title(client):
    titles = {
        re.search("<title>(.*?)</title>", client.get(url).content.decode())[1]
        for url in ("/nowhere/", "/quiz/result/", "/?q=%00")
    }
    assert len(titles) == 3
