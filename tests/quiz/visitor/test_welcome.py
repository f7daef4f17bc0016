"""The home page, the introduction, and the start."""

import re
from http import HTTPStatus

import pytest
from django.conf import settings
from django.core.signing import Signer

from quiz.attempts.models import Attempt
from quiz.questionnaires.models import QuestionnaireVersion
from tests.answers import page_answers, towards
from tests.pages import chosen, only_attempt, page_url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

SALES = towards("sales", 1)


def set_cookie(client, value):
    client.cookies[settings.ATTEMPT_COOKIE_NAME] = value


class TestStarting:
    def test_home_offers_one_button_to_the_introduction(self, client):
        page = client.get("/").content.decode()
        assert page.count('class="btn"') == 1
        assert 'href="/quiz/"' in page

    def test_reading_the_introduction_starts_nothing(self, client):
        assert client.get("/quiz/").status_code == HTTPStatus.OK
        assert not Attempt.objects.exists()
        assert settings.ATTEMPT_COOKIE_NAME not in client.cookies

    def test_start_adds_one_attempt_and_redirects_to_page_1(self, client):
        response = client.post("/quiz/")
        assert response.url == page_url(1)
        attempt = only_attempt()
        assert (attempt.is_first, attempt.language, attempt.answers) == (True, "en", {})

    def test_pressing_start_twice_adds_one_attempt(self, started):
        started.post("/quiz/")
        assert Attempt.objects.count() == 1

    def test_the_cookie_is_signed_http_only_and_lax(self, started):
        cookie = started.cookies[settings.ATTEMPT_COOKIE_NAME]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert Attempt.objects.by_code(Signer(salt="quiz.attempt").unsign(cookie.value))

    def test_a_visitor_gets_no_session(self, started):
        started.post(page_url(1), page_answers(1, SALES))
        started.get("/")
        assert settings.SESSION_COOKIE_NAME not in started.cookies

    @pytest.mark.parametrize("url", ["/", "/quiz/"])
    def test_returning_visitor_is_offered_to_continue(self, started, url):
        started.post(page_url(1), page_answers(1, SALES))
        assert 'href="/quiz/2/"' in started.get(url).content.decode()

    def test_main_button_of_home_fits_the_state(self, client):
        def main_button():
            return re.search('class="btn" href="([^"]+)"', client.get("/").content.decode())[1]

        assert main_button() == "/quiz/"
        client.post("/quiz/")
        assert main_button() == "/quiz/"
        client.post(page_url(1), page_answers(1, SALES))
        assert main_button() == page_url(2)
        for page in range(2, 5):
            client.post(page_url(page), page_answers(page, SALES))
        client.post(page_url(5), {})
        assert main_button() == "/quiz/result/"

    @pytest.mark.parametrize("url", ["/", "/quiz/"])
    def test_starting_comes_before_continuing_in_the_source(self, started, url):
        started.post(page_url(1), page_answers(1, SALES))
        page = started.get(url).content.decode()
        start = page.index('action="/quiz/"') if url == "/quiz/" else page.index('class="btn"')
        assert start < page.index('href="/quiz/2/"')

    def test_second_attempt_is_not_marked_as_the_first(self, started):
        started.post(page_url(1), page_answers(1, SALES))
        started.post("/quiz/")
        assert [a.is_first for a in Attempt.objects.order_by("pk")] == [True, False]
        assert chosen(started.get(page_url(1))) == {}

    @pytest.mark.parametrize("url", ["/", "/quiz/"])
    def test_finished_visitor_is_offered_the_result(self, finished, url):
        assert 'href="/quiz/result/"' in finished.get(url).content.decode()

    @pytest.mark.parametrize("url", ["/", "/quiz/"])
    @pytest.mark.parametrize("value", ["forged", "A:B", "\x00", "é", "x" * 5000])
    def test_bad_cookie_is_deleted(self, client, url, value):
        set_cookie(client, value)
        response = client.get(url)
        assert response.status_code == HTTPStatus.OK
        assert response.cookies[settings.ATTEMPT_COOKIE_NAME]["max-age"] == 0

    def test_without_a_published_version_the_page_says_so(self, client, monkeypatch):
        monkeypatch.setattr(QuestionnaireVersion.objects, "live_id", lambda: None)
        response = client.get("/quiz/")
        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert 'action="/quiz/"' not in response.content.decode()
