"""Workers come back: after they end, hang or don't answer, and never outlive the supervisor."""

import asyncio
import logging
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from quizsite import supervisor
from quizsite.supervisor import PAUSES, Supervisor, Work, named
from tests.supervised import PATIENCE, START, is_gone, lines, program, run_until

pytestmark = pytest.mark.pure


def test_worker_that_ends_is_started_again_and_again(supervise, tmp_path):
    log = tmp_path / "log"
    worker = f"report(); open({str(log)!r}, 'a').write('started\\n')"
    assert supervise(worker, lambda site: len(lines(log)) >= 4) == 0


def test_worker_killed_while_it_loads_is_started_again(supervise, tmp_path):
    log = tmp_path / "log"
    worker = f"open({str(log)!r}, 'a').write('started\\n'); os.kill(os.getpid(), signal.SIGKILL)"
    supervise(worker, lambda site: len(lines(log)) >= 3)


def test_how_a_worker_ended_is_logged(supervise, caplog):
    caplog.set_level(logging.ERROR)
    supervise("report(); sys.exit(3)", lambda site: "exit code 3" in caplog.text)
    assert named(-signal.SIGKILL) == "SIGKILL"


def test_worker_that_cannot_start_is_tried_again(supervise, monkeypatch, caplog):
    """Memory or processes can be short for a while."""
    start, refusals = Supervisor.start_worker, iter(range(2))

    def refuse_twice(site, number, reports):
        if next(refusals, None) is not None:
            os.close(reports)
            raise BlockingIOError(11, "Resource temporarily unavailable")
        return start(site, number, reports)

    monkeypatch.setattr(Supervisor, "start_worker", refuse_twice)
    supervise("report(); time.sleep(60)", lambda site: site.reporting)
    assert caplog.text.count("can't start") == 2


def test_worker_that_is_replaced_keeps_its_number(supervise, tmp_path):
    log = tmp_path / "log"
    worker = f"""
        report()
        open({str(log)!r}, "a").write(f"{{number}}\\n")
        time.sleep(60 if number == 1 else 0)
    """
    supervise(worker, lambda site: len(lines(log)) >= 4, workers=2)
    assert sorted(lines(log))[:4] == ["1", "2", "2", "2"]


def test_pauses_grow_and_stay_short_enough_to_be_back_within_ten_seconds():
    assert list(PAUSES) == sorted(PAUSES)
    assert PAUSES[1] == 0
    assert PAUSES[-1] <= 5


def test_pause_grows_with_each_end(supervise, caplog, monkeypatch):
    monkeypatch.setattr(supervisor, "PAUSES", (0.0, 0.0, 0.01, 0.02))
    caplog.set_level(logging.ERROR)
    supervise("", lambda site: len(caplog.messages) >= 4)
    pauses = [message.split(" in ")[1] for message in caplog.messages[:4]]
    assert pauses == ["0.00 s.", "0.01 s.", "0.02 s.", "0.02 s."]


def test_all_workers_share_the_port_and_end_on_term(supervise, listener):
    pids = set()
    # Each answers with its number and waits to be stopped.
    worker = """
        report()
        while True:
            with socket.socket(fileno=os.dup(port)) as shared:
                other, _address = shared.accept()
                other.sendall(str(os.getpid()).encode())
                other.close()
            report()
    """

    def ask(site):
        if site.reporting >= {1, 2}:
            with socket.create_connection(listener.getsockname()) as connection:
                pids.add(int(connection.recv(20)))
        return len(pids) == 2

    assert supervise(worker, ask, workers=2) == 0
    assert all(map(is_gone, pids))


def test_worker_that_does_not_finish_in_time_is_ended(supervise, monkeypatch, caplog):
    monkeypatch.setattr(supervisor, "SECONDS_TO_FINISH", 0.05)
    worker = """
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        report()
        time.sleep(60)
    """
    assert supervise(worker, lambda site: site.reporting) == 0
    assert "didn't finish in time" in caplog.text


def test_workers_behind_no_port_are_kept_running(tmp_path, caplog):
    log = tmp_path / "log"
    worker = f"report(); open({str(log)!r}, 'a').write('started\\n')"
    site = Supervisor(None, [Work(without_port(START + worker), "Task worker")])
    assert run_until(site, lambda: len(lines(log)) >= 2) == 0
    assert "Task worker 1 (" in caplog.text


def without_port(source: str):
    def become(number: int, port: int, pipe: int):
        assert port == -1
        program(source)(number, 0, pipe)

    return become


def test_worker_keeps_what_the_supervisor_inherited(supervise, tmp_path):
    """The lock on the data folder lasts as long as any worker."""
    lock = os.open(tmp_path / "lock", os.O_CREAT | os.O_RDWR)
    os.set_inheritable(lock, True)
    worker = f"report(); os.write({lock}, b'kept'); time.sleep(60)"
    supervise(worker, lambda site: (tmp_path / "lock").read_text() == "kept")
    os.close(lock)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a worker looks at its pipe")
def test_even_a_stopped_worker_ends_with_a_killed_supervisor(tmp_path):
    log = tmp_path / "log"
    source = f"""
        import asyncio, os, signal
        from quizsite.supervisor import Supervisor, Work, listen
        def work(number, port, pipe):
            with open({str(log)!r}, "a") as log:
                log.write(f"{{os.getpid()}}\\n")
            os.kill(os.getpid(), signal.SIGSTOP)
        asyncio.run(Supervisor(listen("127.0.0.1", 0), [Work(work)]).run())
    """
    command = [sys.executable, "-c", textwrap.dedent(source)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2]) as running:
        deadline = time.monotonic() + PATIENCE
        while not lines(log):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        running.kill()
    while not is_gone(int(lines(log)[0])):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_worker_holds_no_pipe_of_another_one(listener, tmp_path):
    """Where the system ends no orphans, a worker would miss that the supervisor is gone."""
    log = tmp_path / "log"

    def work(number, port, pipe):
        still_open = [each for each in site.pipes if is_open(each)]
        with log.open("a") as file:
            file.write(f"{len(site.pipes)} {len(still_open)}\n")
        time.sleep(PATIENCE)

    site = Supervisor(listener, [Work(work)] * 2)
    run_until(site, lambda: len(lines(log)) == 2)
    assert sorted(lines(log)) == ["1 0", "2 0"]


def test_process_that_watches_is_no_worker_and_is_started_again(listener, tmp_path, counts):
    log = tmp_path / "log"

    def watch(number, port, pipe):
        os.write(pipe, b".")
        with log.open("a") as file:
            file.write("watches\n")

    def work(number, port, pipe):
        os.write(pipe, b".")
        time.sleep(PATIENCE)

    site = Supervisor(listener, [Work(work), Work(watch, answers=False)])
    run_until(site, lambda: len(lines(log)) >= 2 and counts("workers_running") == 1)
    assert counts("workers_replaced_total") == 0


@pytest.mark.parametrize(("number", "running"), [(1, 1), (2, 0)])
def test_only_reports_of_web_workers_count(listener, monkeypatch, counts, number, running):
    sent = iter([b".", b""])

    async def scripted(_reader, _seconds):
        return next(sent)

    async def read_reports():
        read, write = os.pipe()
        with open(read, "rb", buffering=0) as pipe, open(write, "wb"):
            await site.is_silent(number, pipe)

    site = Supervisor(listener, [Work(program("")), Work(program(""), answers=False)])
    monkeypatch.setattr(supervisor, "next_report", scripted)
    asyncio.run(read_reports())
    assert site.reporting == {number}
    assert counts("workers_running") == running


def test_workers_that_end_or_hang_are_counted(supervise, monkeypatch, counts):
    monkeypatch.setattr(supervisor, "SECONDS_WITHOUT_REPORT", 0.05)
    worker = """
        report()
        if number == 2:
            os.kill(os.getpid(), signal.SIGSTOP)
    """

    def both_are_counted(site):
        return all(counts("workers_replaced_total", how=how) for how in ("ended", "hung"))

    supervise(worker, both_are_counted, workers=2)
    assert counts("workers_running") == 0


def is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
