"""A backup is restored over the folder of a killed server, and deleted people stay deleted."""

import asyncio
import os
import shutil
import signal
import sqlite3
from contextlib import suppress
from pathlib import Path

from drills.ground import Ground, Outcome
from drills.load import Journal, Load, stored_attempts
from drills.people import Person, manage
from tests.browser.site import Site

PEOPLE = 4  # half of them delete everything after the backup


def run(ground: Ground) -> Outcome:
    """Back up, let people delete and others answer, kill the server, restore, and look."""
    rounds = 10 if ground.is_long else 1
    tried = lost = 0
    for number in range(rounds):
        more_tried, more_lost = _round(ground, number)
        tried, lost = tried + more_tried, lost + more_lost
    return Outcome(tried, lost, "people and refusals", f"{rounds} restored")


def _round(ground: Ground, number: int) -> tuple[int, int]:
    backup = ground.folder / f"{number}.backup"
    with ground.site() as site, asyncio.Runner() as runner:
        people = [Person(site.address, runner, PEOPLE * number + n) for n in range(PEOPLE)]
        for person in people:
            person.take_the_quiz()
        _checked(manage(ground, site, "backup", str(backup)))
        gone, staying = people[::2], people[1::2]
        for person in gone:
            person.delete_everything()
        with Load(site.address, visitors=4, seed=number) as load:
            refused = manage(ground, site, "restore", str(backup))
        _kill_all(site)
    _checked(manage(ground, site, "restore", str(backup)))
    tried = len(people) + len(load.journal.attempts) + 1
    with ground.site() as site:
        try:
            stored = stored_attempts(site)
            lost = Journal([person.kept for person in staying]).lost(site)
        except sqlite3.DatabaseError:
            return tried, tried  # damaged: an old WAL over a copied file does that, not always
    returned = [person for person in gone if person.kept.mark in stored]
    later = [kept for kept in load.journal.attempts if kept.mark in stored]
    was_allowed = int(refused.returncode == 0)
    bad = bool(lost) + len(returned) + len(later) + was_allowed
    return tried, bad


def break_site() -> None:
    """Copy the file, as people do who know neither of the WAL nor of the record of deletions."""
    from quizsite.backups import on_sqlite, restoring

    def copy_file(backup: Path, _stamp: str) -> restoring.Restored:
        shutil.copyfile(backup, on_sqlite.database_file())
        return restoring.Restored({})

    restoring._on_sqlite = copy_file


def _checked(done: object) -> None:
    if done.returncode:  # type: ignore[attr-defined]
        raise RuntimeError(done.stderr)  # type: ignore[attr-defined]


def _kill_all(site: Site) -> None:
    """Kill the server and its workers, as a power cut does."""
    children = Path(f"/proc/{site.pid}/task/{site.pid}/children").read_text().split()
    for pid in [site.pid, *map(int, children)]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
