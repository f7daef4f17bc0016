"""A task worker: a process with a thread for each queue, which the supervisor keeps running."""

import logging
import os
import signal
import socket
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any

from django.conf import settings
from django.db import Error, close_old_connections, connection
from django.utils.crypto import get_random_string

from quiz.web import metrics
from quiz.web.background import TaskRow
from quizsite.background import presence, running, schedule
from quizsite.postgresql.limits import limits_of_commands
from quizsite.watching import sentry

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_REPORTS = 0.5
SECONDS_BETWEEN_LOOKING = 2  # for tasks, in each queue
SECONDS_BETWEEN_BEATS = 30
# A task that takes longer has hung. Its worker is replaced, and the task tried again.
SECONDS_FOR_A_TASK = 3600
SECONDS_TO_LOOK = 60
# Names this supervisor's workers, which are forks of it, among those of all machines.
PLACE = f"{socket.gethostname()[:30]}-{get_random_string(8)}"
# What tasks may take to finish after TERM; the supervisor gives the whole process 10 seconds.
SECONDS_TO_FINISH = 7


class Lane(Thread):
    """Does the tasks of one queue, one at a time."""

    def __init__(self, queue: str, worker: str, ending: Event) -> None:
        super().__init__(name=queue, daemon=True)
        self.queue, self.worker, self.ending = queue, worker, ending
        self.row: TaskRow | None = None  # the task that runs
        self.since = monotonic()

    def run(self) -> None:
        with limits_of_commands():
            while not self.ending.is_set():
                self.since = monotonic()
                # As Django does before each request.
                close_old_connections()
                if not self.do_next():
                    self.ending.wait(SECONDS_BETWEEN_LOOKING)
            connection.close()

    def do_next(self) -> bool:
        """Do the next task. Return False if there is none, or the database is away."""
        try:
            self.row = running.claim(self.queue, self.worker)
        except Error as error:
            logger.warning("Can't look for tasks: %s", type(error).__name__)
            return False
        if not self.row:
            return False
        self.since = monotonic()
        values, line = running.run(self.row)
        self.finish(self.row, values)
        self.row = None
        running.log(line)
        return True

    def finish(self, row: TaskRow, values: dict[str, Any]) -> None:
        """Write how a task ended, however long the database is away."""
        while True:
            try:
                if not running.write(row, values):
                    logger.warning("Task %s was taken up by another worker.", row.pk)
                return
            except Error as error:
                logger.warning("Can't write how a task ended: %s", type(error).__name__)
                sleep(SECONDS_BETWEEN_LOOKING)
                close_old_connections()

    def has_hung(self) -> bool:
        most = SECONDS_FOR_A_TASK if self.row else SECONDS_TO_LOOK
        return not self.is_alive() or monotonic() > self.since + most


class Worker:
    def __init__(self, number: int = 1) -> None:
        self.place = f"{PLACE}-{number}"
        self.name = f"{self.place}-{os.getpid()}"
        self.ending = Event()
        queues = settings.TASKS["default"]["QUEUES"]
        self.lanes = [Lane(queue, self.name, self.ending) for queue in queues]
        self.beats = Thread(target=self.beat, name="beats", daemon=True)

    def start(self) -> None:
        """Work in threads of this process, until it ends."""
        for thread in (self.beats, *self.lanes):
            thread.start()

    def beat(self) -> None:
        with limits_of_commands():
            while not self.ending.is_set():
                try:
                    close_old_connections()
                    presence.appear(self.place, self.name)
                    schedule.add_jobs()
                    schedule.enqueue_due()
                    presence.take_up_abandoned()
                except Error as error:
                    logger.warning("Can't look at the schedule: %s", type(error).__name__)
                except Exception:
                    # Without a beat, others would take up what this worker does.
                    logger.exception("The schedule has a fault.")
                self.ending.wait(SECONDS_BETWEEN_BEATS)
            connection.close()

    def end(self) -> None:
        """Let tasks finish. Give back those that take too long; their transactions are undone."""
        self.ending.set()
        deadline = monotonic() + SECONDS_TO_FINISH
        for thread in (self.beats, *self.lanes):
            thread.join(max(0, deadline - monotonic()))
        try:
            for lane in self.lanes:
                if row := lane.row:
                    running.give_back(row)
            presence.leave(self.name)
        except Error as error:
            logger.warning("Can't give tasks back: %s", type(error).__name__)


class Signals:
    """Whether this process shall end."""

    def __init__(self) -> None:
        self.has_come = False
        signal.signal(signal.SIGTERM, self._note)
        # Ctrl-C in a terminal reaches every process; the supervisor passes it on as TERM.
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def _note(self, _number: int, _frame: object) -> None:
        self.has_come = True


def work(number: int, _port: int, pipe: int) -> None:
    """Work until TERM, or until the supervisor is gone; report to it through a pipe."""
    term = Signals()
    metrics.count_as(number)
    sentry.start()
    os.set_blocking(pipe, False)
    worker = Worker(number)
    worker.start()
    while not term.has_come:
        if not any(lane.has_hung() for lane in worker.lanes):
            try:
                os.write(pipe, b".")
            except BlockingIOError:
                pass  # the supervisor is suspended, and has enough to read
            except BrokenPipeError:
                break
        sleep(SECONDS_BETWEEN_REPORTS)
    worker.end()
