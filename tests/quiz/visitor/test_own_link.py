"""The link in the header: the visitor's result, or where to continue, on every page."""

import re

import pytest
from django.conf import settings
from django.db import OperationalError

from quiz.attempts.models import Attempt
from quiz.attempts.models.attempt import AttemptQuerySet
from tests.answers import page_answers, towards
from tests.pages import page_url, take_quiz, text_of
from tests.roles.pages import SALES, SERVICE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

ANSWERS = towards("sales", 1)
PAGES = [
    *("/", "/quiz/", "/quiz/data/", "/quiz/resume/", "/accessibility/", "/method/"),
    *("/roles/", f"/roles/{SALES}/", f"/roles/compare/{SALES}/{SERVICE}/", "/roles/compare/"),
    *("/no-such-page/", "/counselor/account/login/"),
]


def own_link(page):
    """Return the kind of link in the header, its address and its words."""
    found = re.search(r'<nav.*?<a data-own="(\w+)" href="([^"]+)">(.*?)</a>', page, re.S)
    return found[1], found[2], " ".join(re.sub(r"<[^>]+>", "", found[3]).split())


@pytest.fixture
def unfinished(client):
    client.post("/quiz/")
    client.post(page_url(1), page_answers(1, ANSWERS))
    return client


@pytest.fixture
def finished(client):
    take_quiz(client, ANSWERS)
    return client


@pytest.fixture
def retaking(finished):
    finished.post("/quiz/")
    finished.post(page_url(1), page_answers(1, ANSWERS))
    return finished


class TestKind:
    @pytest.mark.parametrize("address", PAGES)
    def test_visitor_without_a_quiz_gets_the_way_to_it(self, client, address):
        assert own_link(text_of(client.get(address)))[:2] == ("start", "/quiz/")

    @pytest.mark.parametrize("address", [*PAGES, "/quiz/2/", "/quiz/code/"])
    def test_unfinished_quiz_can_be_continued_from_any_page(self, unfinished, address):
        kind, url, words = own_link(text_of(unfinished.get(address)))
        assert kind == "continue"
        assert words == "Continue (6 of 24)"
        assert unfinished.get(url).url == page_url(2)

    @pytest.mark.parametrize("address", [*PAGES, "/quiz/result/", "/quiz/shares/"])
    def test_result_can_be_opened_from_any_page(self, finished, address):
        assert own_link(text_of(finished.get(address)))[:2] == ("result", "/quiz/result/")

    @pytest.mark.parametrize("address", [*PAGES, "/quiz/2/"])
    def test_result_stays_in_the_header_during_a_retake(self, retaking, address):
        assert own_link(text_of(retaking.get(address)))[0] == "result"

    def test_retake_without_answers_keeps_the_result_in_the_header(self, finished):
        finished.post("/quiz/")
        assert own_link(text_of(finished.get("/")))[0] == "result"

    def test_next_visitor_of_the_process_gets_no_link_of_another(self, finished, client_class):
        for address in PAGES:
            finished.get(address)
            assert own_link(text_of(client_class().get(address)))[0] == "start"

    def test_page_for_choosing_jobs_is_not_stored_with_an_attempt(self, finished, client_class):
        assert finished.get("/roles/compare/")["Cache-Control"] == "no-store"
        assert "Cache-Control" not in client_class().get("/roles/compare/")


class TestQueries:
    @pytest.mark.parametrize("address", ["/accessibility/", "/quiz/resume/"])
    @pytest.mark.parametrize("state", ["unfinished", "finished", "retaking"])
    def test_link_takes_one_query(self, state, address, request, django_assert_num_queries):
        client = request.getfixturevalue(state)
        client.get(address)
        with django_assert_num_queries(1):
            client.get(address)

    @pytest.mark.parametrize("address", ["/accessibility/", "/quiz/resume/", "/no-such-page/"])
    def test_visitor_without_a_cookie_costs_no_query(
        self, client, address, django_assert_num_queries
    ):
        client.get(address)
        with django_assert_num_queries(0):
            client.get(address)

    def test_error_page_asks_nothing_of_a_database_that_is_down(self, finished, monkeypatch):
        asked = []

        def refuse(attempts, code):
            asked.append(code)
            raise OperationalError("the server closed the connection")

        monkeypatch.setattr(AttemptQuerySet, "by_code", refuse)
        response = finished.get("/quiz/result/")
        assert response.status_code == 503
        assert len(asked) == 1
        assert "data-own" not in text_of(response)


class TestHome:
    def main_button(self, client):
        return re.search(r'<a class="btn" href="([^"]+)"', text_of(client.get("/")))[1]

    def test_main_button_starts_continues_or_shows_the_result(self, client):
        assert self.main_button(client) == "/quiz/"
        client.post("/quiz/")
        client.post(page_url(1), page_answers(1, ANSWERS))
        assert self.main_button(client) == page_url(2)
        take_quiz(client, ANSWERS)
        assert self.main_button(client) == "/quiz/result/"

    def test_retake_without_answers_keeps_the_result_as_the_main_button(self, finished):
        finished.post("/quiz/")
        assert self.main_button(finished) == "/quiz/result/"

    def test_earlier_results_are_linked_once_there_are_two(self, finished):
        assert 'href="/quiz/results/"' not in text_of(finished.get("/"))
        take_quiz(finished, ANSWERS)
        assert 'href="/quiz/results/"' in text_of(finished.get("/"))


class TestOfferOnJobPages:
    ADDRESSES = ("/roles/", f"/roles/{SALES}/", f"/roles/compare/{SALES}/{SERVICE}/")

    def offer(self, client, address):
        return re.search(r'data-offer="(\w+)"', text_of(client.get(address)))[1]

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_owner_of_a_result_is_not_asked_to_take_the_quiz(self, finished, address):
        page = text_of(finished.get(address))
        assert "Take the quiz" not in page
        assert "suit you?" not in page
        assert self.offer(finished, address) == "result"

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_retake_keeps_the_result_in_the_offer(self, retaking, address):
        assert self.offer(retaking, address) == "result"
        assert f'href="{page_url(2)}"' in text_of(retaking.get(address))

    def test_retake_without_answers_keeps_the_result_in_the_offer(self, finished):
        finished.post("/quiz/")
        assert self.offer(finished, "/roles/") == "result"


def test_has_result_is_the_same_read_with_the_row_or_later(finished):
    code = finished.cookies[settings.ATTEMPT_COOKIE_NAME].value.rsplit(":", 1)[0]
    assert Attempt.objects.by_code(code).has_result
    assert Attempt.objects.get().has_result
    finished.post("/quiz/")
    later = Attempt.objects.order_by("-id").first()
    assert later.has_result
    assert Attempt.objects.newest_result_of(later).is_finished
