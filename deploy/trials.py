"""What trying a way to install the site takes: a free port, a served site, and a visit."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SECONDS_TO_START = 180


class TrialError(Exception):
    """A way to install the site doesn't work; the text says what happened."""


def run(*command: str | Path, **options: object) -> str:
    """Run a program and return what it printed; TrialError with its output if it fails."""
    done = subprocess.run(
        [str(each) for each in command],
        **{"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True} | options,
    )
    if done.returncode:
        raise TrialError(
            f"{command[0]} ended with {done.returncode}:\n{(done.stdout or '')[-3000:]}"
        )
    return done.stdout or ""


def program(name: str, package: str) -> str:
    """Return the path of a program; TrialError names the Debian package that has it."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if found is None:
        raise TrialError(f"{name} is missing. Install it: apt-get install {package}")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(
    command: Sequence[str | Path], log: Path, **options: object
) -> Iterator[subprocess.Popen]:
    """Run a program until the block ends, then end it by TERM; its output goes to `log`."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(each) for each in command],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **options,
        )
    try:
        yield process
    finally:
        # To all of them: `unshare` doesn't pass it on.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until_ready(address: str, process: subprocess.Popen, log: Path) -> None:
    """Wait until /readyz says that everything is there; TrialError if the program ends first."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise TrialError(f"{address} isn't ready:\n{log.read_text(errors='replace')[-3000:]}")


def take_visits(address: str, count: int = 2) -> None:
    """Take the quiz without JavaScript; TrialError unless every visit ends with a result."""
    run(sys.executable, "-m", "benchmarks.visit", f"{address}/", "-n", str(count), cwd=ROOT)
