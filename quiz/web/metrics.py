"""What the site counts for monitoring. Costs nothing until `turn_on`. Pure.

The counts are in files, one for each kind of metric and each worker: they survive a worker, and any
process can add them up. No label names a person or takes any number of values.
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from quiz.core.verdict import Verdict

PREFIX = "career_quiz_"
# Written in full at the start: a process that reaches an unwritten part of a mapped file while the
# disk is full would be ended.
BYTES_OF_A_FILE = 512 * 1024
FILES = ("counter", "histogram", "gauge_sum")

PAGES_TAKE = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds
PDFS_TAKE = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 40.0)  # seconds


class Metric:
    """One metric, by its labels. Does nothing while metrics are off.

    `series` are all values that the labels can have. Only pages are too many to list: they are
    named like their addresses.
    """

    def __init__(
        self,
        kind: str,
        name: str,
        help_text: str,
        labels: tuple[str, ...] = (),
        series: Iterable[tuple[str, ...]] = (),
        **options: object,
    ) -> None:
        self.kind, self.name, self.help_text = kind, PREFIX + name, help_text
        self.labels, self.series, self.options = labels, tuple(series), options
        self._made: Any = None  # prometheus_client's
        self._children: dict[tuple[str, ...], Any] = {}

    def add(self, *values: str) -> None:
        if self._made is not None:
            self._child(values).inc()

    def observe(self, amount: float, *values: str) -> None:
        if self._made is not None:
            self._child(values).observe(amount)

    def set(self, amount: float, *values: str) -> None:
        if self._made is not None:
            self._child(values).set(amount)

    def _child(self, values: tuple[str, ...]) -> Any:
        child = self._children.get(values)
        if child is None:
            child = self._made.labels(*values) if values else self._made
            self._children[values] = child
        return child

    def turn_on(self, kind: Any) -> None:
        self._made = kind(self.name, self.help_text, self.labels, registry=None, **self.options)
        # At 0: the first count of a series that wasn't there before is no growth to Prometheus.
        for values in self.series:
            self._child(values)


def each(*values: str) -> list[tuple[str]]:
    return [(value,) for value in values]


REQUESTS = Metric(
    *("counter", "requests_total", "Requests, by page, method and class of status."),
    ("route", "method", "status"),
)
REQUEST_SECONDS = Metric(
    *("histogram", "request_duration_seconds", "Time of a thread for a request, by page."),
    ("route",),
    buckets=PAGES_TAKE,
)
UNAVAILABLE = Metric(
    *("counter", "unavailable_total", "Requests answered with 503, by cause."),
    ("cause",),
    each("busy", "cache", "crowded", "database", "no_room", "not_ready", "page", "other"),
)
WAITING = Metric(
    *("gauge", "requests_waiting", "Requests that wait for a thread, twice a second."),
    ("kind",),
    each("reading", "writing", "files", "health"),
    multiprocess_mode="sum",
)
STARTED = Metric("counter", "quizzes_started_total", "Quizzes started.")
FINISHED = Metric(
    *("counter", "quizzes_finished_total", "Quizzes finished, by band and field."),
    ("band", "field"),
    [(verdict.band, verdict.field) for verdict in Verdict],
)
SAVED = Metric("counter", "pages_saved_total", "Pages saved, also early by the script.")
EMAILS = Metric(
    *("counter", "emails_total", "E-mails; without a mail server they are kept in files."),
    ("outcome",),
    each("sent", "failed", "kept"),
)
PDF_SECONDS = Metric(
    *("histogram", "pdf_duration_seconds", "Time to lay out a PDF."),
    ("outcome",),
    each("made", "failed"),
    buckets=PDFS_TAKE,
)
WORKERS = Metric(
    *("gauge", "workers_running", "Web workers that report that they work."),
    multiprocess_mode="sum",
)
REPLACED = Metric(
    *("counter", "workers_replaced_total", "Web workers that ended or hung, and were replaced."),
    ("how",),
    each("ended", "hung"),
)
COUNTED = (
    *(REQUESTS, REQUEST_SECONDS, UNAVAILABLE, WAITING, STARTED, FINISHED, SAVED, EMAILS),
    *(PDF_SECONDS, WORKERS, REPLACED),
)


# Whose files this process writes: 0 is the supervisor, then come the workers by their numbers.
_place = 0


def count_as(worker: int) -> None:
    """Continue the counts of the worker with this number, which has ended."""
    global _place
    _place = worker


def are_on() -> bool:
    return REQUESTS._made is not None


def turn_on(folder: Path, workers: int) -> None:
    """Count from 0 in `folder`, which is emptied, for so many workers that are forked later.

    Raises OSError if the folder can't be written.
    """
    _fill(folder, workers)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    # Takes 1.5 MB, and reads the variable as it loads.
    from prometheus_client import Counter, Gauge, Histogram, values  # noqa: PLC0415

    kinds = {"counter": Counter, "gauge": Gauge, "histogram": Histogram}
    values.ValueClass = values.MultiProcessValue(lambda: _place)  # type: ignore[no-untyped-call]
    for metric in COUNTED:
        metric.turn_on(kinds[metric.kind])


def _fill(folder: Path, workers: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    for place in range(workers + 1):
        for kind in FILES:
            (folder / f"{kind}_{place}.db").write_bytes(bytes(BYTES_OF_A_FILE))
