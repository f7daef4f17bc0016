"""Starting an attempt once, no matter how often its form is sent."""

import re

import pytest
from django.conf import settings
from django.test import Client

from quiz.attempts.models import Attempt
from tests.answers import page_answers, towards
from tests.factories import people
from tests.pages import page_url, take_quiz, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

SALES = towards("sales", 1)
COOKIE = settings.ATTEMPT_COOKIE_NAME


@pytest.fixture
def browser():
    """A browser that sends forms as they are on the page."""
    return Client()


@pytest.fixture
def retaker(client):
    take_quiz(client, SALES)
    return client


def form_on(browser):
    """Return the fields of the form on the introduction."""
    page = text_of(browser.get("/quiz/"))
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page)
    return dict(fields[-2:])


def copy_of(browser):
    """Return a browser with the same cookies, which doesn't see what the first one gets."""
    copy = Client()
    copy.cookies.load({name: morsel.value for name, morsel in browser.cookies.items()})
    return copy


def opened_by(browser):
    return text_of(browser.get("/quiz/code/"))


class TestTakingAgain:
    def test_sending_it_16_times_starts_one_attempt(self, retaker):
        copies = [copy_of(retaker) for _ in range(16)]
        for each in copies:
            assert each.post("/quiz/").url == page_url(1)
        assert Attempt.objects.filter(finished_at=None).count() == 1
        assert len({Attempt.objects.get(finished_at=None).code_hash}) == 1
        assert len({each.cookies[COOKIE].value for each in copies}) == 1

    def test_faster_copy_wins_and_the_slower_one_continues_with_it(self, retaker, monkeypatch):
        copy, by_code = copy_of(retaker), Attempt.objects.by_code

        def while_a_copy_starts(code):
            found = by_code(code)
            monkeypatch.undo()
            copy.post("/quiz/")
            return found

        monkeypatch.setattr(Attempt.objects, "by_code", while_a_copy_starts)
        assert retaker.post("/quiz/").url == page_url(1)
        assert Attempt.objects.count() == 2
        assert retaker.get(page_url(1)).status_code == 200

    def test_copy_that_arrives_late_continues_where_the_attempt_is(self, retaker):
        late = copy_of(retaker)
        retaker.post("/quiz/")
        retaker.post(page_url(1), page_answers(1, SALES) | {"go": "next"})
        assert late.post("/quiz/").url == page_url(2)
        assert Attempt.objects.count() == 2

    def test_form_sent_again_after_finishing_shows_the_result(self, retaker):
        fields = form_on(retaker)
        retaker.post("/quiz/", fields)
        for page in range(1, 6):
            retaker.post(page_url(page), page_answers(page, SALES) if page < 5 else {})
        assert retaker.post("/quiz/", fields).url == "/quiz/result/"
        assert Attempt.objects.count() == 2

    def test_a_third_attempt_follows_the_second(self, retaker):
        retaker.post("/quiz/")
        for page in range(1, 6):
            retaker.post(page_url(page), page_answers(page, SALES) if page < 5 else {})
        assert retaker.post("/quiz/").url == page_url(1)
        assert Attempt.objects.count() == 3
        assert len(people()) == 1


class TestFirstStart:
    def test_sending_the_form_16_times_starts_one_attempt(self, browser):
        fields = form_on(browser)
        copies = [copy_of(browser) for _ in range(16)]
        for each in copies:
            assert each.post("/quiz/", fields).url == page_url(1)
        assert Attempt.objects.count() == 1
        assert len({each.cookies[COOKIE].value for each in copies}) == 1

    def test_two_forms_start_two_attempts(self, browser, client_class):
        other = client_class()
        browser.post("/quiz/", form_on(browser))
        other.post("/quiz/", form_on(other))
        assert opened_by(browser) != opened_by(other)
        assert Attempt.objects.count() == 2

    def test_old_form_doesnt_open_what_someone_has_answered_since(self, browser):
        fields, next_person = form_on(browser), copy_of(browser)
        browser.post("/quiz/", fields)
        browser.post(page_url(1), page_answers(1, SALES) | {"go": "next"})
        assert next_person.post("/quiz/", fields).url == "/quiz/"
        assert COOKIE not in next_person.cookies
        assert Attempt.objects.count() == 1

    def test_form_that_is_older_than_the_quiz_in_this_browser_continues_it(self, client):
        fields = form_on(client)
        client.post("/quiz/", fields)
        client.post(page_url(1), page_answers(1, SALES) | {"go": "next"})
        assert client.post("/quiz/", fields).url == page_url(2)
        assert Attempt.objects.count() == 1


class TestNewPerson:
    def test_sending_the_form_16_times_starts_one_attempt_of_its_own(self, retaker):
        fields = form_on(retaker) | {"who": "other"}
        for each in [copy_of(retaker) for _ in range(16)]:
            assert each.post("/quiz/", fields).url == page_url(1)
        assert Attempt.objects.count() == 2
        assert len(people()) == 2

    def test_return_code_of_the_person_before_doesnt_open_it(self, retaker):
        before = copy_of(retaker)
        retaker.post("/quiz/", form_on(retaker) | {"who": "other"})
        before.post("/quiz/")
        assert opened_by(before) != opened_by(retaker)
