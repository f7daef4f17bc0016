"""For benchmarks that need a database of their own, and each run a process of its own.

A child's peak of memory begins with its parent's: the parent imports next to nothing.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager


@contextmanager
def own_site():
    """A data folder for the block and all processes that it starts (DATABASE_URL: another, empty database)."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DATA_DIR": folder,
            "PLAIN_HTTP": "1",
            "DJANGO_SETTINGS_MODULE": "quizsite.settings",
        }
        yield


def run_once(module, what, *more):
    """Run `module --once what` in a process of its own and return the lines that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", module, "--once", what, *more],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return done.stdout.splitlines()


def print_usage(work):
    """Do the work; print the process's CPU since its start, the work's wall time, and the peak of memory."""
    wall = time.perf_counter()
    work()
    wall = time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(time.process_time(), wall, peak)


def measure(module, about, once, kinds, *, count, of):
    """Read the command line of a benchmark that fills a site with `count` of something, and run it.

    In its own processes, `once(what, count)` fills the site ("fill") or does one kind of work.
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
    """Run each kind of work some times and print its medians with min-max."""
    for what in kinds:
        *told, last = zip(*(run_once(module, what) for _ in range(runs)), strict=True)
        for lines in told:
            print(lines[0])
        figures = zip(*(map(float, line.split()) for line in last), strict=True)
        named = zip(("CPU s", "wall s", "peak MB"), figures, strict=True)
        print(f"{what:12}", ", ".join(f"{name} {spread(values)}" for name, values in named))


def spread(values, digits=2):
    values = [f"{each:.{digits}f}" for each in (statistics.median(values), min(values), max(values))]  # fmt: skip
    return f"{values[0]} ({values[1]}-{values[2]})"
