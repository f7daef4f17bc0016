"""Several workers next to each other share what there is to do."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from quiz.web.models import ScheduledJob
from quizsite.background.running import claim
from quizsite.background.schedule import enqueue_due
from tests import tasks

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("own_site")]


def test_each_task_is_claimed_by_one_of_several_workers():
    for number in range(30):
        tasks.add.enqueue(number, 0)
    claimed = []

    def take_all(worker):
        while row := claim("default", worker):
            claimed.append(row.pk)
        connection.close()

    threads = [Thread(target=take_all, args=[str(number)]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len(set(claimed)) == 30


def test_of_several_workers_one_starts_the_job():
    late = timezone.now() - timedelta(hours=1)
    ScheduledJob.objects.create(pk="fold_evidence", due_at=late)
    found = []

    def look():
        found.append(enqueue_due())
        connection.close()

    threads = [Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(found) == DBTaskResult.objects.count() == 1
