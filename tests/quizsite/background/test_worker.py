"""The worker as a process of its own: it ends when it should, and a kill loses no task."""

import json
import os
import signal
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from django.db import OperationalError, connection
from django_tasks_db.models import DBTaskResult

from quiz.web.models import TaskWorker
from quizsite.background import running, worker
from quizsite.background.schedule import JOBS
from quizsite.background.worker import SECONDS_FOR_A_TASK, SECONDS_TO_LOOK, Lane, Worker
from quizsite.supervisor import SECONDS_TO_FINISH
from tests import tasks
from tests.browser.site import free_port
from tests.serving import has_printed, serving
from tests.supervised import is_gone, lines
from tests.tasks import only_task

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 120  # seconds; a test that waits as long has failed


def test_tasks_have_less_time_to_finish_than_the_whole_process():
    assert worker.SECONDS_TO_FINISH < SECONDS_TO_FINISH


class TestLane:
    @pytest.fixture
    def lane(self):
        found = Lane("default", "a worker", Event())
        found.is_alive = lambda: True
        return found

    def test_long_task_has_not_hung(self, lane):
        lane.row = DBTaskResult()
        lane.since = monotonic() - SECONDS_FOR_A_TASK / 2
        assert not lane.has_hung()

    def test_task_without_end_has_hung(self, lane):
        lane.row = DBTaskResult()
        lane.since = monotonic() - SECONDS_FOR_A_TASK * 2
        assert lane.has_hung()

    def test_looking_for_tasks_without_end_has_hung(self, lane):
        assert not lane.has_hung()
        lane.since = monotonic() - SECONDS_TO_LOOK * 2
        assert lane.has_hung()

    def test_lane_that_ended_by_an_error_has_hung(self):
        assert Lane("default", "a worker", Event()).has_hung()

    @pytest.mark.django_db
    def test_outcome_is_written_once_the_database_is_back(self, lane, monkeypatch):
        write, away = running.write, iter([OperationalError, OperationalError])

        def away_at_first(*arguments):
            if error := next(away, None):
                raise error
            return write(*arguments)

        monkeypatch.setattr(worker, "SECONDS_BETWEEN_LOOKING", 0)
        monkeypatch.setattr(worker, "close_old_connections", lambda: None)
        monkeypatch.setattr(running, "write", away_at_first)
        tasks.add.enqueue(1, 2)
        assert lane.do_next()
        assert only_task().return_value == 3

    @pytest.mark.django_db
    def test_database_that_is_away_is_asked_again_later(self, lane, monkeypatch):
        def away(*_arguments):
            raise OperationalError

        monkeypatch.setattr(running, "claim", away)
        assert not lane.do_next()


@pytest.mark.both_databases
def test_task_that_takes_too_long_at_the_end_is_given_back(own_site, monkeypatch):
    monkeypatch.setattr(worker, "SECONDS_TO_FINISH", 0.1)
    gate, log = own_site / "gate", own_site / "log"
    tasks.wait_for.enqueue(str(gate), str(log))
    ended = Worker()
    ended.start()
    wait_until(log.exists)
    ended.end()
    row = only_one_of("tests.tasks.wait_for")
    assert (row.status, row.worker_ids) == ("READY", [])
    assert not TaskWorker.objects.exists()
    gate.touch()
    for lane in ended.lanes:
        lane.join()


# ---------------------------------------------------------------- as a process


@contextmanager
def working(folder: Path, command="work", **environment):
    url = os.environ.get("TEST_POSTGRESQL")
    if connection.vendor == "postgresql":
        environment |= {"DATABASE_URL": f"{url}/{connection.settings_dict['NAME']}"}
    with serving(folder, command, env=environment) as process:
        yield process


def wait_until(happens) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def pid_of_the_worker() -> int:
    return int(TaskWorker.objects.get().pk.rsplit("-", 1)[1])


@pytest.mark.server
@pytest.mark.both_databases
class TestProcess:
    def test_task_of_a_worker_that_is_killed_is_done_by_the_next_one(self, own_site):
        gate, log = own_site / "gate", own_site / "log"
        tasks.wait_for.enqueue(str(gate), str(log))
        with working(own_site):
            wait_until(lambda: lines(log) == ["started"])
            wait_until(TaskWorker.objects.exists)
            os.kill(pid_of_the_worker(), signal.SIGKILL)
            wait_until(lambda: lines(log) == ["started"] * 2)
            gate.touch()
            wait_until(lambda: only_one_of("tests.tasks.wait_for").status == "SUCCESSFUL")
        assert lines(log) == ["started", "started", "done"]
        assert len(only_one_of("tests.tasks.wait_for").worker_ids) == 2
        assert "ended with SIGKILL" in (own_site / "work.log").read_text()

    @pytest.mark.parametrize("ended_by", [signal.SIGTERM, signal.SIGINT])
    def test_signal_ends_an_idle_worker(self, own_site, ended_by):
        with working(own_site) as process:
            wait_until(TaskWorker.objects.exists)
            os.killpg(process.pid, ended_by) if ended_by == signal.SIGINT else process.terminate()
            assert process.wait(PATIENCE) == 0
        assert not TaskWorker.objects.exists()
        assert "didn't finish in time" not in (own_site / "work.log").read_text()

    def test_signal_lets_a_task_finish(self, own_site):
        gate, log = own_site / "gate", own_site / "log"
        tasks.wait_for.enqueue(str(gate), str(log))
        with working(own_site) as process:
            wait_until(lambda: lines(log) == ["started"])
            process.terminate()
            gate.touch()
            assert process.wait(PATIENCE) == 0
        assert only_one_of("tests.tasks.wait_for").status == "SUCCESSFUL"

    @pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a worker looks at its pipe")
    def test_worker_ends_with_its_supervisor(self, own_site):
        with working(own_site) as process:
            wait_until(TaskWorker.objects.exists)
            pid = pid_of_the_worker()
            process.kill()
            wait_until(lambda: is_gone(pid))

    def test_regular_jobs_run_without_anyone_asking(self, own_site):
        with working(own_site):
            wait_until(lambda: DBTaskResult.objects.successful().count() == len(JOBS))
            in_log = [json.loads(x) for x in lines(own_site / "work.log") if x.startswith("{")]
        assert {"fold_evidence", "delete_expired"} <= {x.get("task") for x in in_log}


@pytest.mark.server
@pytest.mark.both_databases
@pytest.mark.parametrize(("wanted", "workers"), [("1", 1), ("0", 0)])
def test_serve_runs_a_task_worker_unless_told_otherwise(own_site, wanted, workers):
    port = str(free_port())
    with working(own_site, "serve", PORT=port, TASK_WORKER=wanted):
        wait_until(lambda: has_printed("healthz", own_site))
        assert TaskWorker.objects.count() == workers


def only_one_of(path: str) -> DBTaskResult:
    return DBTaskResult.objects.get(task_path=path)
