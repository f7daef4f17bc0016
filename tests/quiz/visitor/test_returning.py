"""A page sent after the browser lost its cookie: the code saves what was sent."""

import re
import uuid
from html import unescape
from http import HTTPStatus

import pytest
from django.conf import settings
from django.urls import reverse

from quiz.attempts.models import Attempt, ShareLink
from tests.answers import leaning, page_answers, towards
from tests.pages import fields_with_errors, only_attempt, take_quiz, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

ANSWERS = towards("sales")
ASKS_CODE = "data-return"
WRONG = "0000-0000-0000-0000"


@pytest.fixture
def code(client):
    """The code of an attempt with two pages answered, whose browser has lost its cookie."""
    client.post("/quiz/")
    for page in (1, 2):
        client.post(f"/quiz/{page}/", page_answers(page, ANSWERS))
    return shown_code(client.get("/quiz/code/"), client)


def shown_code(response, client):
    del client.cookies[settings.ATTEMPT_COOKIE_NAME]
    return re.search(r"<code[^>]*>([0-9A-Z-]{19})<", text_of(response))[1]


def sent_again(response, **typed):
    """Return what the form on a page sends: its hidden fields, and what is typed."""
    hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', text_of(response))
    return {name: unescape(value) for name, value in hidden} | typed


class TestAnswers:
    def test_lost_cookie_asks_for_the_code_and_blames_no_cookies(self, client, code):
        response = client.post("/quiz/3/", page_answers(3, ANSWERS))
        assert response.status_code == HTTPStatus.FORBIDDEN
        page = text_of(response)
        assert ASKS_CODE in page
        assert 'href="/quiz/resume/"' in page
        assert "refus" not in page
        assert response["Cache-Control"] == "no-store"

    def test_code_saves_what_was_sent_and_goes_on(self, client, code):
        sent = {**page_answers(3, ANSWERS), "attempt": only_attempt().mark, "go": "next"}
        asked = client.post("/quiz/3/", sent)
        response = client.post("/quiz/3/", sent_again(asked, code=code))
        assert response.url == "/quiz/4/"
        assert only_attempt().values().keys() >= page_answers(3, ANSWERS).keys()
        assert client.get("/quiz/4/").status_code == HTTPStatus.OK

    def test_wrong_code_keeps_the_answers(self, client, code):
        asked = client.post("/quiz/3/", page_answers(3, ANSWERS))
        again = client.post("/quiz/3/", sent_again(asked, code=WRONG))
        assert again.status_code == HTTPStatus.BAD_REQUEST
        assert fields_with_errors(again) == {"code"}
        assert client.post("/quiz/3/", sent_again(again, code=code)).url == "/quiz/4/"

    def test_empty_code_keeps_the_answers(self, client, code):
        asked = client.post("/quiz/3/", page_answers(3, ANSWERS))
        again = client.post("/quiz/3/", sent_again(asked, code=""))
        assert fields_with_errors(again) == {"code"}
        kept = sent_again(again)
        assert {key: kept.get(key) for key in page_answers(3, ANSWERS)} == {
            key: str(value) for key, value in page_answers(3, ANSWERS).items()
        }

    def test_code_of_another_quiz_gets_none_of_the_answers(self, client, client_class, code):
        mark = only_attempt().mark
        other = client_class()
        other.post("/quiz/")
        others_code = shown_code(other.get("/quiz/code/"), other)
        sent = {**page_answers(3, ANSWERS), "attempt": mark, "code": others_code}
        response = client.post("/quiz/3/", sent)
        assert fields_with_errors(response) == {"code"}
        assert not Attempt.objects.latest("pk").answers
        assert settings.ATTEMPT_COOKIE_NAME not in response.cookies

    def test_code_of_a_finished_quiz_opens_its_result(self, client):
        take_quiz(client, leaning("sales", 7))
        code = shown_code(client.get("/quiz/result/"), client)
        response = client.post("/quiz/3/", {**page_answers(3, ANSWERS), "code": code})
        assert response.url == "/quiz/result/"

    def test_wrong_codes_are_limited_as_on_the_page_for_the_code(self, client, code):
        for _try in range(10):
            client.post("/quiz/resume/", {"code": WRONG})
        sent = page_answers(3, ANSWERS)
        response = client.post("/quiz/3/", {**sent, "code": WRONG})
        assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert client.post("/quiz/3/", {**sent, "code": code}).url == "/quiz/4/"

    def test_typed_text_is_escaped(self, client, code):
        page = text_of(client.post("/quiz/3/", {"P9": '"><b>x</b>', "code": "<i>"}))
        assert "<b>" not in page
        assert "<i>" not in page

    def test_page_that_does_not_exist_stays_missing(self, client, code):
        assert client.post("/quiz/9/", {"code": code}).status_code == HTTPStatus.NOT_FOUND


class TestAllCookiesLost:
    @pytest.fixture
    def bare(self, client_class):
        return client_class()

    def test_page_of_the_quiz_asks_for_the_code_and_saves_the_answers(self, bare, code):
        sent = {**page_answers(3, ANSWERS), "attempt": only_attempt().mark, "go": "next"}
        asked = bare.post("/quiz/3/", sent)
        assert asked.status_code == HTTPStatus.FORBIDDEN
        assert ASKS_CODE in text_of(asked)
        assert bare.post("/quiz/3/", sent_again(asked, code=code)).url == "/quiz/4/"

    def test_first_page_after_a_start_without_cookies_says_to_allow_them(self, bare):
        page = bare.post("/quiz/").url
        bare.cookies.clear()
        assert "allow cookies" in text_of(bare.get(page))


class TestOtherPages:
    @pytest.fixture
    def code(self, client):
        """The code of a finished quiz, whose browser has lost its cookie."""
        take_quiz(client, leaning("sales", 7))
        return shown_code(client.get("/quiz/result/"), client)

    def test_form_for_a_link_is_not_lost(self, client, code):
        sent = {"id": uuid.uuid4(), "scope": "answers", "until": "7", "shown_name": "Ann"}
        asked = client.post("/quiz/shares/", sent)
        assert client.post("/quiz/shares/", sent_again(asked, code=code)).url == "/quiz/shares/"
        assert ShareLink.objects.get().shown_name == "Ann"
        assert 'value="Ann"' not in text_of(client.get("/quiz/shares/"))

    def test_deleting_everything_with_the_code_leaves_no_cookie(self, client, code):
        asked = client.post("/quiz/data/delete/", {"is_sure": "on"})
        assert Attempt.objects.exists()
        client.post("/quiz/data/delete/", sent_again(asked, code=code))
        assert not Attempt.objects.exists()
        assert not client.cookies[settings.ATTEMPT_COOKIE_NAME].value

    @pytest.mark.parametrize(
        "name", ["result", "result_pdf", "result_json", "code", "shares", "own_data_json", "delete"]
    )
    @pytest.mark.parametrize("theme", ["", "dark"])
    def test_page_without_its_cookie_offers_the_code(self, client, code, name, theme):
        client.cookies.clear()
        if theme:
            client.cookies[settings.THEME_COOKIE_NAME] = theme
        response = client.get(reverse(f"quiz:{name}"))
        assert response.status_code == HTTPStatus.FORBIDDEN
        assert 'href="/quiz/resume/"' in text_of(response)
        assert ("cookies" in text_of(response)) == (not theme)

    def test_data_page_without_its_cookie_offers_the_code(self, client, code):
        assert 'href="/quiz/resume/"' in text_of(client.get("/quiz/data/"))

    def test_answer_about_a_job_is_not_lost(self, client, code):
        url = reverse("quiz:interest", args=["sales-representative"])
        asked = client.post(url, {"sales-representative": "yes"})
        client.post(url, sent_again(asked, code=code))
        assert only_attempt().interests.get().answer == "yes"
