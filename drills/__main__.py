"""`make drill`: run each drill, then its broken variant, and print what was lost."""

import argparse
import importlib
import pkgutil
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from types import ModuleType

import drills
from drills.ground import Grounds, Outcome
from tests import postgresql

DATABASES = ("sqlite", "postgresql")
HEADS = ("drill", "database", "tried", "survived", "lost", "broken: lost", "seconds")
WIDTHS = (28, 11, 9, 9, 7, 13, 8)


def found() -> dict[str, ModuleType]:
    """Return the drills by name: the modules here that define `run`."""
    names = [module.name for module in pkgutil.iter_modules(drills.__path__)]
    modules = {
        name: importlib.import_module(f"drills.{name}") for name in names if name != "__main__"
    }
    return {name: module for name, module in modules.items() if hasattr(module, "run")}


def main() -> int:
    drills_by_name = found()
    parser = argparse.ArgumentParser(prog="python -m drills", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(drills_by_name))
    parser.add_argument("--long", action="store_true", help="try each as often as documented")
    parser.add_argument("--database", choices=DATABASES)
    own = parser.parse_args()
    unknown = [name for name in own.names if name not in drills_by_name]
    if unknown:
        parser.error(f"no drill is called {', '.join(unknown)}")
    modules = [drills_by_name[name] for name in own.names or drills_by_name]
    trials = [
        Trial(module, database, has_broken=database == databases[0])
        for module in modules
        for databases in [getattr(module, "DATABASES", DATABASES)]
        for database in databases
        if own.database in (None, database)
    ]
    print(_line(HEADS), flush=True)
    with ExitStack() as stack:
        grounds = Grounds(stack.enter_context(postgresql.server()))
        stack.callback(grounds.close)
        run_side_by_side(trials, grounds, is_long=own.long)
    failures = [failure for trial in trials for failure in trial.failures]
    print("\n".join([*failures, f"{len(failures)} failed." if failures else "Nothing was lost."]))
    return bool(failures)


def run_side_by_side(trials: list["Trial"], grounds: Grounds, *, is_long: bool) -> None:
    """Run drills next to each other, but what uses PostgreSQL one by one: some stop its server."""
    grounds.prepare()

    def run(trial: Trial) -> None:
        trial.run(grounds, is_long=is_long)
        print(trial.line(), flush=True)

    with ThreadPoolExecutor(1) as on_postgresql, ThreadPoolExecutor(2) as elsewhere:
        lanes = {True: on_postgresql, False: elsewhere}
        runs = [lanes[trial.uses_postgresql].submit(run, trial) for trial in trials]
        for each in runs:
            each.result()


class Trial:
    """One drill on one database: a line of the table, and what failed."""

    def __init__(self, module: ModuleType, database: str, *, has_broken: bool) -> None:
        self.module = module
        self.database = database
        self.has_broken = has_broken  # one database is enough to see that the drill notices
        self.name = module.__name__.removeprefix("drills.")
        self.uses_postgresql = database == "postgresql" or hasattr(module, "USES_POSTGRESQL")
        self.failures: list[str] = []
        self.whole: Outcome | None = None
        self.broken: Outcome | None = None
        self.seconds = 0.0

    def run(self, grounds: Grounds, *, is_long: bool) -> None:
        """Run the drill on the site as it is, then on one that is broken on purpose."""
        started = time.monotonic()
        self.whole = self._outcome(grounds, is_long=is_long, is_broken=False)
        if self.whole and self.whole.lost:
            self._fail(f"lost {self.whole.lost} of {self.whole.tried} {self.whole.unit}")
        elif self.whole and not self.whole.tried:
            self._fail("tried nothing")
        if self.has_broken:
            self.broken = self._outcome(grounds, is_long=False, is_broken=True)
            if self.broken and not self.broken.lost:
                self._fail("didn't notice that the site was broken")
        self.seconds = time.monotonic() - started

    def _outcome(self, grounds: Grounds, *, is_long: bool, is_broken: bool) -> Outcome | None:
        try:
            with grounds.fresh(
                self.module.__name__, self.database, is_long=is_long, is_broken=is_broken
            ) as ground:
                return self.module.run(ground)
        except Exception:
            which = "on a broken site" if is_broken else "on the site as it is"
            self._fail(f"ended early {which}:\n{traceback.format_exc()}")
            return None

    def _fail(self, how: str) -> None:
        self.failures.append(f"{self.name} on {self.database} {how}")

    def line(self) -> str:
        whole, broken = self.whole, self.broken
        figures = (whole.tried, whole.survived, whole.lost) if whole else ("-", "-", "-")
        caught = (broken.lost if broken else "-") if self.has_broken else ""
        note = f"  {whole.unit}  {whole.note}" if whole else ""
        cells = (self.name, self.database, *figures, caught, f"{self.seconds:.1f}")
        return _line(cells) + note.rstrip()


def _line(cells: tuple[object, ...]) -> str:
    first, second, *others = zip(cells, WIDTHS, strict=True)
    words = [f"{cell:<{width}}" for cell, width in (first, second)]
    return "".join(words + [f"{cell:>{width}}" for cell, width in others])


if __name__ == "__main__":
    sys.exit(main())
