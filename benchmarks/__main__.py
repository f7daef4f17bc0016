"""`make bench`: print what a visit costs, next to the least Django app for the same job.

Takes about 8 minutes where nothing else runs. Name parts to measure only those.
"""

import argparse
import importlib
import sys
import tempfile
import time
import traceback
from contextlib import ExitStack
from pathlib import Path

from benchmarks import machine
from benchmarks.sites import Sites
from benchmarks.table import Row, markdown
from tests import postgresql

PARTS = ("visit", "browser", "size", "rate", "connections", "scoring", "pdf", "start")
MORE_PARTS = ("steps", "comparison")  # only when named


def main() -> None:
    wanted = wanted_from_command_line()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="quiz-bench-")))
        url = ""
        if wanted.postgresql:
            url = stack.enter_context(postgresql.server(postgresql.AS_IN_PRODUCTION))
        sites = Sites(folder, wanted.rows, url)
        rows, failed = measure(wanted.parts or PARTS, sites, wanted)
        print(f"{machine.described()} {wanted.rows:,} attempts in {sites.database}.\n")
    print(markdown(rows))
    if failed:
        sys.exit(f"Not measured, for the reasons above: {', '.join(failed)}")


def wanted_from_command_line() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = ", ".join(PARTS + MORE_PARTS)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{names} (the last two only when named)")  # fmt: skip
    parser.add_argument("--rows", type=int, default=10_000, help="attempts in the database")
    parser.add_argument("--postgresql", action="store_true", help="instead of SQLite")
    parser.add_argument("--runs", type=int, default=5, help="turns, where both take turns")
    parser.add_argument("--minutes", type=float, default=1, help="of requests at a fixed rate")
    parser.add_argument(
        "--real-time", action="store_true", help="let the browser wait between answers"
    )
    wanted = parser.parse_args()
    if unknown := set(wanted.parts).difference(PARTS, MORE_PARTS):
        parser.error(f"no part is called {', '.join(sorted(unknown))}; there are {names}")
    if wanted.rows < 1 or wanted.runs < 1 or wanted.minutes <= 0:
        parser.error("--rows, --runs and --minutes must be above 0")
    if wanted.postgresql and postgresql.binaries() is None:
        parser.error("PostgreSQL's initdb and pg_ctl are not installed (Debian: postgresql)")
    return wanted


def measure(
    names: tuple[str, ...], sites: Sites, wanted: argparse.Namespace
) -> tuple[list[Row], list[str]]:
    """Return the rows of these parts, and the names of those that ended by an error."""
    rows: list[Row] = []
    failed = []
    for name in names:
        started = time.monotonic()
        part = importlib.import_module(f"benchmarks.parts.{name}")
        try:
            rows += part.measure(sites, wanted)
        except Exception:
            traceback.print_exc()
            failed.append(name)
        print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return rows, failed


if __name__ == "__main__":
    main()
