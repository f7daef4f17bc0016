"""SQLite backend in which the threads of a process queue for a lock before they write.

SQLite itself polls for the file's lock, which is unfair: under load some writers wait for seconds.
Here a thread holds a lock per file from BEGIN IMMEDIATE through COMMIT. Other processes, such as a
management command, still wait by SQLite's `timeout`.
"""

from collections import defaultdict
from threading import Lock

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

DEFAULT_TIMEOUT = 10.0  # seconds, unless set in OPTIONS
# How long emptying the WAL waits for readers, and makes writers of other processes wait.
MS_TO_EMPTY_WAL = 250

_locks: defaultdict[str, Lock] = defaultdict(Lock)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's SQLite backend with a write lock around each transaction.

    It overrides private methods of Django, which the type stubs don't list.
    """

    _has_lock = False

    def _start_transaction_under_autocommit(self) -> None:
        self._acquire_lock()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # not in the stubs
        except BaseException:
            self._release_lock()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]  # not in the stubs
        self._release_lock()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # not in the stubs
        finally:
            self._release_lock()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # not in the stubs
        finally:
            self._release_lock()

    def empty_wal(self) -> bool:
        """Move the WAL into the database file and cut it to nothing.

        Return False inside a transaction, or if readers or writers don't leave it alone for a
        moment; then it stays.
        """
        if self.in_atomic_block or not self._lock.acquire(timeout=MS_TO_EMPTY_WAL / 1000):
            return False
        try:
            with self.cursor() as cursor:
                (before,) = cursor.execute("PRAGMA busy_timeout").fetchone()
                cursor.execute(f"PRAGMA busy_timeout = {MS_TO_EMPTY_WAL}")
                try:
                    is_busy, *_pages = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                finally:
                    cursor.execute(f"PRAGMA busy_timeout = {before}")
            return not is_busy
        finally:
            self._lock.release()

    @property
    def _lock(self) -> Lock:
        return _locks[str(self.settings_dict["NAME"])]

    def _acquire_lock(self) -> None:
        timeout = self.settings_dict["OPTIONS"].get("timeout", DEFAULT_TIMEOUT)
        if not self._lock.acquire(timeout=timeout):
            raise OperationalError(f"database is busy: no write lock within {timeout} s")
        self._has_lock = True

    def _release_lock(self) -> None:
        if self._has_lock:
            self._has_lock = False
            self._lock.release()
