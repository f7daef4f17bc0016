"""Copy, check and replace the file of a SQLite database."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.core.management import CommandError
from django.db import connection

KIND = b"SQLite format 3\0"  # how its files start
SIDE_FILES = ("-wal", "-shm")


def database_file() -> Path:
    return Path(connection.settings_dict["NAME"])


def copy_to(path: Path) -> dict[str, int]:
    """Copy the database while the site runs; return how many rows each table had.

    Counts and copy see the same moment. A plain copy of the file would lack what is in the WAL.
    """
    with closing(_opened(database_file())) as source, closing(sqlite3.connect(path)) as target:
        source.execute("BEGIN")
        counts = _counts(source)
        source.backup(target)
        # In one file, without a WAL next to it.
        target.execute("PRAGMA journal_mode=DELETE")
    return counts


def checked(path: Path) -> dict[str, int]:
    """Return how many rows each table has; CommandError if the file is damaged."""
    with closing(_opened(path)) as database:
        if fault := _fault(database, "integrity_check"):
            raise CommandError(f"{path.name} is damaged: {fault}")
        return _counts(database)


def fault_in(path: Path) -> str:
    """Return what a quick check finds wrong with the file; empty if nothing."""
    with closing(_opened(path)) as database:
        return _fault(database, "quick_check")


def _fault(database: sqlite3.Connection, check: str) -> str:
    try:
        (found,) = database.execute(f"PRAGMA {check}(1)").fetchone()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise
        return str(error)
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == "ok" else " ".join(str(found).split())


def migrations_in(path: Path) -> set[tuple[str, str]]:
    """Return app and name of the migrations that were run; none if it isn't a site's file."""
    with closing(_opened(path)) as database:
        try:
            return set(database.execute("SELECT app, name FROM django_migrations"))
        except sqlite3.OperationalError:  # no such table
            return set()


def unpack(backup: Path, path: Path) -> None:
    """Copy a backup to `path`. A WAL next to it belongs to it, so it is taken along."""
    for ending in ("", "-wal"):
        if (source := Path(f"{backup}{ending}")).exists():
            shutil.copyfile(source, f"{path}{ending}")
            os.chmod(f"{path}{ending}", 0o600)


@contextmanager
def used(path: Path) -> Iterator[None]:
    """Let Django use another file for a while, and leave that as one file without a WAL."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(path)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
    with closing(_opened(path)) as database:
        database.execute("PRAGMA journal_mode=DELETE")


def refuse_other_users() -> None:
    """CommandError if another process has the database open: it would write to the old file."""
    if not database_file().exists():
        return
    connection.close()
    with closing(_opened(database_file(), seconds=1)) as database:
        try:
            # Only the one user of a database can leave WAL mode. This also empties the WAL.
            database.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise CommandError(
                    f"Another program has {database_file()} open. Stop it first."
                ) from None
        except sqlite3.DatabaseError:
            pass  # damaged, which is a reason to restore


def put_in_place(path: Path, kept: Path) -> None:
    """Make `path` the database. The file before, if any, stays as `kept` with its WAL.

    At every moment there is a database: a crash leaves the one before or the new one.
    """
    database = database_file()
    with path.open("rb") as file:
        os.fsync(file.fileno())
    if database.exists():
        for ending in ("", "-wal"):
            if (source := Path(f"{database}{ending}")).exists():
                shutil.copyfile(source, f"{kept}{ending}")
                os.chmod(f"{kept}{ending}", 0o600)
    # SQLite would lay a WAL of the file before over the new one.
    for ending in SIDE_FILES:
        Path(f"{database}{ending}").unlink(missing_ok=True)
    path.replace(database)
    sync_folder(database.parent)


def sync_folder(folder: Path) -> None:
    """Make names in a folder last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _opened(path: Path, seconds: float = 10) -> sqlite3.Connection:
    """Open an existing file; `seconds` is how long statements wait for locks."""
    address = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(address, seconds, uri=True, isolation_level=None)


def _counts(database: sqlite3.Connection) -> dict[str, int]:
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {
        name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
        for (name,) in tables
        if not name.startswith("sqlite_")
    }
