"""Looking for a person or a client reads a few rows of a large table, by its partial indexes."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quiz.admin.activity import activity
from quiz.attempts.codes import hash_of
from quiz.attempts.models import Attempt, ShareLink
from quiz.evidence.folding import fold
from quiz.questionnaires.models import QuestionnaireVersion
from tests.factories import finished_attempt, make_client
from tests.plans import large_table_of_attempts, reading_all_attempts

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def now(content):
    return timezone.now()


@pytest.fixture
def retake(now, counselor):
    """An attempt after a result; both are among very many others."""
    result = finished_attempt(make_client(counselor), at=now - timedelta(days=1))
    large_table_of_attempts(now)
    retake, _code = Attempt.objects.start(
        result.version_id, language="en", is_first=False, now=now, after=result
    )
    return retake


def newest_result(retake, _now):
    assert Attempt.objects.newest_result_of(retake).code_hash == retake.series


def attempt_by_code(retake, _now):
    assert Attempt.objects.by_code(retake.code).has_result


def day_of_deletion(retake, _now):
    assert retake.keep_until


def links(retake, _now):
    assert not ShareLink.objects.of_same_person(retake)


def consent(retake, _now):
    retake.allow_research(True)


def attempts_of_client(retake, _now):
    assert Attempt.objects.filter(client=retake.client_id).count() == 2


def deleted_client(retake, _now):
    retake.client.delete()


def days_of_the_dashboard(_retake, now):
    assert activity(now).finished


def next_batch_to_count(_retake, now):
    fold(now, batch=5, most=10)


@pytest.mark.parametrize(
    "ask",
    [
        *(newest_result, attempt_by_code, day_of_deletion, links, consent),
        *(attempts_of_client, deleted_client, days_of_the_dashboard, next_batch_to_count),
    ],
)
def test_question_reads_few_attempts(retake, now, ask):
    with CaptureQueriesContext(connection) as captured:
        ask(retake, now)
    assert any("quiz_attempt" in each["sql"] for each in captured.captured_queries)
    assert reading_all_attempts(captured) == []


@pytest.mark.parametrize("finished", range(3))
def test_code_of_any_attempt_finds_the_result_of_any_other(now, finished):
    last, codes = None, []
    for _ in range(3):
        last, code = Attempt.objects.start(
            QuestionnaireVersion.objects.live_id(),
            language="en",
            is_first=True,
            now=now,
            after=last,
        )
        codes.append(code)
    _stranger, of_stranger = Attempt.objects.start(
        last.version_id, language="en", is_first=True, now=now
    )
    assert not any(Attempt.objects.by_code(code).has_result for code in codes)
    Attempt.objects.filter(code_hash=hash_of(codes[finished])).update(finished_at=now, result={})
    for code in codes:
        by_code = Attempt.objects.by_code(code)
        assert by_code.has_result
        assert Attempt.objects.get(pk=by_code.pk).has_result
        assert Attempt.objects.newest_result_of(by_code).code_hash == hash_of(codes[finished])
    assert not Attempt.objects.by_code(of_stranger).has_result


def test_whose_result_it_is_follows_from_the_first_attempt(retake):
    first = Attempt.objects.get(code_hash=retake.series)
    assert (first.series, first.person) == ("", retake.person)
    # As stored before December 2026.
    Attempt.objects.filter(pk=first.pk).update(series=first.code_hash)
    for each in (retake, Attempt.objects.get(pk=first.pk)):
        found = Attempt.objects.of_same_person(each)
        assert set(found) == {first, retake}
