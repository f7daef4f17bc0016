"""Write a backup: a copy of the database, or an encrypted archive that holds the secret key too."""

import hashlib
import io
import os
import secrets
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.management import CommandError
from django.db import connection

from quizsite.backups import on_postgresql, on_sqlite
from quizsite.backups.encrypted import MAGIC, Decrypting, Encrypting, Unreadable

# What an encrypted backup holds, as a tar archive in this order.
SECRET_KEY, DATABASE = "secret-key.txt", "database"
LAST_BACKUP = "last-backup"  # an empty file in DATA_DIR, as old as the newest backup


def write_backup(target: Path, passphrase: str = "") -> dict[str, int]:
    """Write a backup while the site runs, read it again, and return how many rows each table has.

    With a passphrase it is encrypted. Raises CommandError if `target` exists, or the backup can't
    be written or doesn't read back the same.
    """
    if target.exists():
        raise CommandError(f"{target} exists already. Give another name; nothing is overwritten.")
    if not target.parent.is_dir():
        raise CommandError(f"There is no folder {target.parent}. Create it first.")
    try:
        with _draft(target) as draft:
            if passphrase:
                with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
                    copy = Path(folder) / DATABASE
                    counts = _copy(copy)
                    _encrypt(copy, draft, passphrase)
            else:
                counts = _copy(draft)
            _put(draft, target)
    except OSError as error:
        raise CommandError(f"The backup can't be written: {error}") from None
    return counts


def note_backup() -> None:
    """Remember that a backup was made now, for those who watch the site."""
    (settings.DATA_DIR / LAST_BACKUP).touch(mode=0o600)


def last_backup() -> datetime | None:
    """Return when `manage.py backup` last succeeded; None if it never did on this machine."""
    try:
        made_at = (settings.DATA_DIR / LAST_BACKUP).stat().st_mtime
    except FileNotFoundError:
        return None
    return datetime.fromtimestamp(made_at, UTC)


def _copy(path: Path) -> dict[str, int]:
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    if connection.vendor == "sqlite":
        counts, checked = on_sqlite.copy_to(path), on_sqlite.checked(path)
    else:
        counts, checked = on_postgresql.copy_to(path), on_postgresql.checked(path)
    if checked != counts:
        raise CommandError("The copy has other rows than the database. Try again.")
    return counts


def _encrypt(copy: Path, draft: Path, passphrase: str) -> None:
    with draft.open("wb") as file:
        encrypting = Encrypting(file, passphrase)
        # Any: a stream that tarfile writes to needs `write` and nothing else.
        with tarfile.open(fileobj=encrypting, mode="w|") as archive:  # type: ignore[call-overload]
            key = settings.SECRET_KEY.encode()
            entry = tarfile.TarInfo(SECRET_KEY)
            entry.size = len(key)
            archive.addfile(entry, io.BytesIO(key))
            archive.add(copy, DATABASE, filter=_anonymous)
        encrypting.finish()
    with unlocked(draft, passphrase) as (secret_key, database):
        is_same = secret_key == settings.SECRET_KEY and _digest(database) == _digest(copy)
    if not is_same:
        raise CommandError("The encrypted backup doesn't read back the same. Try again.")


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


@contextmanager
def unlocked(backup: Path, passphrase: str) -> Iterator[tuple[str, Path]]:
    """Yield the secret key and the database of an encrypted backup, in a folder that goes after.

    Raises CommandError if the passphrase is wrong or the file damaged.
    """
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        try:
            with backup.open("rb") as file:
                file.seek(len(MAGIC))
                decrypting = Decrypting(file, passphrase)
                with tarfile.open(fileobj=decrypting, mode="r|") as archive:  # type: ignore[call-overload]
                    for entry in archive:
                        part = archive.extractfile(entry)
                        if part and entry.name in (SECRET_KEY, DATABASE):
                            with Path(folder, entry.name).open("wb") as found:
                                shutil.copyfileobj(part, found)
                decrypting.read()  # to the end, so that a cut is noticed
        except (Unreadable, tarfile.TarError) as error:
            raise CommandError(f"{backup.name} can't be read. {error}") from None
        secret_key, database = Path(folder) / SECRET_KEY, Path(folder) / DATABASE
        if not (secret_key.is_file() and database.is_file()):
            raise CommandError(f"{backup.name} isn't a backup of this site.")
        os.chmod(database, 0o600)
        yield secret_key.read_text(encoding="utf-8"), database


def is_encrypted(backup: Path) -> bool:
    return starts_with(backup, MAGIC)


def starts_with(path: Path, start: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(start)) == start


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


@contextmanager
def _draft(target: Path) -> Iterator[Path]:
    """Yield a new private file next to the target; delete it unless it was put in its place."""
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield draft
    finally:
        for ending in ("", "-journal", *on_sqlite.SIDE_FILES):
            Path(f"{draft}{ending}").unlink(missing_ok=True)


def _put(draft: Path, target: Path) -> None:
    """Give the finished file its name, without overwriting a file that appeared in between."""
    with draft.open("rb") as file:
        _sync(file)
    try:
        os.link(draft, target)
    except FileExistsError:
        raise CommandError(f"{target} exists already. Give another name.") from None
    except OSError:
        draft.rename(target)  # some file systems, such as those of USB sticks, have no links
    with suppress(OSError):
        on_sqlite.sync_folder(target.parent)


def _sync(file: BinaryIO) -> None:
    os.fsync(file.fileno())
