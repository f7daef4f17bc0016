"""Static files: collect them when they, or the packages that process them, changed; serve them."""

import hashlib
from importlib.metadata import version
from os import stat_result
from pathlib import Path

from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.middleware import WhiteNoiseMiddleware

MARK = ".made-of"
# What the site itself keeps in the folder: it names every file and the versions of packages.
NOT_SERVED = {MARK, "staticfiles.json"}


class StaticFiles(WhiteNoiseMiddleware):
    def add_file_to_dictionary(
        self, url: str, path: str, stat_cache: dict[str, stat_result] | None = None
    ) -> None:
        if Path(path).name not in NOT_SERVED:
            super().add_file_to_dictionary(url, path, stat_cache)


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
