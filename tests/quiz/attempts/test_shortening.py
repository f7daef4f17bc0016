"""Attempts from before the short form: shortened in batches, and compared."""

import json
from datetime import timedelta

import pytest
from django.db import connection

from quiz.attempts import shortening
from quiz.attempts.as_text import as_text
from quiz.attempts.models import Attempt
from quiz.attempts.shortening import shorten
from quiz.core.packing import packed_result
from tests.answers import alike, leaning
from tests.factories import NOON, finished_attempt, many_finished, started_attempt

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]


def lengthen():
    """Store all attempts as they were stored before the short form."""
    for attempt in Attempt.objects.all():
        long = {"answers": attempt.answers, "result": attempt.result, "series": attempt.person}
        Attempt.objects.filter(pk=attempt.pk).update(**long)


def stored():
    columns = (as_text("answers"), as_text("result"), "series")
    return list(Attempt.objects.order_by("pk").values_list("pk", *columns))


def read():
    """Return what attributes show. On PostgreSQL the keys of JSON have no order."""
    in_order = connection.vendor == "sqlite"
    return [
        (
            each.person,
            each.revision,
            json.dumps([each.answers, each.result], sort_keys=not in_order),
        )
        for each in Attempt.objects.order_by("pk")
    ]


@pytest.fixture
def long():
    """Three results, one of them a retake, an unfinished attempt and an empty one."""
    first = finished_attempt(answers=leaning("sales", 9))
    retake, _code = Attempt.objects.start(
        first.version_id, language="en", is_first=False, now=NOON, after=first
    )
    retake.save_answers({"P1": 4, "E2": 1}, page=1, now=NOON + timedelta(seconds=30))
    many_finished(2)
    started_attempt()
    lengthen()
    return read()


def test_everything_reads_back_the_same_and_nothing_is_long(long):
    done = shorten()
    assert (done.attempts, done.shortened, done.long) == (5, 5, [])
    assert read() == long
    assert all(
        not (answers + (result or "")).startswith('{"') for _pk, answers, result, _ in stored()
    )
    assert [series for *_others, series in stored()].count("") == 4


def test_second_run_has_nothing_to_do(long):
    shorten()
    before = stored()
    assert shorten().shortened == 0
    assert stored() == before


def test_run_that_was_interrupted_continues(long, monkeypatch):
    def interrupt(_seconds):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(shortening.time, "sleep", interrupt)
        with pytest.raises(KeyboardInterrupt):
            shorten(batch=2)
    assert sum(answers.startswith('{"') for _pk, answers, *_others in stored()) == 2
    assert shorten(batch=2).shortened == 3
    assert read() == long


def test_attempt_with_odd_data_keeps_the_long_form(long):
    odd = Attempt.objects.order_by("pk").first()
    result = odd.result | {"questionnaire": 7}
    answers = odd.answers | {"P9": {"value": 3, "position": 25, "ms": 1}}
    Attempt.objects.filter(pk=odd.pk).update(answers=answers, result=result)
    before = read()
    done = shorten()
    assert (done.shortened, done.long) == (5, [odd.pk])  # its series still gets shorter
    assert read() == before


def test_attempt_that_reads_back_otherwise_is_not_written(long, monkeypatch):
    """Even if packing were wrong, no result would change."""
    wrong = Attempt.objects.order_by("pk").first()

    def pack(questionnaire, answers, result):
        packed = packed_result(questionnaire, answers, result)
        if result == wrong.result:
            packed[3] += 1e-9
        return packed

    monkeypatch.setattr(shortening, "packed_result", pack)
    done = shorten()
    assert (done.shortened, done.long) == (4, [wrong.pk])
    assert read() == long


@pytest.mark.sqlite_only  # PostgreSQL keeps no order of keys
def test_result_whose_keys_are_in_another_order_keeps_the_long_form(long):
    one = Attempt.objects.order_by("pk").first()
    Attempt.objects.filter(pk=one.pk).update(result=dict(reversed(one.result.items())))
    before = read()
    assert shorten().long == [one.pk]
    assert read() == before


def test_answers_saved_in_the_meantime_stay(long, monkeypatch):
    unfinished = Attempt.objects.exclude(answers={}).get(finished_at=None)
    change = shortening._change

    def save_first(row):
        if row.pk == unfinished.pk:
            unfinished.keep_answers({"T1": 5}, page=1)
        return change(row)

    monkeypatch.setattr(shortening, "_change", save_first)
    shorten()
    assert Attempt.objects.get(pk=unfinished.pk).answers["T1"]["value"] == 5


def test_number_of_statements_grows_with_batches_only_by_writes(long, django_assert_num_queries):
    shorten()
    with django_assert_num_queries(2):  # one batch, and the empty one after it
        shorten()


def test_flags_survive():
    finished_attempt(answers=alike(3))
    lengthen()
    before = read()
    assert '"invalid"' in before[0][2]
    shorten()
    assert read() == before
