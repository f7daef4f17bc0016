from datetime import timedelta

import pytest
from django.utils import timezone

from quiz.attempts.models import Attempt
from quiz.management.demo.taking import Taking, clock_at
from tests.answers import SHIPPED
from tests.factories import NOON


@pytest.fixture
def taking(live):
    return Taking(live, NOON)


def test_clock_shows_another_moment_and_then_the_present():
    before = timezone.now()
    with clock_at(NOON):
        assert timezone.now() == NOON
    assert timezone.now() >= before


def test_day_is_an_hour_of_daylight_on_an_earlier_day(taking):
    days = [taking.day(3) for _ in range(50)]
    assert {day.date() for day in days} == {(NOON - timedelta(days=3)).date()}
    assert all(8 <= day.hour < 21 for day in days)
    assert taking.day(3, hour=15).hour == 15


def test_quiz_is_finished_at_a_reader_s_pace(taking):
    attempt = taking.take_quiz(NOON, leaning=0.3)
    attempt.refresh_from_db()
    slowest = timedelta(seconds=12) * len(SHIPPED.items) + timedelta(seconds=40)
    fastest = timedelta(seconds=5) * len(SHIPPED.items)
    assert fastest < attempt.finished_at - NOON < slowest
    assert attempt.result["flags"] == []
    assert taking.attempts == 1


def test_quiz_that_was_left_holds_the_answers_of_its_pages(taking):
    attempt = taking.take_quiz(NOON, pages=2)
    attempt.refresh_from_db()
    assert attempt.finished_at is None
    assert set(attempt.answers) == {item.key for page in SHIPPED.item_pages[:2] for item in page}


def test_second_attempt_of_a_person_is_a_retake(taking):
    first = taking.take_quiz(NOON - timedelta(days=9))
    again = taking.take_quiz(NOON, after=first)
    assert (first.is_first, again.is_first) == (True, False)
    assert again.person == first.person


def test_shared_results_can_be_opened_within_their_scope(taking):
    links = taking.share([taking.take_quiz(NOON - timedelta(days=9)) for _ in range(3)])
    scopes = Attempt.objects.order_by("pk").values_list("share_links__scope", flat=True)
    assert list(scopes) == ["traits", "verdict", "answers"]
    assert len(set(links.values())) == 3
