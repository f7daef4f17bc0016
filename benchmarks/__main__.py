"""`make bench`: print what a visit costs, next to the least Django app for the same job.

Takes about 8 minutes where nothing else runs. Name parts to measure only those.
"""

import argparse
import importlib
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks import machine
from benchmarks.sites import Sites
from benchmarks.table import Row, markdown
from tests import postgresql

PARTS = ("visit", "browser", "size", "rate", "connections", "scoring", "pdf", "start")
MORE_PARTS = ("steps", "comparison")  # only when named


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = ", ".join(PARTS + MORE_PARTS)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"{names} (the last two only when named)"
    )
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
    rows: list[Row] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="quiz-bench-")))
        url = ""
        if wanted.postgresql:
            url = stack.enter_context(postgresql.server(postgresql.AS_IN_PRODUCTION))
        sites = Sites(folder, wanted.rows, url)
        for name in wanted.parts or PARTS:
            started = time.monotonic()
            part = importlib.import_module(f"benchmarks.parts.{name}")
            rows += part.measure(sites, wanted)
            print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
        print(f"{machine.described()} {wanted.rows:,} attempts in {sites.database}.\n")
    print(markdown(rows))


if __name__ == "__main__":
    main()
