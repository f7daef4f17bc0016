"""What metrics read from the database and the disk when Prometheus asks."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from prometheus_client import generate_latest

from quiz.evidence.models import Folding
from quiz.web.metrics import COUNTED, PREFIX
from quizsite.backups.writing import note_backup
from quizsite.watching import exposed
from quizsite.watching.exposed import READ, Reader, from_database, from_disk, short_statements
from tests.plans import large_table_of_attempts, reading_all_attempts
from tests.tasks import add

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def read(metrics):
    """Return the values of metrics by name and label."""
    return {
        (sample.name.removeprefix(PREFIX), *sample.labels.values()): sample.value
        for metric in metrics
        for sample in metric.samples
    }


def test_database_and_disk_are_read():
    found = read([*from_database(), *from_disk()])
    assert {name for name, *_labels in found} == READ.keys()
    assert found["database_up",] == 1
    assert found["migrations_applied",] > 60
    assert 0 < found["disk_free_bytes",] < found["disk_size_bytes",]


def test_tasks_are_counted_by_state_with_the_age_of_the_oldest():
    for number in range(3):
        add.enqueue(number, 1)
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(hours=1))
    first, second, _third = DBTaskResult.objects.all()
    running = {"status": TaskResultStatus.RUNNING, "started_at": timezone.now()}
    DBTaskResult.objects.filter(pk=first.pk).update(**running)
    two_hours_ago = timezone.now() - timedelta(hours=2)
    failed = {"status": TaskResultStatus.FAILED, "finished_at": two_hours_ago}
    DBTaskResult.objects.filter(pk=second.pk).update(**failed)
    found = read(from_database())
    assert [found["tasks", state] for state in ("waiting", "running", "failed")] == [1, 1, 1]
    ages = [found["tasks_oldest_age_seconds", state] for state in ("waiting", "running", "failed")]
    assert [round(age / 3600) for age in ages] == [1, 0, 2]


def test_without_tasks_all_counts_and_ages_are_0():
    found = read(from_database())
    assert {value for (name, *_label), value in found.items() if "tasks" in name} == {0}


def test_attempts_of_a_day_are_counted_by_an_index():
    large_table_of_attempts(timezone.now())
    with CaptureQueriesContext(connection) as captured:
        found = read(from_database())
    # The factory makes one a day; the newest ones, of this moment and a day ago, are finished.
    assert found["attempts_last_day", "finished"] == 1
    assert found["attempts_last_day", "unfinished"] == 0
    assert len([each for each in captured if "quiz_attempt" in each["sql"]]) == 2
    assert reading_all_attempts(captured) == []


def test_time_of_the_last_counting_is_shown():
    assert read(from_database())["tally_timestamp_seconds",] == 0
    at = timezone.now() - timedelta(hours=30)
    Folding.objects.create(pk=1, folded_at=at)
    assert read(from_database())["tally_timestamp_seconds",] == at.timestamp()


def test_time_of_the_last_backup_is_shown(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    assert read(from_disk())["backup_timestamp_seconds",] == 0
    note_backup()
    changed_at = (tmp_path / "last-backup").stat().st_mtime
    assert read(from_disk())["backup_timestamp_seconds",] == pytest.approx(changed_at)


def test_database_that_fails_is_down_and_the_disk_is_shown_all_the_same(monkeypatch):
    def fail():
        raise DatabaseError("gone")

    monkeypatch.setattr(connection, "cursor", fail)
    found = read(Reader().collect())
    assert found["database_up",] == 0
    assert "disk_free_bytes" in {name for name, *_labels in found}
    assert "migrations_applied" not in {name for name, *_labels in found}


def test_database_is_read_again_only_after_a_while(django_assert_num_queries, monkeypatch):
    reader = Reader()
    first = reader.collect()
    with django_assert_num_queries(0):
        assert reader.collect() == first
    monkeypatch.setattr(exposed, "SECONDS_KEPT", 0)
    with CaptureQueriesContext(connection) as captured:
        reader.collect()
    assert len(captured) >= 4


def test_statement_that_takes_too_long_is_broken_off(monkeypatch):
    monkeypatch.setattr(exposed, "SECONDS_FOR_A_STATEMENT", 0.05)
    endless = (
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT MAX(i) FROM n"
    )
    broken_off = pytest.raises(DatabaseError, match=r"interrupted|statement timeout")
    with broken_off, short_statements(), connection.cursor() as cursor:
        cursor.execute(endless)


def test_everything_is_exposed_once_with_its_help_text(counts):
    text = generate_latest(exposed.exposed()).decode()
    lines = [line for line in text.splitlines() if line.startswith("# HELP ")]
    shown = dict(line.removeprefix("# HELP ").split(" ", 1) for line in lines)
    listed = {metric.name: metric.help_text for metric in COUNTED if metric.series}
    listed |= {PREFIX + name: help_text for name, (help_text, _label) in READ.items()}
    assert shown.items() >= listed.items()
    assert len(lines) == len(shown)


def test_names_of_what_is_read_follow_the_conventions():
    assert not READ.keys() & {metric.name.removeprefix(PREFIX) for metric in COUNTED}
    for name, (help_text, _label) in READ.items():
        assert not name.endswith("_total")
        assert help_text[0].isupper() or help_text[0].isdigit()
        assert help_text.endswith(".")
