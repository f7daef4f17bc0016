"""A worker that is gone leaves its task to the others, and monitoring can ask who is there."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from quiz.web.background import ALIVE, background
from quiz.web.models import TaskWorker
from quizsite.background.presence import appear, leave, take_up_abandoned
from quizsite.background.running import claim
from quizsite.background.worker import SECONDS_BETWEEN_BEATS
from tests import tasks
from tests.tasks import only_task, run_tasks

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def unseen_for(worker: str, time: timedelta) -> None:
    TaskWorker.objects.filter(pk=worker).update(seen_at=timezone.now() - time)


def test_task_of_a_worker_that_is_gone_is_done_by_another_one():
    tasks.add.enqueue(1, 2)
    appear("killed", "killed-1")
    claim("default", "killed-1")
    assert take_up_abandoned() == 0
    unseen_for("killed-1", ALIVE * 2)
    assert take_up_abandoned() == 1
    assert run_tasks() == 1
    assert only_task().worker_ids == ["killed-1", "a test"]
    assert only_task().status == "SUCCESSFUL"


def test_task_of_a_worker_that_left_no_row_is_taken_up():
    tasks.add.enqueue(1, 2)
    claim("default", "killed before it appeared")
    assert take_up_abandoned() == 1


def test_task_is_taken_up_as_soon_as_another_process_has_the_place_of_its_worker():
    tasks.add.enqueue(1, 2)
    appear("machine-1", "machine-1-100")
    claim("default", "machine-1-100")
    appear("machine-2", "machine-2-101")
    assert take_up_abandoned() == 0
    appear("machine-1", "machine-1-102")
    assert take_up_abandoned() == 1


def test_task_that_ends_every_worker_is_not_tried_for_ever():
    tasks.add.enqueue(1, 2)
    for number in range(5):
        claim("default", str(number))
        assert take_up_abandoned() == 1
    assert only_task().status == "FAILED"
    assert only_task().exception_class_path.endswith(".WorkerGone")


def test_worker_is_seen_again_and_again():
    appear("a worker", "a worker-1")
    unseen_for("a worker-1", ALIVE * 2)
    appear("a worker", "a worker-1")
    assert background().is_alive


def test_several_beats_fit_into_the_time_that_a_worker_counts_as_alive():
    assert timedelta(seconds=3 * SECONDS_BETWEEN_BEATS) < ALIVE


def test_no_worker_is_alive_once_the_last_has_left_or_is_gone():
    assert not background().is_alive
    appear("left", "left-1")
    leave("left-1")
    appear("gone", "gone-1")
    unseen_for("gone-1", ALIVE * 2)
    assert not background().is_alive


class TestOldestWaiting:
    def test_without_a_task_it_is_nothing(self):
        assert background().oldest_waiting == timedelta()

    def test_waiting_counts_from_the_time_a_task_was_enqueued(self):
        tasks.add.enqueue(1, 2)
        tasks.add.enqueue(3, 4)
        row = DBTaskResult.objects.first()
        DBTaskResult.objects.filter(pk=row.pk).update(
            enqueued_at=timezone.now() - timedelta(hours=3)
        )
        assert timedelta(hours=2) < background().oldest_waiting < timedelta(hours=4)

    def test_pause_before_the_next_try_does_not_count(self):
        tasks.fail.enqueue("no")
        DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(hours=3))
        run_tasks()
        assert background().oldest_waiting == timedelta()
        DBTaskResult.objects.update(run_after=timezone.now() - timedelta(minutes=90))
        assert timedelta(hours=1) < background().oldest_waiting < timedelta(hours=2)
