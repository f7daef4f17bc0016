"""The machine: disk space, who may read what, and backups."""

import shutil
import stat
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from quizsite.backups.writing import last_backup
from quizsite.doctor.findings import GB, Finding, duration, error, ok, size, skipped, warning
from quizsite.environment import env_file
from quizsite.environment.variables import VARIABLES, read
from quizsite.health import LEAST_FREE_BYTES

FEW_FREE_BYTES = GB
OTHERS = stat.S_IRWXG | stat.S_IRWXO  # rights of everyone but the owner
SHORT_KEY = 50  # characters; Django warns of shorter ones
OLD_BACKUP = timedelta(days=2)


def disk() -> Finding:
    """Look at the fuller one of the two folders' disks."""
    folders = {"DATA_DIR": settings.DATA_DIR, "DELETIONS_DIR": settings.DELETIONS_DIR}
    free = {name: shutil.disk_usage(existing(path)).free for name, path in folders.items()}
    found = ", ".join(f"{size(count)} free in {name}" for name, count in free.items()) + "."
    fix = "Make room, for example by deleting old backups in DATA_DIR/copies."
    if min(free.values()) < LEAST_FREE_BYTES:
        return error(found, f"The site stops being ready below 0.1 GB. {fix}")
    return warning(found, fix) if min(free.values()) < FEW_FREE_BYTES else ok(found)


def existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that exists."""
    return next(each for each in (folder, *folder.parents) if each.exists())


def data_folder() -> Finding:
    folder = Path(settings.DATA_DIR)
    if mode_of(folder) & OTHERS:
        return warning(
            f"Other users of this machine can look into {folder} (mode {mode_of(folder):o}).",
            f"Run `chmod 700 {folder}`.",
        )
    return ok(f"Only its owner can look into {folder}.")


def secret_key() -> Finding:
    if read("SECRET_KEY"):
        if len(settings.SECRET_KEY) < SHORT_KEY:
            return warning(
                f"SECRET_KEY has only {len(settings.SECRET_KEY)} characters.",
                "Set a new one of 50 random characters, and the old one in SECRET_KEY_FALLBACKS.",
            )
        return ok("SECRET_KEY is set and long.")
    file = Path(settings.DATA_DIR, "secret-key.txt")
    if mode_of(file) & OTHERS:
        return error(
            f"Others can read {file} (mode {mode_of(file):o}).",
            f"Run `chmod 600 {file}`; replace the key if someone may have read it.",
        )
    return ok(f"Only its owner can read {file}.")


def settings_file() -> Finding:
    file = env_file.env_file()
    if file is None or not file.is_file():
        return skipped("No .env file is read.")
    if not mode_of(file) & OTHERS:
        return ok(f"Only its owner can read {file}.")
    found, fix = f"Others can read {file} (mode {mode_of(file):o}).", f"Run `chmod 600 {file}`."
    return error(f"{found} It holds secrets.", fix) if _holds_secrets() else warning(found, fix)


def _holds_secrets() -> bool:
    return any(
        text and name in VARIABLES and VARIABLES[name].shown(text) != text
        for name, text in env_file.lines().items()
    )


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def backup() -> Finding:
    made_at = last_backup()
    fix = "Run `manage.py backup FILE` every day: see docs/operating/backup.md."
    if made_at is None:
        return warning("No backup has been made on this machine.", fix)
    age = timezone.now() - made_at
    found = f"The last backup was made {duration(age)} ago."
    return warning(found, fix) if age >= OLD_BACKUP else ok(found)
