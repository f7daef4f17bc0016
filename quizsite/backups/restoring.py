"""Restore a backup: check it, bring it up to date, and put it in the place of the database."""

import io
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models import QuerySet
from django.utils import timezone

from quiz.attempts.deletions import delete_for_good, recorded_among
from quiz.attempts.models import Attempt, ShareLink
from quiz.counseling.clients import delete_client
from quiz.counseling.exporting.kept import ExportFile
from quiz.counseling.meetings import Meeting
from quiz.counseling.models import (
    Client,
    ClientGroup,
    ClientInvitation,
    CounselorInvitation,
    Disclosure,
    GroupLink,
    Note,
)
from quiz.evidence.folding import delete_attempts
from quizsite.backups import on_postgresql, on_sqlite
from quizsite.backups.writing import is_encrypted, starts_with, unlocked, write_backup
from quizsite.environment.derived import write_private
from quizsite.environment.variables import read

# A backup of this site has these tables.
OWN_APPS = {"quiz", "roles"}
# A backup of an earlier release doesn't have these.
LATER_APPS = {"organization"}
COPIES = "copies"
# What people delete, in an order in which no row goes before those that depend on it.
RECORDED: tuple[Any, ...] = (
    *(
        ShareLink,
        Disclosure,
        Meeting,
        Attempt,
        Note,
        ClientInvitation,
        Client,
        GroupLink,
        ClientGroup,
    ),
    CounselorInvitation,
)
BATCH = 500


@dataclass
class Restored:
    """What was done, for the person who restores."""

    deleted: dict[str, int]  # what was deleted again, by its name in words
    kept: list[Path] = field(default_factory=list)  # what was replaced
    secret_key: Path | None = None  # where the backup's key is, if the site doesn't use it


def restore(backup: Path, passphrase: str) -> Restored:
    """Replace the database with a backup; the secret key too, if the backup holds another one.

    Nothing has changed when CommandError is raised, except on PostgreSQL in the last steps; then
    the message names the copy of what was replaced.
    """
    _require_record_of_deletions()
    stamp = f"{timezone.now():%Y%m%d-%H%M%S-%f}"
    with _opened(backup, passphrase) as (secret_key, database):
        if connection.vendor == "sqlite":
            restored = _on_sqlite(database, stamp)
        else:
            restored = _on_postgresql(database, stamp)
    if secret_key and secret_key != settings.SECRET_KEY:
        _take_key(secret_key, stamp, restored)
    return restored


def _require_record_of_deletions() -> None:
    """CommandError if the record is missing where DELETIONS_DIR says: people would come back."""
    folder = Path(settings.DELETIONS_DIR)
    if folder != settings.DATA_DIR / "deletions" and not folder.is_dir():
        raise CommandError(
            f"The record of deletions, {folder}, isn't there. Mount its disk; if nothing was ever "
            "deleted, create the folder."
        )


@contextmanager
def _opened(backup: Path, passphrase: str) -> Iterator[tuple[str, Path]]:
    """Yield the secret key, empty if the backup has none, and the database."""
    if is_encrypted(backup):
        with unlocked(backup, passphrase) as found:
            yield found
    else:
        yield "", backup


# ---------------------------------------------------------------- replacing


def _on_sqlite(database: Path, stamp: str) -> Restored:
    _refuse_other_kind(database, on_sqlite.KIND, "SQLite", "postgres://")
    place = on_sqlite.database_file()
    if place.exists() and database.samefile(place):
        raise CommandError(f"{database} is the database itself. Name a backup.")
    on_sqlite.refuse_other_users()
    draft = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
    try:
        on_sqlite.unpack(database, draft)
        on_sqlite.checked(draft)
        _refuse_newer(on_sqlite.migrations_in(draft))
        with on_sqlite.used(draft):
            deleted = bring_up_to_date()
        on_sqlite.checked(draft)
        kept = copies_folder() / f"replaced-{stamp}.sqlite3"
        is_kept = place.exists()
        on_sqlite.put_in_place(draft, kept)
    finally:
        for ending in ("", "-journal", *on_sqlite.SIDE_FILES):
            Path(f"{draft}{ending}").unlink(missing_ok=True)
    return Restored(deleted, [kept] if is_kept else [])


def _on_postgresql(database: Path, stamp: str) -> Restored:
    _refuse_other_kind(database, on_postgresql.KIND, "PostgreSQL", "sqlite://")
    on_postgresql.refuse_other_users()
    on_postgresql.checked(database)
    _refuse_newer(on_postgresql.migrations_in(database))
    kept = copies_folder() / f"replaced-{stamp}.dump"
    write_backup(kept)
    try:
        on_postgresql.put_in_place(database)
        deleted = bring_up_to_date()
    except Exception as error:
        raise CommandError(f"{error} What was there before is in {kept}.") from error
    return Restored(deleted, [kept])


def _refuse_other_kind(database: Path, kind: bytes, name: str, other: str) -> None:
    if not starts_with(database, kind):
        raise CommandError(
            f"This isn't a backup of {name}, which the site uses. If it comes from the other "
            f"database, set DATABASE_URL to one that starts with {other}."
        )


def _refuse_newer(applied: set[tuple[str, str]]) -> None:
    """CommandError if the backup has migrations that this version of the site doesn't know."""
    if not {app for app, _name in applied} >= OWN_APPS:
        raise CommandError("This isn't a backup of this site: tables are missing.")
    known = set(MigrationLoader(None).disk_migrations or ())
    ours = (each for each in applied if each[0] in OWN_APPS | LATER_APPS)
    newer = sorted(name for app, name in ours if (app, name) not in known)
    if newer:
        raise CommandError(
            f"The backup comes from a newer version of the site (it has {newer[-1]}). Update the "
            "site first."
        )


def copies_folder() -> Path:
    """The folder of copies that the site makes itself, before it replaces something."""
    folder: Path = settings.DATA_DIR / COPIES
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


# ---------------------------------------------------------------- up to date


def bring_up_to_date() -> dict[str, int]:
    """Migrate what was restored, and delete again; return how many rows, by their name in words."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
    deleted = delete_again()
    call_command("delete_expired", stdout=io.StringIO())
    # A client in them may have stopped sharing since the backup, or someone have logged out.
    ExportFile.objects.all().delete()
    Session.objects.all().delete()
    return deleted


def delete_again() -> dict[str, int]:
    """Delete what was deleted since the backup was made; return how many rows of what."""
    deleted = {}
    for model in RECORDED:
        keys = recorded_among(model.objects.all())
        for first in range(0, len(keys), BATCH):
            _delete(model.objects.filter(pk__in=keys[first : first + BATCH]))
        if keys:
            deleted[str(model._meta.verbose_name_plural)] = len(keys)
    return deleted


def _delete(rows: QuerySet[Any]) -> None:
    if rows.model is Attempt:
        delete_attempts(rows)
    elif rows.model is Client:
        for client in rows.select_related("counselor"):
            delete_client(client)
    else:
        delete_for_good(rows)


# ---------------------------------------------------------------- the secret key


def _take_key(secret_key: str, stamp: str, restored: Restored) -> None:
    """Use the key that the restored links and codes were made with, and keep the one before."""
    path: Path = settings.DATA_DIR / "secret-key.txt"
    if read("SECRET_KEY"):
        restored.secret_key = settings.DATA_DIR / f"secret-key-{stamp}.txt"
        write_private(restored.secret_key, secret_key)
        return
    if path.exists():
        kept = path.with_name(f"secret-key-replaced-{stamp}.txt")
        path.rename(kept)
        restored.kept.append(kept)
    write_private(path, secret_key)
