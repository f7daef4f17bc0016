"""What pages and tasks know of background work, which `quizsite.background` does."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Case, F, Min, Q, QuerySet, When
from django.db.models.functions import Now
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from quiz.web.models import TaskWorker

# The row of a task: its state, tries, times, error and, until it is done, its arguments.
TaskRow = DBTaskResult[..., Any]

# A worker that was seen within this time is alive. It writes every 30 seconds.
ALIVE = timedelta(minutes=2)


# When a task could have been done. The package writes "immediately" as its last day.
WAITS_SINCE = Case(When(run_after=get_date_max(), then=F("enqueued_at")), default=F("run_after"))


class GiveUp(Exception):
    """Raised by a task that would fail again, so that it isn't tried again."""


def path_of(error: type[BaseException]) -> str:
    """Name a class of errors as the row of a task does."""
    return f"{error.__module__}.{error.__qualname__}"


class Background(NamedTuple):
    is_alive: bool  # whether any task worker is
    oldest_waiting: timedelta  # for how long the oldest task could have been done; 0 without one


def background() -> Background:
    """Return whether background work is done, for monitoring and the admin."""
    oldest = waiting_tasks().aggregate(since=Min(WAITS_SINCE))["since"]
    waits = timezone.now() - oldest if oldest else timedelta()
    return Background(living_workers().exists(), max(waits, timedelta()))


def waiting_tasks() -> QuerySet[TaskRow]:
    """Return tasks that could be done now, by the database's clock."""
    return DBTaskResult.objects.filter(
        Q(run_after=get_date_max()) | Q(run_after__lte=Now()), status=TaskResultStatus.READY
    )


def living_workers() -> QuerySet[TaskWorker]:
    return TaskWorker.objects.filter(seen_at__gt=Now() - ALIVE)
