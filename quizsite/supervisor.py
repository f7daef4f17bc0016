"""Keep the site's workers running: those that share its port, and those that work behind it.

The port is open in this process, so connections wait while a worker is replaced. Workers are forks
of it: they share its memory, and what it has loaded is there when they start.
"""

import asyncio
import ctypes
import logging
import multiprocessing
import os
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable, Sequence
from multiprocessing.context import ForkProcess
from time import monotonic
from typing import NamedTuple

from quiz.web import metrics

logger = logging.getLogger(__name__)

ENDING = (signal.SIGINT, signal.SIGTERM)
FORKS = multiprocessing.get_context("fork")

BACKLOG = 4096  # connections that wait to be accepted
# A worker reports twice a second. It is replaced when it misses this time twice in a row: once can
# mean that the whole machine was suspended.
SECONDS_WITHOUT_REPORT = 1.5
SECONDS_TO_LOAD = 60  # until its first report
# What a worker may take to finish its requests after Ctrl-C or TERM; then it is ended.
SECONDS_TO_FINISH = 10
# Before a worker that ended is replaced, by how many of its number did within the last minute. One
# that hung has taken long enough.
PAUSES = (0.0, 0.0, 0.25, 0.5, 1.0, 2.0)
SECONDS_TO_FORGET = 60
# Asking over the network finds what no report shows.
SECONDS_BETWEEN_ASKING = 5
SECONDS_TO_ANSWER = 10
MOST_UNANSWERED = 3

PR_SET_PDEATHSIG = 1  # from Linux's prctl.h


class Work(NamedTuple):
    """What one process does, again whenever it ends."""

    # Gets its number and two descriptors: the port (-1 if there is none), and a pipe to report to.
    run: Callable[[int, int, int], object]
    name: str = "Worker"
    answers: bool = True  # at the port


class Supervisor:
    """Processes, by number: the first does the first work, and so on."""

    def __init__(self, listener: socket.socket | None, works: Sequence[Work]) -> None:
        self.listener = listener
        self.works = dict(enumerate(works, 1))
        self.answering = {number for number, work in self.works.items() if work.answers}
        self.running: dict[int, ForkProcess] = {}
        self.reporting: set[int] = set()
        self.pipes: set[int] = set()  # the ends at which reports are read

    async def run(self) -> int:
        """Keep workers running until Ctrl-C or TERM, then end them; return the exit code."""
        stop = asyncio.Event()
        for each in ENDING:
            asyncio.get_running_loop().add_signal_handler(each, stop.set)
        tasks = [asyncio.create_task(self.keep_running(number)) for number in self.works]
        if self.listener:
            tasks.append(asyncio.create_task(self.keep_asking(self.listener)))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait([*tasks, stopped], return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        await self.end_workers()
        errors = [each for each in outcomes if isinstance(each, Exception)]
        for error in errors:
            logger.error("The supervisor ended by an error.", exc_info=error)
        return 1 if errors else 0

    async def keep_running(self, number: int) -> None:
        """Start a worker again whenever it ends, after a pause that grows, or hangs."""
        ends: deque[float] = deque()
        name = self.works[number].name
        while True:
            try:
                process, has_hung = await self.run_once(number)
            except OSError as error:
                logger.error("%s %d can't start: %s.", name, number, error)
                await asyncio.sleep(PAUSES[-1])
                continue
            if number in self.answering:
                metrics.REPLACED.add("hung" if has_hung else "ended")
            if has_hung:
                logger.error("%s %d (%d) hung. Another one starts.", name, number, process.pid)
                continue
            ends.append(monotonic())
            while ends[0] < monotonic() - SECONDS_TO_FORGET:
                ends.popleft()
            pause = PAUSES[min(len(ends), len(PAUSES) - 1)]
            how = named(process.exitcode or 0)
            message = "%s %d (%d) ended with %s. Another one starts in %.2f s."
            logger.error(message, name, number, process.pid, how, pause)
            await asyncio.sleep(pause)

    async def run_once(self, number: int) -> tuple[ForkProcess, bool]:
        """Run a worker until it ends; return it, and whether it had to be ended."""
        read, write = os.pipe()
        with open(read, "rb", buffering=0) as reports:
            self.pipes.add(read)
            try:
                process = self.start_worker(number, write)
                self.running[number] = process
                has_hung = await self.is_silent(number, reports)
            finally:
                self.reporting.discard(number)
                self.count_workers()
                self.pipes.discard(read)
        # Also one that closed its end of the pipe and goes on running.
        process.kill()
        process.join()
        del self.running[number]
        return process, has_hung

    def start_worker(self, number: int, reports: int) -> ForkProcess:
        arguments = (os.getpid(), number, reports)
        try:
            process = FORKS.Process(target=self._be_a_worker, args=arguments, daemon=True)
            process.start()
            return process
        finally:
            os.close(reports)

    def _be_a_worker(self, supervisor: int, number: int, reports: int) -> None:
        """Leave what belongs to the supervisor, then work. Ends with it, also if it is killed."""
        signal.set_wakeup_fd(-1)
        for each in ENDING:
            signal.signal(each, signal.SIG_DFL)
        end_with(supervisor)
        for pipe in self.pipes:
            os.close(pipe)
        port = self.listener.fileno() if self.listener else -1
        self.works[number].run(number, port, reports)

    async def is_silent(self, number: int, reports: object) -> bool:
        """Wait for the end of a worker's reports: True if it has hung, False if it has ended."""
        reader = asyncio.StreamReader()
        transport, _protocol = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), reports
        )
        seconds, missed = SECONDS_TO_LOAD / 2, 0
        try:
            while missed < 2:
                report = await next_report(reader, seconds)
                if report is None:
                    missed += 1
                elif report:
                    seconds, missed = SECONDS_WITHOUT_REPORT, 0
                    if number not in self.reporting:
                        self.reporting.add(number)
                        self.count_workers()
                else:
                    return False
            return True
        finally:
            transport.close()

    def count_workers(self) -> None:
        metrics.WORKERS.set(len(self.reporting & self.answering))

    async def keep_asking(self, listener: socket.socket) -> None:
        """Ask `/healthz` over the network; when no one answers, end the workers that should."""
        unanswered = 0
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_ASKING)
            if not self.reporting & self.answering or await is_answered(listener):
                unanswered = 0
                continue
            unanswered += 1
            logger.warning("No answer from /healthz (%d of %d).", unanswered, MOST_UNANSWERED)
            if unanswered >= MOST_UNANSWERED:
                unanswered = 0
                for number in self.answering & self.running.keys():
                    self.running[number].kill()

    async def end_workers(self) -> None:
        """Let all workers finish what they do, and end those that take too long."""
        running = self.running.values()
        for process in running:
            process.terminate()
        deadline = monotonic() + SECONDS_TO_FINISH
        while any(process.is_alive() for process in running) and monotonic() < deadline:
            await asyncio.sleep(0.02)
        for process in running:
            if process.is_alive():
                logger.warning("Worker %d didn't finish in time and was ended.", process.pid)
                process.kill()
                process.join()


async def is_answered(listener: socket.socket) -> bool:
    """Return whether a worker answers, whatever that is: what it says is for monitoring."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    try:
        async with asyncio.timeout(SECONDS_TO_ANSWER):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
                return (await reader.readline()).startswith(b"HTTP/")
            finally:
                writer.close()
    except OSError:
        return False


async def next_report(reader: asyncio.StreamReader, seconds: float) -> bytes | None:
    """Return b"" when the worker has closed its end, None when it sends nothing for so long."""
    try:
        async with asyncio.timeout(seconds):
            return await reader.read(100)
    except TimeoutError:
        return None


def end_with(parent: int) -> None:
    """Make this process end when its parent does. Only Linux can.

    Elsewhere a worker notices at its next report.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the call
        os._exit(1)


def named(code: int) -> str:
    """Name how a process ended: `code` is an exit code, or a negative number of a signal."""
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def listen(host: str, port: int) -> socket.socket:
    """Open the port, for IPv4 too if the host is "::"."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server(
        (host, port), family=family, backlog=BACKLOG, dualstack_ipv6=host == "::"
    )
