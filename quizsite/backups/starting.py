"""What `serve` does before it changes the database: check the file, and keep a copy."""

import shutil
from pathlib import Path

from django.core.management import CommandError
from django.core.management.base import OutputWrapper
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from quizsite.backups import on_sqlite
from quizsite.backups.restoring import copies_folder
from quizsite.backups.writing import write_backup

COPIES_KEPT = 3


def refuse_a_damaged_database() -> None:
    """CommandError if SQLite's quick check finds a fault, for example after a power cut.

    A site that serves a damaged file can lose more of it with every write. The check reads the
    whole file: 420 MB took a third of a second. So it runs at every start, not only after a crash,
    and no file has to remember how the last run ended.
    """
    if connection.vendor != "sqlite" or not on_sqlite.database_file().exists():
        return
    if fault := on_sqlite.fault_in(on_sqlite.database_file()):
        raise CommandError(
            f"{on_sqlite.database_file()} is damaged: {fault}. Restore a backup with "
            "`manage.py restore FILE`; the damaged file is kept."
        )


def copy_before_migrating(stdout: OutputWrapper) -> None:
    """Keep a copy of the database if it has migrations to run; of these copies, the last three."""
    executor = MigrationExecutor(connection)
    has_data = bool(executor.loader.applied_migrations)
    if not has_data or not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    if connection.vendor == "postgresql" and not shutil.which("pg_dump"):
        stdout.write("No copy is kept before the update: pg_dump is not installed.")
        return
    copy = copies_folder() / f"before-update-{timezone.now():%Y%m%d-%H%M%S-%f}.backup"
    write_backup(copy)
    stdout.write(f"Kept a copy from before the update: {copy}")
    for old in _copies()[:-COPIES_KEPT]:
        old.unlink(missing_ok=True)


def _copies() -> list[Path]:
    """The copies from before updates, oldest first."""
    return sorted(copies_folder().glob("before-update-*.backup"))
