"""Tasks that tests enqueue, and doing what waits without a worker."""

import time
from pathlib import Path
from threading import Event

from django.conf import settings
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from quiz.web.background import GiveUp
from quizsite.background.worker import Lane


def run_tasks() -> int:
    """Do every task that waits, as a worker does; return how many."""
    count = 0
    for queue in settings.TASKS["default"]["QUEUES"]:
        lane = Lane(queue, "a test", Event())
        while lane.do_next():
            count += 1
    return count


def only_task() -> DBTaskResult:
    return DBTaskResult.objects.get()


@task
def add(first: int, second: int) -> int:
    return first + second


@task
def fail(text: str) -> None:
    raise ValueError(text)


@task
def give_up() -> None:
    raise GiveUp


@task
def leave() -> None:
    raise SystemExit(3)


@task
def return_object() -> object:
    return object()


@task(takes_context=True)
def tell_try(context) -> int:
    return context.attempt


@task
def note(file: str, line: str) -> None:
    with Path(file).open("a") as opened:
        opened.write(f"{line}\n")


@task
def wait_for(file: str, log: str) -> None:
    """Write that it has started; end once the file exists."""
    note.func(log, "started")
    while not Path(file).exists():
        time.sleep(0.01)
    note.func(log, "done")
