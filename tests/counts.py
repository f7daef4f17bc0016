"""Metrics that are on for one test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import values
from prometheus_client.multiprocess import MultiProcessCollector

from quiz.web import metrics


class Counts:
    """What was counted in a folder, added up as Prometheus sees it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, name: str, **labels: str) -> float:
        """Return the sum of all series of a metric that have these labels."""
        return sum(
            sample.value
            for sample in self.samples()
            if sample.name == metrics.PREFIX + name and labels.items() <= sample.labels.items()
        )

    def samples(self) -> list:
        collector = MultiProcessCollector(None, str(self.folder))
        return [sample for metric in collector.collect() for sample in metric.samples]


@contextmanager
def counting(folder: Path, workers: int = 0) -> Iterator[Counts]:
    """Turn metrics on until the block ends."""
    metrics.turn_on(folder, workers)
    try:
        yield Counts(folder)
    finally:
        metrics.count_as(0)
        for metric in metrics.COUNTED:
            metric._made, metric._children = None, {}
        values.close_all_multiprocess_files()
        del os.environ["PROMETHEUS_MULTIPROC_DIR"]
