"""A record of deletions, kept apart from the database: a restored backup must not undo them.

It holds one hash for each deleted row, in files by kind and month. The hashed values are random (80
bits and more), so a hash leads back to no one without a backup that still has the row. They are not
hashed with the secret key, because a site that lost its key would bring deleted people back.
"""

import hashlib
import os
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

# What names a row for good and at random; its primary key unless listed here.
LASTING_NAMES = {"attempt": "code_hash", "counselorinvitation": "nonce"}
# A backup may hold these forever. The others expire, so that restoring deletes them anyway.
KEPT_FOREVER = {"client", "clientgroup", "note"}
MONTH = timedelta(days=31)


def record_deletion(rows: QuerySet[Any]) -> None:
    """Record that these rows are about to be deleted, in a transaction that deletes them.

    If the record can't be written, OperationalError ends the transaction, as it does when the
    database can't write; the visitor can try again later. If the transaction fails afterwards,
    the record stays: the person asked for the deletion and gets it after a restore at the latest.
    """
    kind = _kind(rows.model)
    hashes = [_hash(kind, name) for name in rows.values_list(_name(kind), flat=True)]
    if hashes:
        try:
            _append(_folder() / f"{kind}-{timezone.now():%Y-%m}.txt", hashes)
        except OSError as error:
            raise OperationalError(f"the deletion can't be recorded: {error}") from error
        transaction.on_commit(empty_wal, robust=True)


def delete_for_good(rows: QuerySet[Any]) -> int:
    """Delete rows, with what depends on them, and record it; return how many rows there were.

    Attempts are deleted by `quiz.evidence.folding.delete_attempts`, which records them too.
    """
    with transaction.atomic():
        record_deletion(rows)
        return rows.delete()[1].get(rows.model._meta.label, 0)


def recorded_among(rows: QuerySet[Any]) -> list[Any]:
    """Return the primary keys of those rows that were deleted according to the record."""
    kind = _kind(rows.model)
    deleted = {line for path in _folder().glob(f"{kind}-*.txt") for line in _lines(path)}
    names = rows.values_list("pk", _name(kind)).iterator() if deleted else ()
    return [pk for pk, name in names if _hash(kind, name) in deleted]


def drop_old_records(now: datetime) -> None:
    """Delete the records of months so long ago that restoring deletes these rows by their age."""
    # By the settings alone: a restored backup may hold an organization that kept more.
    oldest = now - max(settings.KEEP_FINISHED, settings.KEEP_UNFINISHED) - MONTH
    for path in _folder().glob("*.txt"):
        found = re.fullmatch(r"([a-z]+)-(\d{4}-\d\d)\.txt", path.name)
        if found and found[1] not in KEPT_FOREVER and found[2] < f"{oldest:%Y-%m}":
            path.unlink(missing_ok=True)


def empty_wal() -> None:
    """Leave nothing of deleted rows in SQLite's WAL, if no one else uses it right now."""
    if connection.vendor == "sqlite":
        connection.empty_wal()  # type: ignore[attr-defined]  # of quizsite.sqlite


def _folder() -> Path:
    return Path(settings.DELETIONS_DIR)


def _kind(model: type[Model]) -> str:
    return str(model._meta.model_name)


def _name(kind: str) -> str:
    return LASTING_NAMES.get(kind, "pk")


def _hash(kind: str, name: object) -> str:
    return hashlib.sha256(f"quiz.deletions {kind} {name}".encode()).hexdigest()[:32]


def _append(path: Path, lines: Iterable[str]) -> None:
    """Add lines in one write, so that processes don't mix theirs, and wait for the disk."""
    # Not its parents: a missing one is a disk that isn't mounted.
    path.parent.mkdir(mode=0o700, exist_ok=True)
    is_new = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        text = "".join(f"{line}\n" for line in lines).encode()
        if os.write(descriptor, text) < len(text):
            raise OSError(f"{path} takes no more: the disk is full")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="ascii", errors="replace").split()
