"""What `delete_expired` reads of the largest table."""

import io
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quiz.attempts.models import Attempt, ShareLink
from quiz.management import expired
from tests.factories import finished_attempt
from tests.plans import large_table_of_attempts, plan_of, reading_all_attempts

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def now(content):
    return timezone.now()


def run():
    said = io.StringIO()
    with CaptureQueriesContext(connection) as captured:
        call_command("delete_expired", stdout=said)
    return said.getvalue(), captured


def batches_by(field, captured):
    statements = [each["sql"] for each in captured.captured_queries]
    return [each for each in statements if each.startswith(f'SELECT "quiz_attempt"."{field}"')]


@pytest.mark.parametrize(
    ("field", "index"),
    [("saved_at", "attempt_unfinished"), ("finished_at", "attempt_finished")],
)
def test_each_batch_is_the_next_stretch_of_an_index(now, field, index):
    """Neither all attempts nor all expired ones are read, nor results to find unfinished ones."""
    large_table_of_attempts(now)
    said, captured = run()
    assert "Deleted 111 unfinished quizzes" in said
    assert "Deleted 23 results" in said
    plan = plan_of(batches_by(field, captured)[0])
    assert index in plan
    assert not re.search("Sort|TEMP B-TREE|Hash", plan)
    assert reading_all_attempts(captured) == []


def test_quizzes_that_are_kept_are_read_once(now, monkeypatch):
    """Their results are kept longer, so they are as old as those that each batch deletes."""
    monkeypatch.setattr(expired, "BATCH", 10)
    monkeypatch.setattr(expired, "PAUSE", 0)
    large_table_of_attempts(now)
    unfinished = Attempt.objects.filter(finished_at=None).order_by("saved_at")
    result = Attempt.objects.filter(finished_at__isnull=False).latest("finished_at")
    few = list(unfinished.values_list("pk", flat=True)[:3])
    Attempt.objects.filter(pk__in=few[1:2]).update(series=result.person)
    _said, captured = run()
    assert Attempt.objects.filter(pk__in=few).values_list("pk", flat=True).get() == few[1]
    first, *others = batches_by("saved_at", captured)
    assert '"saved_at" >=' not in first
    assert all('"saved_at" >=' in each for each in others)
    assert len(others) == 11  # 110 quizzes, and one more that finds no more


def test_links_are_deleted_in_batches_that_continue(now, monkeypatch):
    monkeypatch.setattr(expired, "BATCH", 2)
    monkeypatch.setattr(expired, "PAUSE", 0)
    attempt = finished_attempt(at=now)
    for days in (-3, -2, -1, 1, -4, -5):
        ShareLink.objects.make(
            attempt=attempt, scope="verdict", expires_at=now + timedelta(days=days)
        )
    said, _captured = run()
    assert "Deleted 5 share links" in said
    assert ShareLink.objects.get().expires_at > now
