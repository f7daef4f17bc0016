"""Metrics of a real server with two workers, on a port of their own."""

import os
import signal
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from quizsite.watching.exposed import READ
from tests.browser.site import free_port, prepare, prepared_site

pytestmark = pytest.mark.server

PATIENCE = 60  # seconds; a test that waits as long has failed
TOKEN = "0123456789abcdef"


class Metrics:
    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}/metrics"

    def __call__(self, name: str, **labels: str) -> float:
        with urllib.request.urlopen(self.address) as response:
            text = response.read().decode()
        return sum(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == f"career_quiz_{name}" and labels.items() <= sample.labels.items()
        )


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("watched"), free_port()
    prepare(folder)
    settings = {"METRICS_PORT": str(port), "METRICS_TOKEN": TOKEN}
    with prepared_site(folder, workers=2, **settings) as site:
        yield site, Metrics(port)


def ask(site, path="/", **headers) -> int:
    request = urllib.request.Request(f"{site.address}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_until(happens) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        with suppress(OSError):  # the process that serves the metrics may be on its way back
            if happens():
                return
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_sums_of_all_workers_are_what_was_asked(watched):
    site, metrics = watched
    before = metrics("requests_total", route="quiz:home", status="2xx")
    for _ in range(30):
        assert ask(site) == 200
    assert ask(site, "/nowhere/") == 404
    assert metrics("requests_total", route="quiz:home", status="2xx") == before + 30
    assert metrics("request_duration_seconds_count", route="quiz:home") == before + 30
    assert metrics("requests_total", route="none", status="4xx") == 1
    # Both have answered: otherwise this would add up nothing.
    files = sorted((site.folder / "metrics").rglob("counter_[12].db"))
    assert [b"quiz:home" in file.read_bytes() for file in files] == [True, True]


def test_database_is_read_without_the_workers(watched):
    _site, metrics = watched
    assert metrics("database_up") == 1
    assert metrics("migrations_applied") > 60
    names = {name for name in READ if "tasks" not in name}
    with urllib.request.urlopen(metrics.address) as response:
        text = response.read().decode()
    assert [name for name in names if f"# HELP career_quiz_{name} " not in text] == []


def test_site_itself_answers_the_token(watched):
    site, _metrics = watched
    assert ask(site, "/metrics", Authorization=f"Bearer {TOKEN}") == 200
    assert ask(site, "/metrics") == 404


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="no list of child processes")
def test_counts_survive_workers_and_the_process_that_serves_them(watched):
    site, metrics = watched
    wait_until(lambda: metrics("workers_running") == 2)
    before = metrics("requests_total", route="quiz:home")
    replaced = metrics("workers_replaced_total")
    for pid in children(site.pid):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: metrics("workers_replaced_total") == replaced + 2)
    wait_until(lambda: metrics("workers_running") == 2)
    assert metrics("requests_total", route="quiz:home") == before
    assert ask(site) == 200
    assert metrics("requests_total", route="quiz:home") == before + 1


def test_site_that_has_no_metrics_keeps_no_files_of_them(tmp_path):
    prepare(tmp_path)
    with prepared_site(tmp_path) as site:
        assert ask(site, "/metrics", Authorization="Bearer ") == 404
        assert not (tmp_path / "metrics").exists()
