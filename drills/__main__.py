"""`make drill`: run each drill, then its broken variant, and print what was lost."""

import argparse
import importlib
import pkgutil
import sys
import time
import traceback
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
    failures: list[str] = []
    print(_line(HEADS), flush=True)
    with ExitStack() as stack:
        server_url = stack.enter_context(postgresql.server())
        grounds = Grounds(server_url)
        stack.callback(grounds.close)
        for name in own.names or drills_by_name:
            failures += _drill(grounds, drills_by_name[name], own.database, is_long=own.long)
    print("\n".join([*failures, f"{len(failures)} failed." if failures else "Nothing was lost."]))
    return bool(failures)


def _drill(grounds: Grounds, module: ModuleType, only: str | None, *, is_long: bool) -> list[str]:
    """Run a drill on its databases and its broken variant on the first; return what failed."""
    databases = [each for each in getattr(module, "DATABASES", DATABASES) if only in (None, each)]
    failures: list[str] = []
    for number, database in enumerate(databases):
        trial = Trial(grounds, module, database)
        whole = trial.try_whole(is_long=is_long)
        broken = ""
        if number == 0:
            noticed = trial.try_broken()
            broken = str(noticed.lost) if noticed else "-"
        print(trial.line(whole, broken), flush=True)
        failures += trial.failures
    return failures


class Trial:
    """One drill on one database: a line of the table, and what failed."""

    def __init__(self, grounds: Grounds, module: ModuleType, database: str) -> None:
        self.grounds = grounds
        self.module = module
        self.database = database
        self.name = module.__name__.removeprefix("drills.")
        self.failures: list[str] = []
        self.started = time.monotonic()

    def try_whole(self, *, is_long: bool) -> Outcome | None:
        outcome = self._run(is_long=is_long, is_broken=False)
        if outcome and outcome.lost:
            self._fail(f"lost {outcome.lost} of {outcome.tried} {outcome.unit}")
        elif outcome and not outcome.tried:
            self._fail("tried nothing")
        return outcome

    def try_broken(self) -> Outcome | None:
        outcome = self._run(is_long=False, is_broken=True)
        if outcome and not outcome.lost:
            self._fail("didn't notice that the site was broken")
        return outcome

    def _run(self, *, is_long: bool, is_broken: bool) -> Outcome | None:
        try:
            with self.grounds.fresh(
                self.module.__name__, self.database, is_long=is_long, is_broken=is_broken
            ) as ground:
                return self.module.run(ground)
        except Exception:
            which = "on a broken site" if is_broken else "on the site as it is"
            self._fail(f"ended early {which}:\n{traceback.format_exc()}")
            return None

    def _fail(self, how: str) -> None:
        self.failures.append(f"{self.name} on {self.database} {how}")

    def line(self, whole: Outcome | None, broken: str) -> str:
        seconds = f"{time.monotonic() - self.started:.1f}"
        figures = (whole.tried, whole.survived, whole.lost) if whole else ("-", "-", "-")
        note = f"  {whole.unit}  {whole.note}" if whole else ""
        return _line((self.name, self.database, *figures, broken, seconds)) + note.rstrip()


def _line(cells: tuple[object, ...]) -> str:
    first, second, *others = zip(cells, WIDTHS, strict=True)
    words = [f"{cell:<{width}}" for cell, width in (first, second)]
    return "".join(words + [f"{cell:>{width}}" for cell, width in others])


if __name__ == "__main__":
    sys.exit(main())
