"""One server at a time prepares a PostgreSQL database, however many start at the same instant."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep

from django.core.management.base import CommandError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

KEY = int.from_bytes(b"quizsite")  # of the advisory lock
SECONDS = 600
SECONDS_BETWEEN_TRIES = 0.2


@contextmanager
def turn_to_prepare(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Wait until no other server prepares this database; on SQLite its folder is locked already.

    The lock belongs to a transaction of its own connection, since behind pgbouncer a session may
    change servers. It ends with this process. Raises CommandError after ten minutes.
    """
    if connection.vendor != "postgresql":
        yield
        return
    holder = connection.copy()
    holder.set_autocommit(False)
    try:
        deadline = monotonic() + SECONDS
        with holder.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            while not _is_locked(cursor):
                if monotonic() > deadline:
                    raise CommandError("Another server has been preparing this database too long.")
                sleep(SECONDS_BETWEEN_TRIES)
        yield
    finally:
        holder.close()


def _is_locked(cursor: CursorWrapper) -> bool:
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [KEY])
    return bool(cursor.fetchone() == (True,))
