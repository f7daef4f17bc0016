"""How many quizzes one network can start."""

from http import HTTPStatus

import pytest
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache

from quiz.attempts.models import Attempt
from quizsite.caches.unavailable import CacheUnavailable
from tests.answers import page_answers, towards

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

ANSWERS = page_answers(1, towards("sales"))


@pytest.fixture(autouse=True)
def _small_limits(settings, monkeypatch):
    settings.STARTS_PER_NETWORK = 3
    monkeypatch.setattr("quiz.visitor.starts.USED_OR_NOT", 3)


@pytest.fixture
def start(client_class):
    """Give a function that starts a quiz in a new browser, and returns its status and it."""

    def start(address="192.0.2.1"):
        browser = client_class(REMOTE_ADDR=address)
        return browser.post("/quiz/"), browser

    return start


def statuses(start, times, **where):
    return [start(**where)[0].status_code for _each in range(times)]


def test_network_cannot_start_endlessly(start):
    assert statuses(start, 4) == [302, 302, 302, 429]
    assert Attempt.objects.count() == 3


def test_page_says_when_to_start_again_and_leads_to_the_code(start):
    statuses(start, 3)
    response, _browser = start()
    assert int(response["Retry-After"]) == 600
    assert 'href="/quiz/resume/"' in response.content.decode()


def test_networks_are_counted_apart(start):
    statuses(start, 3)
    assert statuses(start, 1, address="192.0.2.2") == [302]


@pytest.mark.parametrize("go", ["next", "keep"])
def test_start_with_an_answer_no_longer_counts(start, go):
    for _pupil in range(8):
        response, browser = start()
        assert response.status_code == HTTPStatus.FOUND
        browser.post("/quiz/1/", ANSWERS | {"go": go})


def test_start_whose_code_is_mailed_no_longer_counts(start):
    for number in range(8):
        response, browser = start()
        assert response.status_code == HTTPStatus.FOUND
        browser.post("/quiz/code/", {"email": f"p{number}@school.example"})


def test_only_the_first_answers_give_a_start_back(start):
    _response, browser = start()
    for _again in range(5):
        browser.post("/quiz/1/", ANSWERS)
    assert statuses(start, 4) == [302, 302, 302, 429]


def test_page_without_answers_gives_nothing_back(start):
    for _each in range(3):
        start()[1].post("/quiz/1/", {"go": "next"})
    assert statuses(start, 1) == [429]


def test_used_starts_have_a_limit_too(start):
    found = []
    for _each in range(10):
        response, browser = start()
        browser.post("/quiz/1/", ANSWERS)
        found.append(response.status_code)
    assert found == [302] * 9 + [429]


def test_double_click_counts_once(client, start):
    for _each in range(9):
        assert client.post("/quiz/").status_code == HTTPStatus.FOUND


def test_people_can_start_while_nothing_can_be_counted(start, monkeypatch):
    class DeadCache(BaseCache):
        def incr(self, *_arguments, **_options):
            raise CacheUnavailable

        decr = incr

    monkeypatch.setattr(caches._connections, "limits", DeadCache({}), raising=False)
    for _each in range(5):
        response, browser = start()
        assert response.status_code == HTTPStatus.FOUND
        assert browser.post("/quiz/1/", ANSWERS).url == "/quiz/2/"
