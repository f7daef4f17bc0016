"""What a person typed is in no table, database file or WAL after they delete everything."""

import asyncio
import subprocess

from drills.ground import Ground, Outcome
from drills.load import Load
from drills.people import Person
from tests.browser.site import Site

NAME = "Zebulon Quillfeather {}"


def run(ground: Ground) -> Outcome:
    """Type a name, finish, and delete everything, while others answer; then search for it."""
    people = 100 if ground.is_long else 10
    found = 0
    with (
        ground.site() as site,
        Load(site.address, visitors=4) as load,
        asyncio.Runner() as runner,
    ):
        for number in range(people):
            person, name = Person(site.address, runner, number), NAME.format(number)
            person.take_the_quiz()
            person.send("/quiz/next-step/", next_step=name)
            if not _is_stored(site, name):
                raise RuntimeError("the name wasn't stored, so the search proves nothing")
            person.delete_everything()
            found += _is_stored(site, name) or _is_stored(site, person.kept.mark)
    note = f"{load.journal.writes} writes of others at the same time"
    return Outcome(people, found, "people", note)


def break_site() -> None:
    """Leave the WAL as it is."""
    from quizsite.sqlite.base import DatabaseWrapper

    DatabaseWrapper.empty_wal = lambda self: True  # type: ignore[method-assign]


def _is_stored(site: Site, text: str) -> bool:
    if site.database_url:
        dumped = subprocess.run(
            ["pg_dump", "--data-only", site.database_url], capture_output=True, check=True
        )
        return text.encode() in dumped.stdout
    files = site.folder.glob("quiz.sqlite3*")
    return any(text.encode() in path.read_bytes() for path in files)
