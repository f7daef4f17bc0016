"""Serve the site: load and warm it, open the port, then keep workers running.

Each worker gets the open port, and a pipe to which it reports that it works.
"""

import asyncio
import logging
import os
import resource
import signal
import socket
import sys

import uvloop
from django.conf import settings
from granian._granian import SocketHolder
from granian.constants import HTTPModes
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import embed

from quiz.web import metrics
from quizsite.background import worker as task_worker
from quizsite.rsgi import Server, application
from quizsite.supervisor import BACKLOG, Supervisor, Work, listen
from quizsite.warming import warm_up
from quizsite.watching import sentry

logger = logging.getLogger(__name__)

MOST_CONNECTIONS = 20_000  # in each worker; an idle one takes about 16 kB
OTHER_FILES = 200  # that a worker may need to open next to its connections
SECONDS_BETWEEN_REPORTS = 0.5
TASKS = Work(task_worker.work, "Task worker", answers=False)


class Worker(embed.Server):
    """Granian in this process, on a port that is open already."""

    def __init__(self, application: Server, port: int) -> None:
        super().__init__(
            application,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(),  # among them 30 s for the headers
            websockets=False,
            backpressure=most_connections(),
            log_level=LogLevels.error,
        )
        self.port = port
        self.application = application

    def _init_shared_socket(self) -> None:
        # Granian's type stubs are behind its code.
        self._shd = SocketHolder(self.port, False, BACKLOG)  # type: ignore[call-arg, assignment]

    async def report(self, pipe: int) -> None:
        """Report again and again, unless all threads hang; stop when the supervisor is gone."""
        while True:
            for kind, threads in self.application.threads.items():
                metrics.WAITING.set(threads.waiting, kind)
            if not self.application.has_hung():
                try:
                    os.write(pipe, b".")
                except BlockingIOError:
                    pass  # it is suspended, and has enough to read
                except BrokenPipeError:
                    self.stop()  # type: ignore[no-untyped-call]
            await asyncio.sleep(SECONDS_BETWEEN_REPORTS)


async def serve(port: int, pipe: int) -> None:
    worker = Worker(application, port)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    reports = asyncio.create_task(worker.report(pipe))
    await worker.serve()
    reports.cancel()


def open_as_many_files_as_allowed() -> None:
    """Raise the soft limit, often 1,024: every connection is an open file."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def most_connections() -> int:
    """Return how many connections can be open: each is a file, and there may be fewer of those."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return min(MOST_CONNECTIONS, max(soft - OTHER_FILES, soft // 2))


def keep_to_one_processor(number: int) -> None:
    """Run all threads of this process on the processor with this number, of those it may use.

    Only one thread at a time runs Python. Each database call hands over to another one, which
    takes long if that is on another processor.
    """
    if sys.platform == "linux":
        processors = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {processors[number % len(processors)]})


def work(number: int, port: int, pipe: int) -> None:
    # Each worker has its own, and so have two sites next to each other.
    keep_to_one_processor(number + socket_port(port))
    # Ctrl-C in a terminal reaches every process; the supervisor passes it on as TERM.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.set_blocking(pipe, False)
    metrics.count_as(number)
    sentry.start()
    uvloop.run(serve(port, pipe))


def socket_port(descriptor: int) -> int:
    with socket.socket(fileno=os.dup(descriptor)) as listener:
        return int(listener.getsockname()[1])


def run(host: str, port: int, workers: int) -> int:
    """Serve until Ctrl-C or TERM, with a task worker next to `workers`; return the exit code."""
    open_as_many_files_as_allowed()
    warm_up()
    try:
        listener = listen(host, port)
    except OSError as error:
        logger.error("Can't listen on %s port %s: %s.", host, port, error.strerror)
        return 1
    with listener:
        return asyncio.run(Supervisor(listener, works(port, workers)).run())


def works(port: int, workers: int) -> list[Work]:
    """Return what runs: web workers, a task worker, and what serves metrics on their own port."""
    wanted = [Work(work)] * workers
    if settings.TASK_WORKER:
        wanted.append(TASKS)
    if turn_metrics_on(port, len(wanted)) and settings.METRICS_PORT:
        # Loads prometheus_client, which a site without metrics doesn't need.
        from quizsite.watching import exporter  # noqa: PLC0415

        wanted.append(Work(exporter.watch, "Exporter of metrics", answers=False))
    return wanted


def turn_metrics_on(port: int, processes: int) -> bool:
    """Count in so many processes, if the settings ask for it and there is room."""
    if not (settings.METRICS_PORT or settings.METRICS_TOKEN):
        return False
    try:
        # Several servers can share a folder of data, but no port.
        metrics.turn_on(settings.DATA_DIR / "metrics" / str(port), processes)
    except OSError as error:
        logger.error("Metrics are off, because their files can't be written: %s.", error.strerror)
        return False
    return True
