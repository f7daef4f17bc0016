"""What runs regularly, and how often. Of several workers, one starts each job."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.core.management import call_command
from django.db import transaction
from django.db.models.functions import Now
from django_tasks import TaskResultStatus, task
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from quiz.counseling.exporting.making import drop_old_exports
from quiz.counseling.monthly.counting import count_months
from quiz.counseling.time_limits import keep_time_limits
from quiz.evidence.folding import fold_evidence
from quiz.management.expired import delete_expired
from quiz.web.models import ScheduledJob, TaskWorker

DAYS_KEPT, DAYS_KEPT_FAILED = 7, 30  # of a task that has ended
WORKER_KEPT = timedelta(days=1)


@task
def forget_old_tasks() -> None:
    call_command(
        "prune_db_task_results",
        "--queue-name=*",
        min_age_days=DAYS_KEPT,
        failed_min_age_days=DAYS_KEPT_FAILED,
        verbosity=0,
    )
    with transaction.atomic():
        TaskWorker.objects.filter(seen_at__lt=Now() - WORKER_KEPT).delete()


class Job(NamedTuple):
    task: Task[[], Any]
    every: timedelta


JOBS = {
    "fold_evidence": Job(fold_evidence, timedelta(hours=1)),
    "drop_old_exports": Job(drop_old_exports, timedelta(hours=1)),
    "delete_expired": Job(delete_expired, timedelta(days=1)),
    "count_months": Job(count_months, timedelta(days=1)),
    "keep_time_limits": Job(keep_time_limits, timedelta(days=1)),
    "forget_old_tasks": Job(forget_old_tasks, timedelta(days=1)),
}


def add_jobs() -> None:
    """Add rows for new jobs, which are due immediately."""
    known = set(ScheduledJob.objects.values_list("pk", flat=True))
    new = [ScheduledJob(name=name, due_at=Now()) for name in JOBS.keys() - known]
    if new:
        with transaction.atomic():
            ScheduledJob.objects.bulk_create(new, ignore_conflicts=True)


def enqueue_due() -> int:
    """Enqueue a task for each job that is due, and return how many.

    However late a job is, it runs once. Its next time is written in the same statement that finds
    it due, by the database's clock, so no other worker finds it due as well.
    """
    due = ScheduledJob.objects.filter(pk__in=JOBS, due_at__lte=Now())
    return sum(_enqueue(name) for name in list(due.values_list("pk", flat=True)))


def _enqueue(name: str) -> bool:
    job = JOBS[name]
    with transaction.atomic():
        due = ScheduledJob.objects.filter(pk=name, due_at__lte=Now())
        if not due.update(due_at=Now() + job.every) or _is_unfinished(job.task):
            return False
        job.task.enqueue()
        return True


def _is_unfinished(task: Task[[], Any]) -> bool:
    """Return whether the last run still waits, also for its next try, or is running."""
    open_ones = [TaskResultStatus.READY, TaskResultStatus.RUNNING]
    rows = DBTaskResult.objects.filter(task_path=task.module_path, status__in=open_ones)
    return rows.exists()
