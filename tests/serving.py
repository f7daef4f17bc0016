"""Commands that keep running, which tests start in groups of their own."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.browser.site import free_port

ROOT = Path(__file__).resolve().parents[1]
# Far more than it takes; a test that waits as long has failed.
PATIENCE = 180  # seconds


@contextmanager
def serving(folder: Path, command="serve", **options) -> Iterator[subprocess.Popen]:
    """Run a command in a process group of its own, which is gone when the block ends.

    What it prints is in a file of the folder that is named after the command.
    """
    environment = {"PLAIN_HTTP": "1", "PATH": "/usr/bin:/bin", "DATA_DIR": str(folder)}
    environment["ENV_FILE"] = os.devnull
    with (folder / f"{command}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", command],
            cwd=ROOT,
            env=environment | {"PORT": str(free_port())} | options.pop("env", {}),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **options,
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def wait_until(happens: Callable[[], object], process: subprocess.Popen) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happens():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)


def has_printed(words: str, folder: Path) -> bool:
    return words in (folder / "serve.log").read_text(errors="replace")


def has_a_worker(process: subprocess.Popen) -> bool:
    return Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text() != ""


def exit_code(process: subprocess.Popen, ended_by: signal.Signals) -> int:
    """Send the signal, as a terminal sends Ctrl-C to all and a supervisor TERM to one."""
    if ended_by == signal.SIGINT:
        os.killpg(process.pid, ended_by)
    else:
        process.send_signal(ended_by)
    return process.wait(PATIENCE)


def wait_for_the_end_of(process: subprocess.Popen) -> None:
    """Wait until the whole group is gone."""
    deadline = time.monotonic() + PATIENCE
    while not is_group_gone(process):
        assert time.monotonic() < deadline
        time.sleep(0.005)


def is_group_gone(process: subprocess.Popen) -> bool:
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return True
    return False


def is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz"):
            return True
    except OSError:
        return False
