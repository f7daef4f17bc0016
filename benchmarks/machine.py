"""What a table was measured on."""

import os
import platform
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests import postgresql
from tests.browser.chromium import chromium
from tests.browser.site import ROOT


def described() -> str:
    """Return one line: day, commit, machine, versions, and how busy the machine has been."""
    parts = [
        f"{datetime.now(UTC):%Y-%m-%d}",
        f"commit {_printed('git', '-C', str(ROOT), 'describe', '--always', '--dirty')}",
        f"{os.cpu_count()} cores of {_processor()}",
        f"Linux {platform.release().split('-')[0]}",
        f"Python {platform.python_version()}",
        f"Django {version('django')}",
        f"granian {version('granian')}",
        f"SQLite {sqlite3.sqlite_version}",
    ]
    if folder := postgresql.binaries():
        parts.append(f"PostgreSQL {_printed(str(folder / 'postgres'), '--version').split()[2]}")
    if browser := chromium():
        parts.append(f"Chromium {_printed(browser, '--version').split()[1]}")
    return f"{', '.join(parts)}; load {os.getloadavg()[1]:.1f} in the last 5 minutes."


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _printed(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
