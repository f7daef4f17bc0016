"""The bar chart of the dashboard: starts and finishes of the last four weeks."""

from datetime import timedelta

import pytest
import time_machine

from quiz.admin.activity import DAYS, HEIGHT, activity
from quiz.attempts.models import Attempt
from tests.factories import NOON, finished_attempt, sign_in, started_attempt
from tests.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]


def test_counts_starts_and_finishes_by_day():
    started_attempt()
    finished_attempt()
    shown = activity(NOON)
    assert (shown.started, shown.finished, shown.most) == (2, 1, 2)
    assert (shown.weeks[-1].started, shown.weeks[-1].finished) == (2, 1)
    assert len(shown.starts) == len(shown.finishes) == DAYS


def test_highest_bar_fills_the_height_and_a_day_without_anyone_has_none():
    started_attempt()
    bars = activity(NOON).starts
    assert bars[-1].height == str(int(HEIGHT))
    assert {bar.height for bar in bars[:-1]} == {"0"}


def test_today_is_the_last_day_and_older_attempts_are_left_out():
    long_ago = NOON - timedelta(days=DAYS)
    started_attempt(at=long_ago)
    shown = activity(NOON)
    assert shown.started == 0
    assert (shown.last - shown.first).days == DAYS - 1
    assert activity(long_ago).started == 1


def test_attempt_that_was_started_before_and_saved_now_is_no_start_of_today():
    attempt = started_attempt(at=NOON - timedelta(days=DAYS))
    Attempt.objects.filter(pk=attempt.pk).update(saved_at=NOON)
    shown = activity(NOON)
    assert (shown.started, shown.most) == (0, 0)


def test_days_are_those_of_the_time_zone(settings):
    settings.TIME_ZONE = "America/Vancouver"
    started_attempt(at=NOON - timedelta(hours=6))  # still the day before in Vancouver
    assert activity(NOON).starts[-2].height == str(int(HEIGHT))


class TestDashboard:
    @time_machine.travel(NOON, tick=False)
    def test_numbers_are_text_next_to_the_chart(self, admin_client):
        started_attempt()
        finished_attempt()
        page = text_of(admin_client.get("/admin/"))
        section = page[page.index('class="activity"') :]
        assert "2 people started the quiz" in section
        assert "and 1 finished it" in section
        assert section.count("<rect") == 2 * DAYS
        assert 'aria-hidden="true"' in section[: section.index("<rect")]

    def test_quiet_weeks_have_a_sentence_instead_of_a_chart(self, admin_client):
        page = text_of(admin_client.get("/admin/"))
        section = page[page.index('class="activity"') : page.index('class="glance"')]
        assert "<svg" not in section
        assert "No one has started the quiz." in section

    def test_user_who_may_not_see_versions_sees_no_chart(self, client, django_user_model):
        sign_in(client, django_user_model.objects.create_user("someone", is_staff=True))
        assert 'class="activity"' not in text_of(client.get("/admin/"))
