"""`make quick`, `make test` and `make test-all`: one pytest run, on both databases side by side.

Names what this machine can't run; with REQUIRE_ALL=1 that is a failure.
"""

import argparse
import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack

from tests import pgbouncer, postgresql, promtool, redis_server
from tests.browser.chromium import chromium, whole_chromium

SELECTIONS = {
    "quick": "SQLite, without a browser, a server or a slow test",
    "main": "SQLite, what may differ on PostgreSQL, and the main journeys in the browser",
    "all": "both databases and every page state in the browser",
}
# One process per database; an address can't be written here, since // separates the words.
SIDES = ["--dist=each", "--tx=popen//env:TEST_ON=sqlite", "--tx=popen//env:TEST_ON=postgresql"]
# What one process has left goes to the other, since some tests take a hundred times as long.
SHARED = ["-n", "2", "--dist=worksteal"]


def can_lay_out_pdfs() -> bool:
    try:
        for name in ("libpango-1.0.so.0", "libpangoft2-1.0.so.0"):
            ctypes.CDLL(name)
    except OSError:
        return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests", description=__doc__)
    parser.add_argument("--select", choices=SELECTIONS, default="main", help=str(SELECTIONS))
    parser.add_argument("--without-main", action="store_true", help="leave out what `main` ran")
    own, arguments = parser.parse_known_args()
    is_quick = own.select == "quick"
    missing = []
    with ExitStack() as stack:
        folder = tempfile.mkdtemp(prefix="quiz-tests-")
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        environment = os.environ | {"TEST_DATA_DIR": folder, "TEST_SELECTION": own.select}
        if own.without_main:
            environment["TEST_SELECTION"] = "rest"
        if own.select == "all":
            arguments = ["--durations=10", *arguments]
        if is_quick:
            arguments = [*SHARED, *arguments]
        elif postgresql.binaries():
            environment["TEST_POSTGRESQL"] = stack.enter_context(postgresql.server())
            arguments = [*SIDES, *arguments]
        else:
            missing.append("PostgreSQL (Debian: postgresql): tests run on SQLite only")
            arguments = [*SHARED, *arguments]
        if not is_quick and not chromium():
            missing.append("Chromium (Debian: chromium-headless-shell): no browser opens a page")
            arguments = ["-m", "not browser", *arguments]
        if not can_lay_out_pdfs():
            missing.append("Pango (Debian: libpango-1.0-0 libpangoft2-1.0-0): no PDF is made")
            arguments = ["-k", "not pdf", *arguments]
        if own.select == "all" and not redis_server.is_installed():
            missing.append("Redis (Debian: redis-server): CACHE_URL is tried without a server")
        if own.select == "all" and not whole_chromium():
            missing.append("Chromium (Debian: chromium): whether the site installs isn't tried")
        if own.select == "all" and not pgbouncer.is_installed():
            missing.append("PgBouncer (Debian: pgbouncer): PGBOUNCER is tried without a pooler")
        if own.select == "all" and not promtool.is_installed():
            missing.append("promtool (Debian: prometheus): alerts are not tried")
        for part in missing:
            print(f"NOT RUN HERE: {part}", file=sys.stderr)
        if missing and os.environ.get("REQUIRE_ALL") == "1":
            print("REQUIRE_ALL=1 makes that a failure.", file=sys.stderr)
            return 1
        print(f"Running: {SELECTIONS[own.select]}.", file=sys.stderr)
        command = [sys.executable, "-m", "pytest", *arguments]
        return subprocess.run(command, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
