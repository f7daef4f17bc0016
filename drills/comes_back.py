"""The site is back within 10 seconds when workers are killed or hang, or all of it is killed."""

import os
import signal
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from drills.ground import Ground, Outcome
from tests.browser.site import Site

MOST_SECONDS = 20.0  # twice what is promised: a machine can be busy
SECONDS_BETWEEN_KILLS = 0.5


def run(ground: Ground) -> Outcome:
    """Count the faults after which the site took too long; the broken one has no supervisor."""
    seconds: dict[str, float] = {}
    most = 2.0 if ground.is_broken else MOST_SECONDS
    with ground.site() as site:
        if ground.is_broken:
            os.kill(site.pid, signal.SIGSTOP)
        try:
            for _ in range(10 if ground.is_long else 5):
                signal_workers(site, signal.SIGKILL)
                time.sleep(1 if ground.is_long else SECONDS_BETWEEN_KILLS)
            signal_workers(site, signal.SIGKILL)
            seconds["killed"] = seconds_until(lambda: answers(site), most)
            signal_workers(site, signal.SIGSTOP)
            seconds["hung"] = seconds_until(lambda: answers(site), most)
        finally:
            os.kill(site.pid, signal.SIGCONT)
        os.kill(site.pid, signal.SIGKILL)
        started = time.monotonic()
        with ground.site():  # on the same data
            seconds["supervisor killed"] = time.monotonic() - started
    late = sum(each >= most for each in seconds.values())
    figures = ", ".join(f"{name} {each:.1f} s" for name, each in seconds.items())
    return Outcome(len(seconds), late, "faults", figures)


def break_site() -> None:
    """Change nothing inside: `run` stops the supervisor of the broken site."""


def signal_workers(site: Site, which: signal.Signals) -> None:
    """Send a signal to all workers there are; while one is replaced there may be none."""
    for pid in Path(f"/proc/{site.pid}/task/{site.pid}/children").read_text().split():
        os.kill(int(pid), which)


def answers(site: Site) -> bool:
    """Return whether a page that reads the database is answered."""
    try:
        with urllib.request.urlopen(f"{site.address}/", timeout=1):
            return True
    except OSError:
        return False


def seconds_until(happens: Callable[[], bool], most: float) -> float:
    started = time.monotonic()
    while not happens():
        if time.monotonic() - started > most:
            return most
        time.sleep(0.05)
    return time.monotonic() - started
