"""A process of its own that lays out PDFs: `python -m quiz.results.pdf_process DESCRIPTOR`. Pure.

Layout is all Python, so in a worker it would keep every other request waiting. The process starts
with the first PDF and has a low priority. It ends with its worker, even if that is killed, because
the worker's end of their pipe closes then.
"""

import logging
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Sequence
from multiprocessing.connection import Connection, Pipe
from pathlib import Path

from quiz.results.pdf_layout import Page, PdfUnavailable, lay_out

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "quiz.results.pdf_process")
NICENESS = 10  # a tenth of a processor, if a worker wants the same one
# A worker keeps to one processor, but what it starts can use all that were there at first.
PROCESSORS = os.sched_getaffinity(0) if sys.platform == "linux" else None
# For a PDF, with loading the library and reading the fonts; usually a second.
MOST_SECONDS = 40.0


class PdfProcess:
    """Starts the process when it is needed, and again after it ended. One thread at a time."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        """`command` starts the process when the descriptor of its end of the pipe is added."""
        self.command = command
        self.running: subprocess.Popen[bytes] | None = None
        self._pipe: Connection

    def lay_out(self, page: Page) -> bytes:
        """Return a page as a PDF; raise PdfUnavailable if the process can't, fails or ends."""
        try:
            answer = self._ask(page)
        except BaseException as error:
            # What it still answers would be taken for the next PDF.
            code = self.end()
            if not isinstance(error, OSError | EOFError):
                raise
            logger.error("The process that lays out PDFs ended (%s): %r.", code, error)
            raise PdfUnavailable("its process ended") from error
        if isinstance(answer, PdfUnavailable):
            raise answer
        if isinstance(answer, str):
            logger.error("A PDF couldn't be laid out.\n%s", answer)
            raise PdfUnavailable("its layout failed")
        return answer

    def _ask(self, page: Page) -> bytes | str | PdfUnavailable:
        if self.running is None or self.running.poll() is not None:
            self._start()
        self._pipe.send(page)
        if not self._pipe.poll(MOST_SECONDS):
            raise TimeoutError(f"no answer in {MOST_SECONDS:g} s")
        answer: bytes | str | PdfUnavailable = self._pipe.recv()
        return answer

    def _start(self) -> None:
        self.end()
        self._pipe, its_end = Pipe()
        with its_end:
            number = its_end.fileno()
            self.running = subprocess.Popen(  # noqa: S603
                [*self.command, str(number)], pass_fds=[number], cwd=ROOT
            )
        if PROCESSORS:
            os.sched_setaffinity(self.running.pid, PROCESSORS)

    def end(self) -> int | None:
        """End the process if there is one; return its exit code, or a negative signal."""
        if self.running is None:
            return None
        self._pipe.close()
        self.running.kill()
        code = self.running.wait()
        self.running = None
        return code


def main(descriptor: int) -> None:
    """Lay out pages until the other end of the pipe is closed."""
    # Ctrl-C in a terminal reaches every process; this one ends with its worker.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.setpriority(os.PRIO_PROCESS, 0, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))
    with Connection(descriptor) as pipe:
        while True:
            try:
                page = pipe.recv()
            except EOFError:
                return
            # Ends this process if the worker, which would do so, is gone too.
            signal.alarm(2 * int(MOST_SECONDS))
            try:
                answer: object = lay_out(page)
            except PdfUnavailable as error:
                answer = error
            except Exception:
                answer = traceback.format_exc()
            signal.alarm(0)
            try:
                pipe.send(answer)
            except BrokenPipeError:
                return


if __name__ == "__main__":
    main(int(sys.argv[1]))
