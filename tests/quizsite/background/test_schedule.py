"""Regular jobs run once when they are due, however late, and never next to each other."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from quiz.web.models import ScheduledJob, TaskWorker
from quizsite.background.schedule import JOBS, add_jobs, enqueue_due, forget_old_tasks
from tests import tasks
from tests.factories import finished_attempt
from tests.tasks import only_task, run_tasks

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def due(name: str, ago: timedelta) -> None:
    ScheduledJob.objects.update_or_create(pk=name, defaults={"due_at": timezone.now() - ago})


@pytest.fixture
def fold_is_late():
    due("fold_evidence", timedelta(days=9))


def test_new_site_runs_each_job_once():
    add_jobs()
    add_jobs()
    assert enqueue_due() == len(JOBS)
    assert enqueue_due() == 0
    assert run_tasks() == len(JOBS)
    assert {row.status for row in DBTaskResult.objects.all()} == {"SUCCESSFUL"}


def test_each_job_is_called_as_its_task():
    assert [job.task.name for job in JOBS.values()] == list(JOBS)


def test_job_that_is_days_late_runs_once(fold_is_late):
    assert enqueue_due() == 1
    run_tasks()
    assert enqueue_due() == 0
    next_time = ScheduledJob.objects.get().due_at - timezone.now()
    assert timedelta(minutes=58) < next_time < timedelta(minutes=61)


def test_machine_whose_clock_is_fast_finds_nothing_due(fold_is_late):
    enqueue_due()
    run_tasks()
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert enqueue_due() == 0


def test_job_is_not_started_next_to_its_last_run(fold_is_late):
    enqueue_due()
    for status in ("READY", "RUNNING"):
        DBTaskResult.objects.update(status=status)
        due("fold_evidence", timedelta(hours=1))
        assert enqueue_due() == 0
    DBTaskResult.objects.update(status="FAILED")
    due("fold_evidence", timedelta(hours=1))
    assert enqueue_due() == 1


def test_job_that_an_update_has_removed_is_ignored():
    due("gone", timedelta(hours=1))
    assert enqueue_due() == 0


def test_folding_and_deletion_do_what_the_commands_do(content):
    now = timezone.now()
    finished_attempt(at=now)
    finished_attempt(at=now - timedelta(days=400))
    due("delete_expired", timedelta(seconds=1))
    enqueue_due()
    run_tasks()
    assert only_task().return_value["results"] == 1
    DBTaskResult.objects.all().delete()
    due("fold_evidence", timedelta(seconds=1))
    enqueue_due()
    run_tasks()
    assert only_task().return_value == 1


def test_tasks_that_ended_and_workers_that_are_gone_are_forgotten():
    now = timezone.now()
    for status, days in [
        ("SUCCESSFUL", 6),
        ("SUCCESSFUL", 8),
        ("FAILED", 29),
        ("FAILED", 31),
        ("READY", 99),
    ]:
        row = tasks.add.enqueue(days, 0).db_result
        DBTaskResult.objects.filter(pk=row.pk).update(
            status=status, finished_at=now - timedelta(days=days)
        )
    for name, days in [("old", 2), ("new", 0)]:
        TaskWorker.objects.create(pk=name, seen_at=now - timedelta(days=days))
    forget_old_tasks.call()
    kept = {row.args_kwargs["args"][0] for row in DBTaskResult.objects.all()}
    assert kept == {6, 29, 99}
    assert TaskWorker.objects.get().pk == "new"
