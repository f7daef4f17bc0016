"""Which workers are there, and what becomes of the tasks of one that is gone."""

import logging

from django.db import transaction
from django.db.models.functions import Now
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from quiz.web.background import living_workers
from quiz.web.models import TaskWorker
from quizsite.background.running import after_failure, write

logger = logging.getLogger(__name__)


class WorkerGone(Exception):
    """The worker of a task was killed, or hung."""


def appear(place: str, name: str) -> None:
    """Write that this worker is there. Its name starts with its place.

    At a place of a supervisor, one process follows another, so those before it are gone. Times are
    the database's, so that it doesn't matter if a machine's clock is wrong.
    """
    with transaction.atomic():
        if not TaskWorker.objects.filter(pk=name).update(seen_at=Now()):
            TaskWorker.objects.filter(pk__startswith=f"{place}-").delete()
            TaskWorker.objects.create(pk=name, seen_at=Now())


def leave(worker: str) -> None:
    with transaction.atomic():
        TaskWorker.objects.filter(pk=worker).delete()


def take_up_abandoned() -> int:
    """Let tasks be done whose worker is gone; return how many. It counts as a try.

    It isn't known how far they came, so the next try doesn't wait, but there is an end to them.
    """
    living = set(living_workers().values_list("pk", flat=True))
    count = 0
    for row in DBTaskResult.objects.running():
        if row.worker_ids[-1] in living:
            continue
        values = after_failure(row, WorkerGone())
        if values["status"] == TaskResultStatus.READY:
            values["run_after"] = get_date_max()
        if write(row, values):
            logger.warning("The worker of task %s (%s) is gone.", row.pk, row.task_name)
            count += 1
    return count
