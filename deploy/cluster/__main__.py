"""`deploy/try_cluster`: take the quiz in a cluster while its parts fail in turn.

Ends with 0 only if every acknowledged answer is there at the end, and if it notices a cluster with
a mistake: a standby that may lag behind loses answers when the primary is lost.
"""

import argparse
import sys
import threading
import time
from collections import Counter
from types import TracebackType
from typing import Self

from deploy.cluster.cluster import Cluster, cluster
from deploy.cluster.faults import FAULTS, TELLING
from deploy.trials import TrialError
from drills.load import Journal, Load
from tests.browser.site import Site

VISITORS = 8
SECONDS_BETWEEN_FAULTS = 2
SECONDS_TO_RECOVER = 60
# What visitors meet for a moment while a machine is gone: of nginx, or of the site. A 500 is a
# fault of the site: it doesn't lose an answer, but is printed with what the site logged.
PASSING = frozenset({500, 502, 503, 504})
WIDTHS = (26, 15, 9, 0)
HEADS = ("what fails", "no answer for", "5xx", "what happened")


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploy/try_cluster", description=__doc__)
    parser.add_argument("--visits", type=int, default=500, help="to be finished (500)")
    wanted = parser.parse_args()
    try:
        if not loses_nothing(wanted.visits, is_synchronous=True):
            return 1
        print("\nThe same with a standby that may lag behind:\n", flush=True)
        if loses_nothing(visits=1, is_synchronous=False):
            print("FAILED: This should have been noticed.")
            return 1
        print("The mistake was noticed.")
    except TrialError as error:
        print(f"FAILED: {error}")
        return 1
    return 0


def loses_nothing(visits: int, *, is_synchronous: bool) -> bool:
    """Print what was started, killed and counted; return whether all answers are there."""
    started = time.monotonic()
    with cluster(is_synchronous=is_synchronous) as running:
        print(f"Started in {time.monotonic() - started:.0f} s:\n{running.report()}\n", flush=True)
        load = Load(running.address, visitors=VISITORS, passing=PASSING)
        with load:
            print(line(HEADS))
            for name in FAULTS if is_synchronous else [TELLING]:
                print(line(let_fail(name, running, load.journal)), flush=True)
            while finished(load.journal) < visits and not load.journal.faults:
                time.sleep(0.2)
            load.stop()
        return is_complete(load.journal, running)


def let_fail(name: str, running: Cluster, journal: Journal) -> tuple[str, ...]:
    """Let something fail and recover; return a line of the table."""
    time.sleep(SECONDS_BETWEEN_FAULTS)
    errors = refused(journal)
    with Silence(journal) as silence:
        happened = FAULTS[name](running)
        enough, deadline = journal.writes + 50, time.monotonic() + SECONDS_TO_RECOVER
        while journal.writes < enough:
            if time.monotonic() > deadline:
                raise TrialError(f"No one could continue {SECONDS_TO_RECOVER} s after this: {name}")
            time.sleep(0.02)
    return name, f"{silence.seconds:.1f} s", str(refused(journal) - errors), happened


class Silence:
    """The longest time without an acknowledged answer, until the block ends."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.seconds = 0.0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _watch(self) -> None:
        writes, since = self.journal.writes, time.monotonic()
        while not self._is_over.wait(0.02):
            if self.journal.writes != writes:
                writes, since = self.journal.writes, time.monotonic()
            self.seconds = max(self.seconds, time.monotonic() - since)


def is_complete(journal: Journal, running: Cluster) -> bool:
    site = Site(running.address, running.folder, running.primary.url, running.primary.pid)
    lost = journal.lost(site)
    statuses = ", ".join(
        f"{count} x {status}" for status, count in sorted(journal.statuses.items())
    )
    print(
        f"\n{finished(journal)} visits finished, {journal.writes:,} answers acknowledged, "
        f"{len(lost)} of them lost.\nAnswers to visitors: {statuses}"
    )
    tasks = Counter(
        status.lower()
        for (status,) in site.query("SELECT status FROM django_tasks_database_dbtaskresult")
    )
    print(f"Background tasks: {', '.join(f'{n} {state}' for state, n in sorted(tasks.items()))}")
    if tasks["failed"] or not tasks["successful"]:
        journal.faults.append("Background tasks were not done.")
    for each in [*lost[:5], *journal.faults[:5], *errors_in_logs(running)[:5]]:
        print(f"  {each}")
    return not (lost or journal.faults)


def errors_in_logs(running: Cluster) -> list[str]:
    """Return the ends of tracebacks that the site's own machines have logged."""
    lines = [line for site in running.web for line in site.log().splitlines()]
    return [line[-1500:] for line in lines if "Traceback" in line]


def finished(journal: Journal) -> int:
    return sum(kept.is_finished for kept in journal.attempts)


def refused(journal: Journal) -> int:
    return sum(count for status, count in journal.statuses.items() if status in PASSING)


def line(cells: tuple[str, ...]) -> str:
    return "".join(f"{cell:<{width}}" for cell, width in zip(cells, WIDTHS, strict=True))


if __name__ == "__main__":
    sys.exit(main())
