"""Continuing with a code on another device, getting it by e-mail, and leaving a device."""

import re
from http import HTTPStatus

import pytest
from django.core import mail
from django.urls import reverse

from quiz.attempts.codes import hash_of
from quiz.attempts.models import Attempt
from tests.answers import SHIPPED, leaning, page_answers, towards
from tests.pages import chosen, fields_with_errors, only_attempt, take_quiz, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

CODE = re.compile(r">([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})<")
WRONG = "0000-0000-0000-0000"


@pytest.fixture
def code(client):
    """The code, as shown, of an attempt with one page answered."""
    client.post("/quiz/")
    client.post("/quiz/1/", page_answers(1, towards("sales")))
    return code_on(client.get("/quiz/code/"))


def code_on(response):
    return CODE.search(response.content.decode())[1]


def resume(browser, code):
    return browser.post("/quiz/resume/", {"code": code})


class TestWhereTheCodeIsShown:
    @pytest.mark.parametrize("page", range(1, 5))
    def test_every_page_of_statements_leads_to_the_code(self, client, code, page):
        html = text_of(client.get(f"/quiz/{page}/"))
        assert 'href="/quiz/code/"' in html
        assert code not in html

    def test_result_shows_the_code(self, client):
        take_quiz(client, towards("sales"))
        code = code_on(client.get("/quiz/result/"))
        assert only_attempt().code_hash == hash_of(code.replace("-", ""))

    def test_each_visitor_sees_their_own_code(self, client, client_class, code):
        other = client_class()
        other.post("/quiz/")
        assert code_on(other.get("/quiz/code/")) != code

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

    def test_after_ten_wrong_codes_the_next_wrong_one_has_to_wait(self, client):
        for _try in range(10):
            assert resume(client, WRONG).status_code == HTTPStatus.BAD_REQUEST
        response = resume(client, WRONG)
        assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert int(response["Retry-After"]) > 0
        assert f'value="{WRONG}"' in response.content.decode()

    def test_right_code_works_after_any_number_of_wrong_ones(self, client_class, code):
        for _try in range(30):
            resume(client_class(), WRONG)
        assert resume(client_class(), code).url == "/quiz/2/"

    @pytest.mark.parametrize("typed", ["", "hello", "0123", "no code here, sorry"])
    def test_text_without_a_code_does_not_count(self, client, typed):
        for _try in range(11):
            assert resume(client, typed).status_code == HTTPStatus.BAD_REQUEST
        assert resume(client, WRONG).status_code == HTTPStatus.BAD_REQUEST

    def test_right_codes_do_not_count_as_tries(self, client_class, code):
        for _try in range(11):
            assert resume(client_class(), code).status_code == HTTPStatus.FOUND

    def test_other_addresses_need_not_wait(self, client_class, code):
        for _try in range(10):
            resume(client_class(), WRONG)
        other = client_class(REMOTE_ADDR="192.0.2.7")
        assert resume(other, code).status_code == HTTPStatus.FOUND


class TestPasted:
    @pytest.mark.parametrize(
        "around",
        [
            "Your code: {}",
            "\ufeff{}\u200b",
            "“{}”",
            "My code is {} and here is the rest of it.",
            "Hello,\n\nthis code opens your answers:\n\n    {}\n\nEnter it here: https://x.example/",
        ],
    )
    def test_code_works_with_what_was_copied_around_it(self, client_class, code, around):
        assert resume(client_class(), around.format(code)).url == "/quiz/2/"

    @pytest.mark.parametrize("change", ["minus", "full-width", "dotted"])
    def test_code_works_with_characters_that_look_alike(self, client_class, code, change):
        typed = {
            "minus": code.replace("-", "\u2212"),
            "full-width": "".join(chr(ord(char) + 0xFEE0) for char in code),
            "dotted": code.replace("-", " · ").lower(),
        }[change]
        assert resume(client_class(), typed).url == "/quiz/2/"

    def test_the_emailed_text_opens_the_quiz(self, client, client_class, code):
        client.post("/quiz/code/", {"email": "ann@example.org"})
        assert resume(client_class(), mail.outbox[0].body).url == "/quiz/2/"

    def test_first_code_that_opens_something_is_used(self, client_class, code):
        assert resume(client_class(), f"{WRONG}\n{code}").url == "/quiz/2/"

    def test_browser_does_not_cut_off_or_change_what_is_pasted(self, client):
        field = re.search('<input[^>]*name="code"[^>]*>', text_of(client.get("/quiz/resume/")))[0]
        assert "maxlength" not in field
        for attribute in ('autocapitalize="none"', 'autocorrect="off"', 'spellcheck="false"'):
            assert attribute in field

    def test_code_is_found_in_a_long_text_of_its_letters(self, client_class, code):
        assert resume(client_class(), f"{'back ' * 700}{code}").url == "/quiz/2/"

    def test_very_long_text_gets_an_error_and_stays(self, client, code):
        typed = "x" * 5000 + code
        response = resume(client, typed)
        assert fields_with_errors(response) == {"code"}
        assert typed in text_of(response)


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

    def test_emails_of_one_attempt_are_limited(self, client, code):
        for _try in range(10):
            assert self.send(client, "ann@example.org").status_code == HTTPStatus.FOUND
        response = self.send(client, "bob@example.org")
        assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert 'value="bob@example.org"' in text_of(response)
        assert len(mail.outbox) == 10

    def test_emails_to_one_address_are_limited_for_everyone_together(
        self, client_class, monkeypatch
    ):
        monkeypatch.setattr("quiz.visitor.resuming.MAILS_TO_ONE_ADDRESS", 3)
        for number in range(4):
            browser = client_class(REMOTE_ADDR=f"192.0.2.{number}")
            browser.post("/quiz/")
            last = self.send(browser, "Victim@example.org" if number else "victim@example.org")
        assert last.status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert len(mail.outbox) == 3

    def test_emails_from_one_network_have_a_limit(self, client_class, monkeypatch):
        monkeypatch.setattr("quiz.visitor.resuming.MAILS_OF_A_NETWORK", 2)
        for number in range(3):
            browser = client_class()
            browser.post("/quiz/")
            last = self.send(browser, f"p{number}@school.example")
        assert last.status_code == HTTPStatus.TOO_MANY_REQUESTS

    @pytest.mark.parametrize(
        "typed",
        [
            " ann@example.org ",
            "ann@example.org.",
            "mailto:ann@example.org",
            "<ann@example.org>",
            "Ann Lee <ann@example.org>",
            "\u200bann@example.org\ufeff",
            "ａｎｎ＠ｅｘａｍｐｌｅ．ｏｒｇ",
        ],
    )
    def test_address_may_be_pasted_as_it_was_copied(self, client, code, typed):
        self.send(client, typed)
        assert mail.outbox[0].to == ["ann@example.org"]


class TestWithoutAMailServer:
    """E-mails that stay on the server are never called sent."""

    @pytest.fixture(autouse=True, params=["filebased", "console", "dummy"])
    def _kept(self, request, settings, tmp_path):
        settings.EMAIL_BACKEND = f"django.core.mail.backends.{request.param}.EmailBackend"
        settings.EMAIL_FILE_PATH = tmp_path
        self.folder = tmp_path

    @pytest.mark.parametrize("url", ["/quiz/code/", "/quiz/code/?sent"])
    def test_page_offers_no_email_and_says_why(self, client, code, url):
        page = text_of(client.get(url))
        assert 'data-mail="none"' in page
        assert 'name="email"' not in page
        assert 'role="status"' not in page

    def test_form_sent_all_the_same_says_so_and_writes_nothing(self, client, code, capsys):
        response = client.post("/quiz/code/", {"email": "ann@example.org"})
        assert fields_with_errors(response) == {"email"}
        assert 'value="ann@example.org"' in text_of(response)
        assert list(self.folder.iterdir()) == []
        assert code not in capsys.readouterr().out


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
