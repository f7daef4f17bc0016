"""Work that takes a processor for long, such as a PDF or the hash of a password.

One request at a time does each kind, and one more may wait for it. The rest are refused with 503
and Retry-After, since each waiting one holds a thread: `THREADS` leaves one for everyone else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock, get_ident

THREADS = 5  # in which a worker answers requests


class Busy(Exception):
    """Too many requests wait for the same kind of work, which its text names."""

    retry_after = 5  # seconds


class Turns:
    """One kind of work: one request at a time, `waiting` more, each for up to `seconds`."""

    def __init__(self, work: str, *, waiting: int, seconds: float) -> None:
        self.work = work
        self.waiting, self.seconds = waiting, seconds
        self._places = BoundedSemaphore(1 + waiting)
        self._turn = Lock()
        self._worker = 0  # the thread that has the turn

    def require_place(self) -> None:
        """Raise Busy early, before a page prepares work that would be refused anyway."""
        if not self._places.acquire(blocking=False):
            raise Busy(self.work)
        self._places.release()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn; raise Busy if there is no place, or it takes too long.

        Work within work of the same kind needs no second turn.
        """
        if self._worker == get_ident():
            yield
            return
        if not self._places.acquire(blocking=False):
            raise Busy(self.work)
        try:
            if not self._turn.acquire(timeout=self.seconds):
                raise Busy(self.work)
            try:
                self._worker = get_ident()
                yield
            finally:
                self._worker = 0
                self._turn.release()
        finally:
            self._places.release()


PDFS = Turns("PDF", waiting=1, seconds=2)  # each takes about 0.1 s, in its own process
# Of passwords and passphrases: each takes about 0.5 s.
HASHES = Turns("hash of a password", waiting=1, seconds=3)
