"""SQLite with one writer at a time: threads take turns instead of polling for the file's lock.

SQLite's own waiting is unfair: under load some writers wait for seconds. A lock held from BEGIN
IMMEDIATE through COMMIT gives every thread of the process its turn. Other processes (a command
run beside the server) still wait by SQLite's `timeout`.
"""

from collections import defaultdict
from threading import Lock

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

DEFAULT_TIMEOUT = 10.0  # seconds, where the settings give none

_turns: defaultdict[str, Lock] = defaultdict(Lock)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's SQLite backend, with every transaction holding its file's turn."""

    _has_turn = False

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        super()._commit()
        self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._end_turn()

    @property
    def _turn(self) -> Lock:
        return _turns[str(self.settings_dict["NAME"])]

    def _take_turn(self) -> None:
        timeout = self.settings_dict["OPTIONS"].get("timeout", DEFAULT_TIMEOUT)
        if not self._turn.acquire(timeout=timeout):
            raise OperationalError(f"database is busy: no turn to write within {timeout} s")
        self._has_turn = True

    def _end_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._turn.release()
