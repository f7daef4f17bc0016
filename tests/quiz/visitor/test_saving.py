"""Answers saved before their page is, and pages that belong to another attempt."""

import re
from http import HTTPStatus

import pytest

from quiz.attempts.models import Attempt
from tests.answers import towards
from tests.pages import chosen, only_attempt, page_url, take_quiz

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]


@pytest.fixture
def finished(client, content):
    take_quiz(client, towards("sales", 1))
    return client


class TestSavingEarly:
    """The page's script sends answers after a pause, and when the page is hidden or left."""

    def keep(self, client, page, **answers):
        return client.post(page_url(page), {**answers, "go": "keep"})

    def test_single_answer_is_saved_with_an_empty_response(self, started):
        response = self.keep(started, 1, P1=4)
        assert (response.status_code, response.content) == (HTTPStatus.NO_CONTENT, b"")
        assert only_attempt().values() == {"P1": 4}

    def test_saved_answer_is_checked_when_the_page_opens_again(self, started):
        self.keep(started, 1, P1=4)
        assert chosen(started.get(page_url(1))) == {"P1": "4"}

    def test_background_answer_is_saved_without_finishing(self, started):
        self.keep(started, 5, B1="4")
        self.keep(started, 5, B2="now")
        attempt = only_attempt()
        assert attempt.background == {"B1": "4", "B2": "now"}
        assert not attempt.is_finished

    def test_rather_not_say_clears_a_background_answer(self, started):
        self.keep(started, 5, B1="4")
        self.keep(started, 5, B1="")
        assert only_attempt().background == {}

    def test_unknown_answer_is_refused(self, started):
        assert self.keep(started, 1, P1=9).status_code == HTTPStatus.BAD_REQUEST
        assert self.keep(started, 1, T9=1).status_code == HTTPStatus.BAD_REQUEST
        assert only_attempt().answers == {}

    def test_answer_after_finishing_is_a_conflict_and_changes_nothing(self, finished):
        before = only_attempt().answers
        for page, answer in ((1, {"P1": 1}), (5, {"B1": "4"})):
            assert self.keep(finished, page, **answer).status_code == HTTPStatus.CONFLICT
        assert only_attempt().answers == before

    def test_empty_request_only_confirms_that_the_site_responds(self, started):
        before = only_attempt().revision
        assert self.keep(started, 1).status_code == HTTPStatus.NO_CONTENT
        assert only_attempt().revision == before

    def test_saving_without_an_attempt_is_forbidden(self, client):
        assert self.keep(client, 1, P1=4).status_code == HTTPStatus.FORBIDDEN

    def test_saving_an_answer_takes_no_more_queries_than_a_page(
        self, started, django_assert_max_num_queries
    ):
        self.keep(started, 1, P1=3)
        with django_assert_max_num_queries(5):
            self.keep(started, 1, P1=4)


class TestPageOfAnotherQuiz:
    """A tab left open on one attempt must not write into the next one."""

    MARK = re.compile(r'name="attempt" value="(\w+)"')

    def mark_on(self, client, page: int) -> str:
        return self.MARK.search(client.get(page_url(page)).content.decode())[1]

    @pytest.mark.parametrize("page", [1, 5])
    def test_page_carries_the_mark_of_its_attempt(self, started, client_class, page):
        mark = self.mark_on(started, page)
        assert mark == only_attempt().mark
        other = client_class()
        other.post("/quiz/")
        assert self.mark_on(other, page) != mark

    def test_page_with_missing_answers_carries_the_mark(self, started):
        page = started.post(page_url(1), {"P1": 4}).content.decode()
        assert self.MARK.search(page)[1] == only_attempt().mark

    @pytest.mark.parametrize("go", ["next", "back", "keep", "dark"])
    @pytest.mark.parametrize(("page", "answers"), [(1, {"P1": 4}), (5, {"B1": "4"})])
    def test_page_of_another_attempt_is_refused_and_not_saved(self, started, page, answers, go):
        old = self.mark_on(started, 1)
        started.post(page_url(1), {"E2": 2})
        started.post("/quiz/")
        new = Attempt.objects.latest("pk")
        response = started.post(page_url(page), {**answers, "attempt": old, "go": go})
        assert response.status_code == HTTPStatus.CONFLICT
        assert page_url(page) in response.content.decode()
        new.refresh_from_db()
        assert (new.answers, new.background) == ({}, {})

    def test_page_with_its_own_mark_or_none_is_saved(self, started):
        started.post(page_url(1), {"P1": 4, "attempt": only_attempt().mark})
        started.post(page_url(1), {"E2": 2})
        assert only_attempt().values() == {"P1": 4, "E2": 2}
