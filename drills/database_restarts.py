"""A database that crashes and restarts under load loses no acknowledged write and gives no 500."""

import os
import random
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import psycopg

from drills.ground import Ground, Outcome
from drills.kills import acknowledge_early
from drills.load import Load
from tests.postgresql import restart_immediately

DATABASES = ("postgresql",)
break_site = acknowledge_early


def run(ground: Ground) -> Outcome:
    """Kill a process of the database, which ends all others; then restart it without a warning."""
    rng = random.Random(1)
    times = 20 if ground.is_long else 2
    with ground.site() as site, Load(site.address) as load:
        for _ in range(times):
            time.sleep(rng.uniform(0.3, 0.8))
            with psycopg.connect(ground.database_url) as connection:
                data = Path(connection.execute("SHOW data_directory").fetchone()[0])  # type: ignore[index]
                backends = _backends(connection)
            if backends:
                with suppress(ProcessLookupError):
                    os.kill(rng.choice(backends), signal.SIGKILL)
            _wait_for(ground.database_url)
            time.sleep(rng.uniform(0.3, 0.8))
            restart_immediately(data)
        before = load.journal.writes
        time.sleep(1.5)
        recovered = load.journal.writes > before
    statuses = load.journal.statuses
    if statuses[500]:
        print((ground.folder / "serve.log").read_text(errors="replace")[-6000:], file=sys.stderr)
    lost = len(load.journal.lost(site)) + len(load.journal.faults) + (not recovered)
    note = f"{2 * times} crashes; {statuses[503]} refused with 503, {statuses[500]} x 500"
    return Outcome(load.journal.writes, lost, "writes", note)


def _backends(connection: psycopg.Connection) -> list[int]:
    rows = connection.execute(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid()"
    ).fetchall()
    return [pid for (pid,) in rows]


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("PostgreSQL didn't come back.")
