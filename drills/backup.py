"""A backup that is made while people answer holds every answer acknowledged before it."""

import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from drills.ground import Ground, Outcome
from drills.load import Journal, Kept, Load
from drills.people import Backup
from tests.browser.site import ROOT, Site, environment_of

# Waits for a line, makes a backup, and says so; one process, since starting it takes a second.
MAKE = """
import sys, django
django.setup()
from pathlib import Path
from quizsite.backups.writing import write_backup
for line in sys.stdin:
    write_backup(Path(line.strip()))
    print("done", flush=True)
"""


def run(ground: Ground) -> Outcome:
    """Make backups under load; one that lacks an acknowledged answer counts as lost."""
    tried, incomplete, answers = (50 if ground.is_long else 8), 0, 0
    with ground.site() as site, Load(site.address, visitors=8) as load:
        maker = _maker(ground, site)
        time.sleep(0.5)
        for number in range(tried):
            before = _so_far(load.journal)
            path = ground.folder / f"{number}.backup"
            maker.stdin.write(f"{path}\n")
            maker.stdin.flush()
            if maker.stdout.readline() != "done\n":
                raise RuntimeError("no backup was made")
            answers += before.writes
            incomplete += _lacks_something(before, path)
            time.sleep(0.1)
        maker.stdin.close()
        maker.wait(timeout=10)
    note = f"{load.journal.writes} writes at the same time, {answers} compared"
    return Outcome(tried, incomplete, "backups", note)


def _so_far(journal: Journal) -> Journal:
    """Copy the journal while visitors write to it."""
    copies = [Kept(k.mark, dict(k.answers), k.is_finished) for k in list(journal.attempts)]
    return Journal(copies)


def _lacks_something(acknowledged: Journal, backup: Path) -> bool:
    try:
        return bool(acknowledged.lost(Backup(backup)))  # type: ignore[arg-type]
    except sqlite3.DatabaseError:  # not even a whole file
        return True


def break_site() -> None:
    """Copy the file, as people do who don't know of the WAL next to it."""
    from quizsite.backups import on_sqlite

    def copy_file(path: Path) -> dict[str, int]:
        shutil.copyfile(on_sqlite.database_file(), path)
        return {}

    on_sqlite.copy_to = copy_file
    on_sqlite.checked = lambda _path: {}


def _maker(ground: Ground, site: Site) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", MAKE],
        cwd=ROOT,
        env=environment_of(site) | ground.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
