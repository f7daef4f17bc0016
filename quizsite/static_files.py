"""Collect static files, but only when one of them or the packages that process them changed."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

MARK = ".made-of"


def collect_static_files(root: Path) -> bool:
    """Update the folder of hashed and compressed files; return False if it was up to date.

    Hashing and compressing takes seconds, too long for every start.
    """
    mark = root / MARK
    current = fingerprint()
    if mark.exists() and mark.read_text() == current:
        return False
    mark.unlink(missing_ok=True)  # after a failure, the next start collects again
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(current)
    return True


def fingerprint() -> str:
    """Hash the path, size and time of each source file and the versions of the packages."""
    found = [f"{package} {version(package)}" for package in ("django", "whitenoise")]
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            found.append(f"{path} {stat.st_size} {stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(found).encode()).hexdigest()
