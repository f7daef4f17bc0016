"""One task: claim it, run it, and write how it ended."""

import logging
import re
import traceback
from datetime import timedelta
from time import perf_counter
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django_tasks import TaskContext, TaskResultStatus
from django_tasks.utils import normalize_json
from django_tasks_db.models import DBTaskResult, get_date_max

from quiz.web.background import GiveUp, TaskRow, path_of, waiting_tasks
from quizsite.logs import HIDDEN, without_secrets

logger = logging.getLogger("task")

# Before each further try; after the last one, a task stays failed until someone retries it.
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
)
NO_ARGUMENTS: dict[str, Any] = {"args": [], "kwargs": {}}
ADDRESS = re.compile(r"[^\s<>\"']+@[^\s<>\"']+")


def claim(queue: str, worker: str) -> TaskRow | None:
    """Return the next task of a queue, which is then this worker's alone; None if there is none."""
    waiting = waiting_tasks().filter(queue_name=queue)
    # Mostly there is none: a read keeps no writer waiting.
    if not waiting.exists():
        return None
    with transaction.atomic():
        row = waiting.select_for_update(skip_locked=True).first()
        if row:
            row.claim(worker)
    return row


def run(row: TaskRow) -> tuple[dict[str, Any], dict[str, Any]]:
    """Run a claimed task. Return what to write to its row, and its line of the log."""
    line = {"task": row.task_name, "id": str(row.pk), "try": len(row.worker_ids)}
    started = perf_counter()
    try:
        returned = normalize_json(_call(row))
    except BaseException as error:
        values = after_failure(row, error)
        line["error"] = values["exception_class_path"]
    else:
        values = {
            "status": TaskResultStatus.SUCCESSFUL,
            "finished_at": timezone.now(),
            "return_value": returned,
            # What is done needs to name no one.
            "args_kwargs": NO_ARGUMENTS,
            "exception_class_path": "",
            "traceback": "",
        }
    line |= {"outcome": OUTCOMES[values["status"]], "ms": round((perf_counter() - started) * 1000)}
    return values, line


OUTCOMES = {
    TaskResultStatus.SUCCESSFUL: "done",
    TaskResultStatus.READY: "to be tried again",
    TaskResultStatus.FAILED: "failed",
}
LEVELS = {"done": logging.INFO, "to be tried again": logging.WARNING, "failed": logging.ERROR}


def log(line: dict[str, Any]) -> None:
    """Write the line of a run: without arguments, which can be about people."""
    logger.log(LEVELS[line["outcome"]], "%s", line["task"], extra={"fields": line})


def _call(row: TaskRow) -> Any:
    task: Any = row.task
    result: Any = row.task_result
    context = [TaskContext(task_result=result)] if task.takes_context else []
    return task.call(*context, *result.args, **result.kwargs)


def after_failure(row: TaskRow, error: BaseException) -> dict[str, Any]:
    """Return what to write after a try that failed: when the next one is, or that it was the last.

    Of the error stay its class, where it happened and its first line, without what may be a secret
    or an address.
    """
    first_line = str(error).partition("\n")[0]
    text = "".join([*traceback.format_tb(error.__traceback__), type(error).__name__, ": "])
    values = {
        "exception_class_path": path_of(type(error)),
        "traceback": ADDRESS.sub(HIDDEN, without_secrets(text + first_line)),
    }
    tries = len(row.worker_ids)
    if isinstance(error, GiveUp) or tries > len(PAUSES):
        return values | {"status": TaskResultStatus.FAILED, "finished_at": timezone.now()}
    return values | {"status": TaskResultStatus.READY, "run_after": Now() + PAUSES[tries - 1]}


def write(row: TaskRow, values: dict[str, Any]) -> bool:
    """Write to the row of a claimed task. Return False if someone else has claimed it since."""
    own = DBTaskResult.objects.filter(
        pk=row.pk, status=TaskResultStatus.RUNNING, started_at=row.started_at
    )
    with transaction.atomic():
        return own.update(**values) == 1


def give_back(row: TaskRow) -> bool:
    """Let another worker run a task that this one can't finish. It doesn't count as a try."""
    return write(
        row,
        {
            "status": TaskResultStatus.READY,
            "run_after": get_date_max(),
            "worker_ids": row.worker_ids[:-1],
        },
    )
