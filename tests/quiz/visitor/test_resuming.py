"""Continuing with a code on another device, getting it by e-mail, and leaving a device."""

import re
from http import HTTPStatus

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from quiz.attempts.codes import hash_of
from quiz.attempts.models import Attempt
from tests.answers import SHIPPED, leaning, page_answers, towards
from tests.pages import chosen, fields_with_errors, only_attempt, take_quiz

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

CODE = re.compile(r">([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})<")
WRONG = "0000-0000-0000-0000"


@pytest.fixture(autouse=True)
def _no_tries_so_far():
    cache.clear()


@pytest.fixture
def code(client):
    """The code, as shown, of an attempt with one page answered."""
    client.post("/quiz/")
    client.post("/quiz/1/", page_answers(1, towards("sales")))
    return code_on(client.get("/quiz/2/"))


def code_on(response):
    return CODE.search(response.content.decode())[1]


def resume(browser, code):
    return browser.post("/quiz/resume/", {"code": code})


class TestWhereTheCodeIsShown:
    @pytest.mark.parametrize("page", range(1, 6))
    def test_every_page_of_the_quiz_shows_the_code(self, client, code, page):
        assert code_on(client.get(f"/quiz/{page}/")) == code

    def test_page_with_missing_answers_shows_the_code(self, client, code):
        assert code_on(client.post("/quiz/2/", {})) == code

    def test_result_shows_the_code(self, client):
        take_quiz(client, towards("sales"))
        code = code_on(client.get("/quiz/result/"))
        assert only_attempt().code_hash == hash_of(code.replace("-", ""))

    def test_each_visitor_sees_their_own_code(self, client, client_class, code):
        other = client_class()
        other.post("/quiz/")
        assert code_on(other.get("/quiz/1/")) != code

    def test_database_holds_only_the_hash_of_the_code(self, code):
        assert code.replace("-", "") not in str(Attempt.objects.values().get())

    def test_no_url_contains_the_code(self, client, code):
        html = client.get("/quiz/2/").content.decode() + client.get("/quiz/code/").content.decode()
        assert not [a for a in re.findall(r'(?:href|action)="([^"]*)"', html) if code in a]


class TestOnAnotherDevice:
    def test_code_opens_the_first_unanswered_page(self, client_class, code):
        other = client_class()
        assert resume(other, code).url == "/quiz/2/"
        assert chosen(other.get("/quiz/1/")) == {
            key: str(value) for key, value in page_answers(1, towards("sales")).items()
        }

    def test_code_opens_a_finished_result(self, client, client_class):
        take_quiz(client, leaning("sales", 7))
        other = client_class()
        assert resume(other, code_on(client.get("/quiz/result/"))).url == "/quiz/result/"
        assert other.get("/quiz/result/").status_code == HTTPStatus.OK

    def test_both_devices_share_the_same_answers(self, client, client_class, code):
        other = client_class()
        resume(other, code)
        other.post("/quiz/2/", page_answers(2, towards("sales")))
        assert client.get("/quiz/3/").status_code == HTTPStatus.OK
        assert len(only_attempt().answers) == 2 * SHIPPED.items_per_page

    def test_get_changes_nothing(self, client_class, code):
        other = client_class()
        other.get("/quiz/resume/")
        assert other.cookies.get("attempt") is None

    def test_page_shows_the_code_of_the_current_attempt(self, client, code):
        assert code_on(client.get("/quiz/resume/")) == code

    def test_starting_comes_before_resuming_in_the_introduction(self, client):
        page = client.get("/quiz/").content.decode()
        assert page.index('action="/quiz/"') < page.index('href="/quiz/resume/"')


class TestWrongCodes:
    def body(self, response, typed):
        text = re.sub(r'value="[^"]{20,}"', "", response.content.decode())
        return text.replace(typed, "TYPED")

    def test_unknown_and_impossible_codes_get_the_same_response(self, client_class):
        browser = client_class()
        unknown, impossible = resume(browser, WRONG), resume(browser, "hello")
        assert unknown.status_code == impossible.status_code == HTTPStatus.BAD_REQUEST
        assert self.body(unknown, WRONG) == self.body(impossible, "hello")

    def test_form_keeps_the_typed_code(self, client):
        assert f'value="{WRONG}"' in resume(client, WRONG).content.decode()

    def test_empty_code_gets_an_error(self, client):
        assert fields_with_errors(resume(client, "")) == {"code"}

    def test_after_ten_tries_even_the_right_code_has_to_wait(self, client_class, code):
        browser = client_class()
        for _try in range(10):
            assert resume(browser, WRONG).status_code == HTTPStatus.BAD_REQUEST
        assert resume(browser, code).status_code == HTTPStatus.TOO_MANY_REQUESTS

    def test_right_codes_do_not_count_as_tries(self, client_class, code):
        for _try in range(11):
            assert resume(client_class(), code).status_code == HTTPStatus.FOUND

    def test_other_addresses_need_not_wait(self, client_class, code):
        for _try in range(10):
            resume(client_class(), WRONG)
        other = client_class(REMOTE_ADDR="192.0.2.7")
        assert resume(other, code).status_code == HTTPStatus.FOUND


class TestByEmail:
    def send(self, client, email):
        return client.post("/quiz/code/", {"email": email})

    def test_email_contains_the_code_and_a_url_without_secrets(self, client, code, settings):
        settings.SITE_URL = "https://quiz.example"
        response = self.send(client, "ann@example.org")
        assert response.url == "/quiz/code/?sent"
        assert 'role="status"' in client.get(response.url).content.decode()
        (message,) = mail.outbox
        assert message.to == ["ann@example.org"]
        assert code in message.body
        assert "https://quiz.example/quiz/resume/" in message.body

    def test_url_in_the_email_ignores_the_host_header(self, client, code, settings):
        settings.SITE_URL = "https://quiz.example"
        settings.ALLOWED_HOSTS = ["*"]
        client.post("/quiz/code/", {"email": "a@example.org"}, headers={"host": "evil.example"})
        assert "evil.example" not in mail.outbox[0].body

    def test_email_address_is_not_stored(self, client, code):
        self.send(client, "ann@example.org")
        assert "ann@example.org" not in str(Attempt.objects.values().get())

    @pytest.mark.parametrize(
        "email", ["ann@example.org\nBcc: eve@example.org", "ann@example.org, eve@example.org", "x"]
    )
    def test_anything_but_one_email_address_is_refused(self, client, code, email):
        response = self.send(client, email)
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert mail.outbox == []
        assert email.split("\n")[0] in response.content.decode()

    def test_failed_email_is_reported_on_the_page(self, client, code, monkeypatch):
        def refuse(*args, **kwargs):
            raise ConnectionRefusedError

        monkeypatch.setattr("quiz.web.mail.send_mail", refuse)
        response = self.send(client, "ann@example.org")
        assert fields_with_errors(response) == {"email"}
        assert code_on(response) == code

    @pytest.mark.parametrize("email", ["a@" + "ä" * 60 + ".org", "a@xn--ä.org"])
    def test_refused_email_address_causes_no_server_error(self, client, code, email):
        assert self.send(client, email).status_code < HTTPStatus.INTERNAL_SERVER_ERROR

    def test_email_address_is_not_logged(self, client, code, monkeypatch, caplog):
        def refuse(*args, **kwargs):
            raise OSError("ann@example.org was refused")

        monkeypatch.setattr("quiz.web.mail.send_mail", refuse)
        self.send(client, "ann@example.org")
        assert "was not sent" in caplog.text
        assert "ann@example.org" not in caplog.text

    def test_sending_emails_is_rate_limited(self, client, code):
        statuses = [self.send(client, "ann@example.org").status_code for _try in range(11)]
        assert statuses[-1] == HTTPStatus.TOO_MANY_REQUESTS
        assert len(mail.outbox) == 10


class TestLeaving:
    def test_leaving_deletes_the_cookie_and_the_code_still_works(self, client, code):
        response = client.post("/quiz/leave/")
        assert response.url == "/quiz/left/"
        assert client.get("/quiz/2/").status_code == HTTPStatus.FORBIDDEN
        assert resume(client, code).url == "/quiz/2/"

    def test_leaving_clears_answers_that_were_not_sent(self, client, code):
        assert client.post("/quiz/leave/")["Clear-Site-Data"] == '"storage"'

    def test_get_is_not_allowed(self, client, code):
        assert client.get("/quiz/leave/").status_code == HTTPStatus.METHOD_NOT_ALLOWED
        assert client.get("/quiz/2/").status_code == HTTPStatus.OK

    @pytest.mark.parametrize("name", ["code", "resume", "left"])
    def test_pages_about_the_code_are_neither_stored_nor_indexed(self, client, code, name):
        response = client.get(reverse(f"quiz:{name}"))
        assert response["Cache-Control"] == "no-store"
        assert 'content="noindex"' in response.content.decode()
