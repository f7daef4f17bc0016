"""All metrics in the format of Prometheus: what was counted, and what is read when it asks.

A module of its own because it loads prometheus_client, which a site without metrics doesn't need.
"""

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock
from time import monotonic

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.models import Case, Count, F, Min, QuerySet
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from quiz.attempts.models import Attempt
from quiz.evidence.models import Folding
from quiz.web.background import WAITS_SINCE, TaskRow, waiting_tasks
from quiz.web.metrics import PREFIX
from quizsite.backups.writing import last_backup

SECONDS_KEPT = 15  # what was read, however often it is asked for
SECONDS_FOR_A_STATEMENT = 1
INSTRUCTIONS_BETWEEN_LOOKS = 10_000  # of SQLite, at the clock
DAY = timedelta(days=1)

# What is read, with its help text and its label.
READ: dict[str, tuple[str, str]] = {
    "database_up": ("1 if the database answered within a second, or else 0.", ""),
    "attempts_last_day": ("Attempts finished, or saved and unfinished, within a day.", "state"),
    "tally_timestamp_seconds": ("When all attempts were last counted; 0 for never.", ""),
    "migrations_applied": ("Migrations of the database.", ""),
    "tasks": ("Background tasks, by state.", "state"),
    "tasks_oldest_age_seconds": ("Age of the oldest background task, by state.", "state"),
    "backup_timestamp_seconds": ("When `backup` last succeeded; 0 for never.", ""),
    "disk_free_bytes": ("Free bytes where DATA_DIR is.", ""),
    "disk_size_bytes": ("All bytes where DATA_DIR is.", ""),
}


def exposed(*, is_own_process: bool = False) -> CollectorRegistry:
    """Return the metrics of this site. In its own process it leaves no connection open."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(Reader(is_own_process))
    return registry


class Reader(Collector):
    """Reads database and disk when it is asked, and keeps that for `SECONDS_KEPT`."""

    def __init__(self, closes: bool = False) -> None:
        self.closes = closes
        self._kept: list[Metric] = []
        self._read_at = float("-inf")
        self._lock = Lock()

    def describe(self) -> Iterable[Metric]:
        """Name nothing: the registry would read everything for it."""
        return []

    def collect(self) -> Iterable[Metric]:
        with self._lock:
            if monotonic() >= self._read_at + SECONDS_KEPT:
                self._kept = [*from_database(), *from_disk()]
                self._read_at = monotonic()
                if self.closes:
                    connection.close()
            return self._kept


def from_database() -> Iterator[Metric]:
    try:
        with short_statements():
            found = list(_in_database())
    except (Error, OSError):
        yield gauge("database_up", {"": 0})
    else:
        yield gauge("database_up", {"": 1})
        yield from found


def _in_database() -> Iterator[Metric]:
    since = timezone.now() - DAY
    # Each reads an index from a day ago on, however many attempts there are.
    finished = Attempt.objects.filter(finished_at__gt=since).count()
    unfinished = Attempt.objects.filter(finished_at=None, saved_at__gt=since).count()
    yield gauge("attempts_last_day", {"finished": finished, "unfinished": unfinished})
    counted = Folding.objects.values_list("folded_at", flat=True).first()
    yield gauge("tally_timestamp_seconds", {"": counted.timestamp() if counted else 0})
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM django_migrations")
        yield gauge("migrations_applied", {"": cursor.fetchone()[0]})
    states = task_states()
    yield gauge("tasks", {state: count for state, (count, _age) in states.items()})
    yield gauge("tasks_oldest_age_seconds", {state: age for state, (_count, age) in states.items()})


def task_states() -> dict[str, tuple[int, float]]:
    """Return how many background tasks each state has, and the age of its oldest one in seconds.

    The states are waiting, running and failed. A task waits from when it could have been done.
    """
    tasks = DBTaskResult.objects
    state_of: dict[str, tuple[QuerySet[TaskRow], Case | F]] = {
        "waiting": (waiting_tasks(), WAITS_SINCE),
        "running": (tasks.running(), F("started_at")),
        "failed": (tasks.failed(), F("finished_at")),
    }
    return {state: _count_and_age(rows, since) for state, (rows, since) in state_of.items()}


def _count_and_age(rows: QuerySet[TaskRow], since: Case | F) -> tuple[int, float]:
    found = rows.aggregate(count=Count("pk"), since=Min(since))
    age = timezone.now() - found["since"] if found["since"] else timedelta()
    return found["count"], max(age.total_seconds(), 0.0)


def from_disk() -> Iterator[Metric]:
    made_at = last_backup()
    yield gauge("backup_timestamp_seconds", {"": made_at.timestamp() if made_at else 0})
    disk = shutil.disk_usage(settings.DATA_DIR)
    yield gauge("disk_free_bytes", {"": disk.free})
    yield gauge("disk_size_bytes", {"": disk.total})


def gauge(name: str, values: dict[str, float]) -> Metric:
    """Return a metric of `READ` with its values by label; the one of no label is empty."""
    help_text, label = READ[name]
    made = GaugeMetricFamily(PREFIX + name, help_text, labels=[label] if label else [])
    for value, amount in values.items():
        made.add_metric([value] if label else [], amount)
    return made


@contextmanager
def short_statements() -> Iterator[None]:
    """Break off what takes longer than `SECONDS_FOR_A_STATEMENT`; on SQLite that is for all."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{SECONDS_FOR_A_STATEMENT}s'")
            yield
        return
    connection.ensure_connection()
    opened: sqlite3.Connection = connection.connection
    deadline = monotonic() + SECONDS_FOR_A_STATEMENT
    opened.set_progress_handler(lambda: monotonic() > deadline, INSTRUCTIONS_BETWEEN_LOOKS)
    try:
        yield
    finally:
        opened.set_progress_handler(None, 0)
