"""Workers that hang are replaced: without reports, or without an answer to /healthz."""

import asyncio
import os
import textwrap

import pytest

from quizsite import supervisor
from quizsite.supervisor import Supervisor, Work
from tests.supervised import START, is_gone, lines, program, run_until

pytestmark = pytest.mark.pure


def test_worker_that_stops_reporting_is_replaced(supervise, monkeypatch, tmp_path, caplog):
    monkeypatch.setattr(supervisor, "SECONDS_WITHOUT_REPORT", 0.05)
    monkeypatch.setattr(supervisor, "SECONDS_TO_FINISH", 0.05)
    log = tmp_path / "log"
    # As a stopped process: no signal but KILL ends it.
    worker = f"""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        report()
        open({str(log)!r}, "a").write(f"{{os.getpid()}}\\n")
        os.kill(os.getpid(), signal.SIGSTOP)
    """
    supervise(worker, lambda site: len(lines(log)) >= 2)
    assert "hung. Another one starts." in caplog.text
    assert is_gone(int(lines(log)[0]))


def test_worker_that_never_reports_is_replaced(supervise, monkeypatch, tmp_path):
    monkeypatch.setattr(supervisor, "SECONDS_TO_LOAD", 0.2)
    log = tmp_path / "log"
    worker = f"open({str(log)!r}, 'a').write('started\\n'); time.sleep(60)"
    supervise(worker, lambda site: len(lines(log)) >= 2)


@pytest.mark.parametrize(
    ("reports", "has_hung"),
    [
        ([b".", None, b".", None, b".", b""], False),
        ([b".", None, None], True),
        ([None, b".", b""], False),
        ([None, None], True),
        ([b""], False),
    ],
)
def test_one_late_report_is_forgiven_and_two_are_not(listener, monkeypatch, reports, has_hung):
    sent = iter(reports)

    async def scripted(_reader, _seconds):
        return next(sent)

    async def watch():
        read, write = os.pipe()
        with open(read, "rb", buffering=0) as pipe, open(write, "wb"):
            return await Supervisor(listener, []).is_silent(1, pipe)

    monkeypatch.setattr(supervisor, "next_report", scripted)
    assert asyncio.run(watch()) is has_hung
    assert next(sent, "all read") == "all read"


def test_worker_that_reports_but_leaves_healthz_unanswered_is_replaced(
    supervise, monkeypatch, tmp_path, caplog
):
    monkeypatch.setattr(supervisor, "SECONDS_BETWEEN_ASKING", 0.01)
    monkeypatch.setattr(supervisor, "SECONDS_TO_ANSWER", 0.02)
    log = tmp_path / "log"
    worker = f"""
        open({str(log)!r}, "a").write("started\\n")
        while True:
            report()
            time.sleep(0.1)
    """
    supervise(worker, lambda site: len(lines(log)) >= 2)
    assert "No answer from /healthz (3 of 3)" in caplog.text


def test_worker_that_need_not_answer_stays_when_no_one_answers(listener, monkeypatch, tmp_path):
    monkeypatch.setattr(supervisor, "SECONDS_BETWEEN_ASKING", 0.01)
    monkeypatch.setattr(supervisor, "SECONDS_TO_ANSWER", 0.02)
    log = tmp_path / "log"
    reports = f"""
        open({str(log)!r}, "a").write(f"{{number}}\\n")
        while True:
            report()
            time.sleep(0.1)
    """
    run = program(START + textwrap.dedent(reports))
    site = Supervisor(listener, [Work(run), Work(run, "Task worker", answers=False)])
    run_until(site, lambda: lines(log).count("1") >= 3)
    assert lines(log).count("2") == 1


def test_worker_that_gives_any_answer_stays(supervise, monkeypatch, tmp_path, caplog):
    monkeypatch.setattr(supervisor, "SECONDS_BETWEEN_ASKING", 0.01)
    log = tmp_path / "log"
    worker = f"""
        report()
        shared = socket.socket(fileno=port)
        shared.setblocking(True)
        for _ in range(8):
            other, _address = shared.accept()
            open({str(log)!r}, "a").write(other.recv(200).decode().splitlines()[0] + "\\n")
            other.sendall(b"HTTP/1.0 400 Bad Request\\r\\n\\r\\n")
            other.close()
        time.sleep(60)
    """
    supervise(worker, lambda site: len(lines(log)) == 8)
    assert set(lines(log)) == {"GET /healthz HTTP/1.0"}
    assert "No answer" not in caplog.text
