"""`make test`: every test, on SQLite and on PostgreSQL side by side, in one run.

Names what this machine has no way to run; with REQUIRE_ALL=1 that is a failure.
"""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack

from tests import postgresql
from tests.browser.chromium import chromium


def can_lay_out_pdfs() -> bool:
    try:
        for name in ("libpango-1.0.so.0", "libpangoft2-1.0.so.0"):
            ctypes.CDLL(name)
    except OSError:
        return False
    return True


def main() -> int:
    missing = []
    arguments = ["-n", "2"]
    with ExitStack() as stack:
        folder = tempfile.mkdtemp(prefix="quiz-tests-")
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        environment = os.environ | {"TEST_DATA_DIR": folder}
        if postgresql.binaries():
            environment["TEST_POSTGRESQL"] = stack.enter_context(postgresql.server())
            # Each test runs on both; no address can be written here, since // parts the words.
            databases = [f"--tx=popen//env:TEST_ON={name}" for name in ("sqlite", "postgresql")]
            arguments = ["--dist=each", *databases]
        else:
            missing.append("PostgreSQL (Debian: postgresql): all tests run on SQLite only")
        if not chromium():
            missing.append("Chromium (Debian: chromium): no page is tried in a browser")
            arguments += ["-m", "not browser"]
        if not can_lay_out_pdfs():
            missing.append("Pango (Debian: libpango-1.0-0 libpangoft2-1.0-0): no PDF is made")
            arguments += ["-k", "not pdf"]
        for part in missing:
            print(f"NOT RUN HERE: {part}", file=sys.stderr)
        if missing and os.environ.get("REQUIRE_ALL") == "1":
            print("REQUIRE_ALL=1: that is a failure.", file=sys.stderr)
            return 1
        command = [sys.executable, "-m", "pytest", *arguments, *sys.argv[1:]]
        return subprocess.run(command, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
