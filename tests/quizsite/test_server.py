"""A worker reports that it works, and stops when no one reads the reports."""

import asyncio
import os
import resource
import socket
import sys

import pytest
from granian.server.common import AbstractServer

from quizsite import server
from quizsite.rsgi import Server
from quizsite.server import (
    MOST_CONNECTIONS,
    Worker,
    keep_to_one_processor,
    most_connections,
    run,
)


@pytest.fixture
def worker():
    application = Server(lambda environ, start_response: [], threads=1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield Worker(application, listener.fileno())


@pytest.fixture
def pipe():
    read, write = os.pipe()
    os.set_blocking(read, False)
    os.set_blocking(write, False)
    yield read, write
    for each in (read, write):
        try:
            os.close(each)
        except OSError:
            continue


def report_once(worker, pipe):
    async def start():
        reports = asyncio.create_task(worker.report(pipe))
        await asyncio.sleep(0)
        reports.cancel()

    asyncio.run(start())


def test_worker_reports(worker, pipe):
    report_once(worker, pipe[1])
    assert os.read(pipe[0], 10) == b"."


def test_worker_whose_threads_hang_does_not_report(worker, pipe, monkeypatch):
    monkeypatch.setattr(worker.application, "has_hung", lambda: True)
    report_once(worker, pipe[1])
    with pytest.raises(BlockingIOError):
        os.read(pipe[0], 10)


def test_worker_stops_when_the_supervisor_is_gone(worker, pipe):
    os.close(pipe[0])
    report_once(worker, pipe[1])
    assert worker.interrupt_signal


def test_worker_survives_a_supervisor_that_reads_nothing(worker, pipe):
    os.write(pipe[1], b"." * 2**20)  # all that fits
    with pytest.raises(BlockingIOError):
        os.write(pipe[1], b".")
    report_once(worker, pipe[1])
    assert not worker.interrupt_signal


def test_granian_has_the_method_that_is_replaced():
    assert callable(AbstractServer._init_shared_socket)


@pytest.mark.parametrize(
    ("files", "connections"),
    [
        (resource.RLIM_INFINITY, MOST_CONNECTIONS),
        (1_000_000, MOST_CONNECTIONS),
        (20_000, 19_800),
        (4096, 3896),
        (256, 128),
    ],
)
def test_connections_leave_files_for_everything_else(files, connections, monkeypatch):
    monkeypatch.setattr(server.resource, "getrlimit", lambda _which: (files, files))
    assert most_connections() == connections


def test_port_that_is_taken_is_reported(monkeypatch, caplog):
    monkeypatch.setattr(server, "open_as_many_files_as_allowed", lambda: None)
    monkeypatch.setattr(server, "warm_up", lambda: None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run("127.0.0.1", port, 1) == 1
    assert f"Can't listen on 127.0.0.1 port {port}" in caplog.text


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process choose")
@pytest.mark.parametrize(("number", "chosen"), [(0, 2), (1, 5), (2, 2), (8001, 5)])
def test_worker_keeps_to_one_of_the_processors_that_it_may_use(monkeypatch, number, chosen):
    now = []
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {5, 2})
    monkeypatch.setattr(os, "sched_setaffinity", lambda _process, found: now.append(found))
    keep_to_one_processor(number)
    assert now == [{chosen}]
