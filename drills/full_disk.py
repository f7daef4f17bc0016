"""With a full disk, pages open, writes are refused with 503, and nothing acknowledged is lost."""

import resource
import time
import urllib.request

from drills.ground import Ground, Outcome
from drills.kills import workers_of
from drills.load import Load, acknowledge_failed_writes

# PostgreSQL writes to a disk of its own.
DATABASES = ("sqlite",)
break_site = acknowledge_failed_writes


def run(ground: Ground) -> Outcome:
    """Let no file of the server grow for a while, as on a full disk; then let them grow again."""
    times = 20 if ground.is_long else 2
    unread = 0
    with ground.site() as site, Load(site.address) as load:
        for _ in range(times):
            time.sleep(0.5)
            _let_files_grow(workers_of(site), most=1)
            time.sleep(1)
            with urllib.request.urlopen(f"{site.address}/roles/") as page:
                unread += page.status != 200
            _let_files_grow(workers_of(site), most=resource.RLIM_INFINITY)
        before = load.journal.writes
        time.sleep(1)
        recovered = load.journal.writes > before
    refused = load.journal.statuses[503]
    lost = len(load.journal.lost(site)) + len(load.journal.faults) + unread + (not recovered)
    if not (refused or ground.is_broken):
        raise RuntimeError("The disk was never full.")
    return Outcome(load.journal.writes, lost, "writes", f"{refused} refused with 503")


def _let_files_grow(pids: list[int], *, most: int) -> None:
    for pid in pids:
        hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, hard))
