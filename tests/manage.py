"""Run manage.py the way a user does."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def run(*arguments, data, stdout=subprocess.PIPE, **variables):
    """Run a command in a process of its own.

    Only PATH, DATA_DIR (`data`) and `variables` are set. `stdout` is a file instead of a pipe.
    """
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(data), "ENV_FILE": os.devnull}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment | variables,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
