"""A page that is sent by the script is answered with the next page instead of a redirect to it."""

import re
from http import HTTPStatus

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quiz.attempts.models import Attempt
from quiz.visitor.taking import PAGE_ITSELF
from tests.answers import page_answers, towards
from tests.factories import NOON, SECONDS_A_PAGE
from tests.pages import chosen, lasting_text_of, only_attempt, page_url, take_quiz, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

SALES = towards("sales", 1)
WRITES_ATTEMPT = re.compile('^(INSERT INTO|UPDATE) "?quiz_attempt"? ')


def send(client, page, data, go="next"):
    """Send a page as the script does."""
    return client.post(page_url(page), {**data, "go": go}, headers={"prefer": PAGE_ITSELF})


@pytest.fixture
def on_last_page(started):
    for page in range(1, 5):
        started.post(page_url(page), page_answers(page, SALES))
    return started


def is_same_as_loaded(client, response, address):
    """Whether the answer is what a GET of its address shows, and names that address."""
    assert (response.status_code, response["Content-Location"]) == (HTTPStatus.OK, address)
    return lasting_text_of(response) == lasting_text_of(client.get(address))


def lasting_part(page: str) -> str:
    """A result without what differs each time it is shown: tokens and ids for new links."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", re.sub(r'<input type="hidden"[^>]*>', "", page))


class TestNextPage:
    def test_complete_page_is_answered_with_the_next(self, started):
        for page in range(1, 5):
            response = send(started, page, page_answers(page, SALES))
            assert is_same_as_loaded(started, response, page_url(page + 1))
        assert only_attempt().values() == SALES

    def test_back_is_answered_with_the_page_before(self, started):
        send(started, 1, page_answers(1, SALES))
        response = send(started, 2, {"P3": 4}, go="back")
        assert is_same_as_loaded(started, response, page_url(1))
        assert chosen(response) == {
            key: str(value) for key, value in page_answers(1, SALES).items()
        }
        assert only_attempt().values()["P3"] == 4

    def test_back_from_the_last_page_is_answered_with_the_page_before(self, on_last_page):
        response = send(on_last_page, 5, {"B2": "soon"}, go="back")
        assert is_same_as_loaded(on_last_page, response, page_url(4))
        assert only_attempt().background == {"B2": "soon"}

    def test_back_from_the_first_page_redirects_to_the_introduction(self, started):
        response = send(started, 1, {}, go="back")
        assert (response.status_code, response.url) == (HTTPStatus.FOUND, "/quiz/")

    def test_missing_answers_are_shown_at_the_same_address(self, started):
        response = send(started, 1, {"P1": 4})
        assert response.status_code == HTTPStatus.OK
        assert "Content-Location" not in response
        assert 'role="alert"' in text_of(response)

    def test_last_page_without_all_answers_shows_where_they_are_missing(self, started):
        response = send(started, 5, {"B2": "soon"})
        assert is_same_as_loaded(started, response, f"{page_url(1)}?missing")
        assert only_attempt().background == {"B2": "soon"}

    def test_page_is_not_stored(self, started):
        assert send(started, 1, page_answers(1, SALES))["Cache-Control"] == "no-store"

    def test_without_the_header_a_page_redirects(self, started):
        response = started.post(page_url(1), page_answers(1, SALES))
        assert (response.status_code, response.url) == (HTTPStatus.FOUND, page_url(2))
        assert "Content-Location" not in response

    def test_next_page_costs_no_more_queries_than_the_redirect_to_it(self, started, client_class):
        other = client_class()
        other.post("/quiz/")
        for client in (started, other):
            client.post(page_url(1), page_answers(1, SALES))
        with CaptureQueriesContext(connection) as redirecting:
            other.post(page_url(2), page_answers(2, SALES))
        with CaptureQueriesContext(connection) as answering:
            send(started, 2, page_answers(2, SALES))
        assert len(answering) <= len(redirecting)


class TestResult:
    def test_last_page_is_answered_with_the_result(self, on_last_page):
        response = send(on_last_page, 5, {})
        shown = text_of(response)
        assert response["Content-Location"] == "/quiz/result/"
        assert 'data-band="' in shown
        assert 'data-own="result"' in shown
        assert lasting_part(shown) == lasting_part(text_of(on_last_page.get("/quiz/result/")))

    def test_result_is_compressed_as_on_its_own_address(self, on_last_page):
        headers = {"prefer": PAGE_ITSELF, "accept-encoding": "gzip"}
        response = on_last_page.post(page_url(5), {"go": "next"}, headers=headers)
        assert response["Content-Encoding"] == "gzip"

    @pytest.mark.parametrize(("page", "answers"), [(1, {"P1": 1}), (5, {"B1": "4"})])
    def test_page_of_a_finished_quiz_is_answered_with_the_result(self, client, page, answers):
        take_quiz(client, SALES)
        before = only_attempt().answers
        response = send(client, page, answers)
        assert response["Content-Location"] == "/quiz/result/"
        assert 'data-band="' in text_of(response)
        assert only_attempt().answers == before

    def test_answer_kept_after_finishing_is_still_a_conflict(self, client):
        take_quiz(client, SALES)
        assert client.post(page_url(1), {"P1": 1, "go": "keep"}).status_code == HTTPStatus.CONFLICT


class TestErrors:
    def test_page_of_another_quiz_is_a_conflict(self, started):
        response = send(started, 1, {**page_answers(1, SALES), "attempt": "0123456789ab"})
        assert response.status_code == HTTPStatus.CONFLICT
        assert "Content-Location" not in response

    def test_unknown_answer_is_refused(self, started):
        assert send(started, 1, {"P1": 9}).status_code == HTTPStatus.BAD_REQUEST

    def test_page_without_an_attempt_is_forbidden(self, client):
        assert send(client, 1, page_answers(1, SALES)).status_code == HTTPStatus.FORBIDDEN
        client.cookies[settings.ATTEMPT_COOKIE_NAME] = "forged"
        assert send(client, 1, page_answers(1, SALES)).status_code == HTTPStatus.FORBIDDEN


class TestWholeVisit:
    def test_visit_writes_the_attempt_six_times(self, client):
        with CaptureQueriesContext(connection) as queries:
            client.post("/quiz/")
            for page in range(1, 5):
                assert send(client, page, page_answers(page, SALES)).status_code == HTTPStatus.OK
            assert send(client, 5, {"B2": "soon"}).status_code == HTTPStatus.OK
        written = [q["sql"] for q in queries if WRITES_ATTEMPT.match(q["sql"])]
        assert len(written) == 6

    def test_times_are_those_of_a_visit_with_redirects(self, client, client_class):
        take_quiz(client, SALES)
        by_redirects = only_attempt().answers
        other = client_class()
        with time_machine.travel(NOON, tick=False) as clock:
            other.post("/quiz/")
            for page in range(1, 5):
                clock.shift(SECONDS_A_PAGE)
                send(other, page, page_answers(page, SALES))
            clock.shift(SECONDS_A_PAGE)
            send(other, 5, {})
        attempts = Attempt.objects.order_by("pk")
        assert [each.answers for each in attempts] == [by_redirects, by_redirects]
