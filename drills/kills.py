"""Killing workers and the whole server while people answer loses no acknowledged write."""

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from drills.ground import Ground, Outcome
from drills.load import Load
from tests.browser.site import Site, free_port

SECONDS_TO_COME_BACK = 30.0


def run(ground: Ground) -> Outcome:
    """Kill a worker, then the server with all its workers; once more from the start."""
    rng = random.Random(1)
    port = str(free_port())
    kills = 250 if ground.is_long else 1 if ground.is_broken else 2
    seconds = []
    load = Load(f"http://127.0.0.1:{port}", visitors=8)
    with load:
        for _ in range(kills):
            with ground.site(PORT=port) as site:
                time.sleep(rng.uniform(0.1, 0.5))
                _kill(rng.choice(workers_of(site)))
                seconds.append(_seconds_until_answered(load))
                time.sleep(rng.uniform(0.1, 0.5))
                for pid in [site.pid, *workers_of(site)]:
                    _kill(pid)
        with ground.site(PORT=port):
            _seconds_until_answered(load)
            load.stop()
    lost = load.journal.lost(site)
    unknown = load.journal.faults
    note = f"{2 * kills} kills; a worker was back in {max(seconds):.1f} s at most"
    return Outcome(load.journal.writes, len(lost) + len(unknown), "writes", note)


def acknowledge_early() -> None:
    """Break a site: acknowledge answers half a second before they are written."""
    from quiz.attempts.models import Attempt

    write = Attempt._write
    waiting: list[tuple[float, Attempt, dict[str, Any]]] = []

    def write_later(self: Attempt, **changes: Any) -> bool:
        while waiting and waiting[0][0] < time.monotonic() - 0.5:
            _since, attempt, earlier = waiting.pop(0)
            write(attempt, **earlier)
        waiting.append((time.monotonic(), self, changes))
        return True

    Attempt._write = write_later  # type: ignore[method-assign]


break_site = acknowledge_early


def workers_of(site: Site) -> list[int]:
    """Return the processes that the server has started."""
    children = Path(f"/proc/{site.pid}/task/{site.pid}/children")
    return [int(pid) for pid in children.read_text().split()]


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _seconds_until_answered(load: Load) -> float:
    """Wait for the next acknowledged write."""
    started, before = time.monotonic(), load.journal.writes
    while load.journal.writes == before:
        if time.monotonic() - started > SECONDS_TO_COME_BACK:
            raise RuntimeError("The site didn't come back.")
        time.sleep(0.02)
    return time.monotonic() - started
