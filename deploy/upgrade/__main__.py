"""`deploy/try_upgrade`: upgrade from the release before while people take the quiz, and step back.

Follows docs/operating/upgrade.md, on several machines and on one. Ends with 0 only if no one gets
an error, nothing is lost, and a result from before stays as it was. --broken takes a column from
the old version: the mistake that this must notice.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from deploy.trials import TrialError
from deploy.upgrade import one_machine, several_machines
from deploy.upgrade.versions import version_after, version_before

WAYS = {
    "several": ("Two machines on PostgreSQL, behind nginx", several_machines.upgrade),
    "one": ("One machine on SQLite", one_machine.upgrade),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploy/try_upgrade", description=__doc__)
    parser.add_argument("ways", nargs="*", metavar="WAY", help=f"{' or '.join(WAYS)} (both)")
    parser.add_argument("--rows", type=int, default=0, help="attempts that are there before (0)")
    parser.add_argument("--broken", action="store_true", help="with a migration that breaks it")
    wanted = parser.parse_args()
    if unknown := set(wanted.ways).difference(WAYS):
        parser.error(f"no way is called {', '.join(sorted(unknown))}")
    folder = Path(tempfile.mkdtemp(prefix="quiz-upgrade-"))
    folder.chmod(0o755)
    try:
        return upgrade(wanted, folder)
    except TrialError as error:
        print(f"FAILED: {error}")
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def upgrade(wanted: argparse.Namespace, folder: Path) -> int:
    before = version_before(folder / "before")
    after = version_after(folder / "after", is_broken=wanted.broken)
    print(f"From {before.name} to {after.name}, with one more migration.")
    for way in wanted.ways or WAYS:
        what, upgrade_it = WAYS[way]
        started = time.monotonic()
        print(f"\n{what}:")
        own = folder / way
        own.mkdir(mode=0o755)
        upgrade_it(before, after, own, wanted.rows)
        print(f"Took {time.monotonic() - started:.0f} s. No one got an error; nothing was lost.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
