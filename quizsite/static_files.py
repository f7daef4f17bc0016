"""Static files packed once, and again when something that they are made of has changed."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

MARK = ".made-of"


def collect_static_files(root: Path) -> bool:
    """Bring the folder of packed files up to date; return whether that took any packing.

    To name each file by its content and compress it twice takes seconds, at every start.
    """
    mark = root / MARK
    made_of = fingerprint()
    if mark.exists() and mark.read_text() == made_of:
        return False
    mark.unlink(missing_ok=True)  # whatever breaks off half way is begun again
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(made_of)
    return True


def fingerprint() -> str:
    """Return a sum of names, sizes and times of all files to pack, and of what packs them."""
    found = [f"{package} {version(package)}" for package in ("django", "whitenoise")]
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            found.append(f"{path} {stat.st_size} {stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(found).encode()).hexdigest()
