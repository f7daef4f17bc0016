"""Rows hold the short form; attributes show the long one."""

import json

import pytest
from django.db import connection

from quiz.attempts.models import Attempt
from quiz.core.scoring import Result, score
from tests.answers import SHIPPED, leaning
from tests.factories import finished, finished_attempt, started_attempt

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

VALUES = leaning("sales", 9)


def stored(column, attempt):
    """Return what the database holds, parsed but not unpacked."""
    return Attempt.objects.values_list(column, flat=True).get(pk=attempt.pk)


def in_json(attempt):
    return json.dumps([attempt.answers, attempt.result], sort_keys=True)


def test_finished_attempt_is_stored_in_the_short_form():
    attempt = finished_attempt(answers=VALUES)
    values = "".join(str(VALUES[item.key]) for item in SHIPPED.items)
    assert stored("answers", attempt) == f"{values} 10000 10000 10000 10000"
    assert isinstance(stored("result", attempt), list)


def test_attributes_show_what_was_scored():
    attempt = finished_attempt(answers=VALUES)
    fresh = Attempt.objects.get(pk=attempt.pk)
    expected = score(SHIPPED, VALUES, seconds=dict.fromkeys(VALUES, 10.0)).to_data()
    assert json.dumps(fresh.result) == json.dumps(expected | {"questionnaire": 1})
    assert fresh.stored_result == Result.from_data(attempt.result)
    assert fresh.answers == attempt.answers
    assert fresh.answers["P1"] == {"value": VALUES["P1"], "position": 1, "ms": 10_000}


def test_every_saved_page_is_stored_in_the_short_form():
    attempt = started_attempt()
    assert stored("answers", attempt) == {}
    first, second = SHIPPED.item_pages[:2]
    attempt.save_answers({item.key: 3 for item in first}, page=1, now=attempt.started_at)
    attempt.keep_answers({second[0].key: 5}, page=2)
    assert stored("answers", attempt) == "3333335" + "-" * 17 + " 0"
    assert Attempt.objects.get(pk=attempt.pk).answers == attempt.answers


@pytest.mark.parametrize("way", ["save", "bulk_create"])
def test_other_ways_into_the_table_pack_too(way):
    attempt = finished(VALUES)
    if way == "save":
        attempt.save()
    else:
        Attempt.objects.bulk_create([attempt])
    assert isinstance(stored("answers", attempt), str)
    assert isinstance(stored("result", attempt), list)
    assert in_json(Attempt.objects.get(pk=attempt.pk)) == in_json(attempt)


def test_long_form_written_by_a_query_stays_readable():
    attempt = finished_attempt(answers=VALUES)
    Attempt.objects.filter(pk=attempt.pk).update(answers=attempt.answers, result=attempt.result)
    assert isinstance(stored("result", attempt), dict)
    assert in_json(Attempt.objects.get(pk=attempt.pk)) == in_json(attempt)


def test_deferred_columns_are_loaded_and_unpacked():
    attempt = finished_attempt(answers=VALUES)
    bare = Attempt.objects.only("code_hash").get(pk=attempt.pk)
    assert in_json(bare) == in_json(attempt)


def test_a_finished_attempt_takes_few_bytes():
    """Guards the size of the database, apart from the indexes."""
    attempt = finished_attempt(answers=VALUES)
    columns = ", ".join(
        f"CAST({field.column} AS TEXT)"
        if connection.vendor == "sqlite"
        else f"pg_column_size({field.column})"
        for field in Attempt._meta.concrete_fields
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM quiz_attempt WHERE id = %s", [attempt.pk])
        found = cursor.fetchone()
    sizes = [len(each or "") if connection.vendor == "sqlite" else each or 0 for each in found]
    assert sum(sizes) <= 470
