"""Run manage.py the way a user does."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def run(*arguments, **kwargs):
    """Run a command in a process of its own; only PATH and DATA_DIR (`data`) are set."""
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(kwargs.pop("data"))}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
