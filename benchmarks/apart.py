"""Helpers for benchmarks with their own database and one process per run.

A child's peak memory starts at its parent's, so the parent imports as little as possible.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager

from benchmarks.table import spread


@contextmanager
def own_site():
    """Set up a data folder for the block and its child processes. DATABASE_URL selects another, empty database."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DATA_DIR": folder,
            "ENV_FILE": os.devnull,
            "PLAIN_HTTP": "1",
            "DJANGO_SETTINGS_MODULE": "quizsite.settings",
        }
        yield


def run_once(module, what, *more):
    """Run `module --once what` in its own process, and return the lines it prints."""
    done = subprocess.run(
        [sys.executable, "-m", module, "--once", what, *more],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return done.stdout.splitlines()


def print_usage(work):
    """Do the work, then print the process's CPU time, the work's wall time and the peak memory."""
    wall = time.perf_counter()
    work()
    wall = time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(time.process_time(), wall, peak)


def measure(module, about, once, kinds, *, count, of):
    """Parse the command line of a benchmark that fills a site with `count` rows, and run it.

    Each process calls `once(what, count)`, which fills the site ("fill") or does one kind of work.
    """
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("-n", type=int, default=count, help=of)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--once", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.once:
        once(wanted.once, wanted.n)
        return
    with own_site():
        run_once(module, "fill", "-n", str(wanted.n))
        report(module, *kinds, runs=wanted.runs)


def report(module, *kinds, runs):
    """Run each kind of work several times, and print medians with min-max."""
    for what in kinds:
        *printed, last = zip(*(run_once(module, what) for _ in range(runs)), strict=True)
        for lines in printed:
            print(lines[0])
        usage = zip(*(map(float, line.split()) for line in last), strict=True)
        named = zip(("CPU s", "wall s", "peak MB"), usage, strict=True)
        print(f"{what:12}", ", ".join(f"{name} {spread(values)}" for name, values in named))
