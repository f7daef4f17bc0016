"""Metrics: nothing while they are off; named and bounded; added up from several workers."""

import re
import subprocess
import sys

import pytest

from quiz.web import metrics
from quiz.web.metrics import COUNTED, FINISHED, REQUESTS, SAVED
from tests.counts import counting
from tests.imports import ROOT

pytestmark = pytest.mark.pure

OFF = """
import sys
from quiz.web import metrics
metrics.SAVED.add()
metrics.REQUEST_SECONDS.observe(1, "quiz:home")
metrics.WORKERS.set(1)
assert not metrics.are_on()
assert "prometheus_client" not in sys.modules
"""


def test_metrics_that_are_off_load_nothing():
    done = subprocess.run([sys.executable, "-c", OFF], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("metric", COUNTED, ids=lambda metric: metric.name)
def test_metric_has_a_name_by_the_conventions_and_a_help_text(metric):
    ends = {"counter": "_total$", "histogram": "_seconds$", "gauge": "(?<!_total)$"}
    assert re.fullmatch("career_quiz_[a-z_]+", metric.name)
    assert re.search(ends[metric.kind], metric.name)
    assert re.fullmatch(r"[A-Z].*\.", metric.help_text)


@pytest.mark.parametrize("metric", COUNTED, ids=lambda metric: metric.name)
def test_values_of_labels_are_listed_unless_they_name_a_page(metric):
    if "route" not in metric.labels:
        assert len(metric.series) == len(set(metric.series)) <= 10
        assert {len(values) for values in metric.series} <= {len(metric.labels)}
        assert bool(metric.series) == bool(metric.labels)


def test_every_metric_is_turned_on():
    named = {value for value in vars(metrics).values() if isinstance(value, metrics.Metric)}
    assert set(COUNTED) == named


def test_listed_series_start_at_zero(tmp_path):
    with counting(tmp_path) as counts:
        found = {
            (sample.labels["band"], sample.labels["field"]): sample.value
            for sample in counts.samples()
            if sample.name == FINISHED.name
        }
    assert found == dict.fromkeys(FINISHED.series, 0)


def test_counts_of_workers_are_added_up_and_survive_them(tmp_path):
    with counting(tmp_path, workers=2) as counts:
        for worker in (1, 2, 1):  # the last one replaces the first
            metrics.count_as(worker)
            SAVED.add()
            REQUESTS.add("quiz:home", "GET", "2xx")
        assert counts("pages_saved_total") == 3
        assert counts("requests_total", route="quiz:home", method="GET", status="2xx") == 3


def test_turning_on_again_starts_at_zero(tmp_path):
    with counting(tmp_path):
        SAVED.add()
    with counting(tmp_path) as counts:
        assert counts("pages_saved_total") == 0


def test_files_are_whole_before_anything_is_counted(tmp_path):
    """Otherwise a full disk would end the process at a count."""
    with counting(tmp_path, workers=1):
        blocks = [file.stat().st_blocks * 512 for file in tmp_path.iterdir()]
    assert len(blocks) == 6
    assert min(blocks) >= metrics.BYTES_OF_A_FILE
