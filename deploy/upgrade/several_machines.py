"""Two machines on PostgreSQL behind nginx: upgrade them one by one, step back, and go forward."""

import os
import secrets
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.sites import fill
from deploy.cluster.cluster import is_ready, stop
from deploy.cluster.servers import Postgres, Site, wait_until
from deploy.nginx.trial import Nginx, nginx
from deploy.trials import run
from deploy.upgrade.steps import Person, Steps
from deploy.upgrade.versions import Version
from drills.load import Load
from tests.browser import site as sites

# Port 443 of an address that only this trial uses; see deploy/nginx/trial.py.
ADDRESS = "127.83.76.4"
# No error passes. They don't think before they answer, so these are as many as hundreds of people.
VISITORS: Any = {"visitors": 8, "passing": frozenset(), "pause": 0.1}


def upgrade(before: Version, after: Version, folder: Path, rows: int) -> None:
    """Print a line for each step. TrialError if a visitor gets an error, or loses something."""
    with ExitStack() as stack:
        database = Postgres("postgresql", folder, standbys="")
        stack.callback(database.kill)
        database.create()
        settings = {
            "ALLOWED_HOSTS": f"{ADDRESS},127.0.0.1",
            "SITE_URL": f"https://{ADDRESS}",
            "BEHIND_TLS_PROXY": "1",
            "TRUSTED_PROXIES": "1",
            "DATABASE_URL": database.url,
            "SECRET_KEY": secrets.token_urlsafe(50),
            "DELETIONS_DIR": str(folder / "deletions"),
            "STARTS_PER_NETWORK": "1000000",  # every visitor here comes from one network
            "ENV_FILE": os.devnull,
        }
        (folder / "deletions").mkdir()
        machines = [Site(f"web-{n}", folder, "serve", settings) for n in (1, 2)]
        stack.callback(lambda: stop(*machines))
        for machine in machines:
            start_with_files(before, machine)
        addresses = [f"127.0.0.1:{machine.port}" for machine in machines]
        proxy = stack.enter_context(nginx(*addresses, tls=f"{ADDRESS}:443"))
        site = sites.Site(f"https://{ADDRESS}", folder, database.url, machines[0].pid)
        if rows:
            fill(site, "ours", "quiz_attempt", rows)
        person = Person(site.address)

        def replace_all(version: Version) -> None:
            for machine in machines:
                replace(machine, version, proxy)

        def prepare() -> None:
            own = machines[0].environment() | {"DATA_DIR": str(folder / "prepare")}
            run(*after.program, "prepare", cwd="/", env=own)

        with Load(site.address, **VISITORS) as load:
            steps = Steps(load.journal, person)
            steps.take("nothing yet", lambda: None)
            steps.take("prepare, while the old version serves", prepare)
            steps.take("new version, one machine after the other", lambda: replace_all(after))
            steps.take("one step back, on the new tables", lambda: replace_all(before))
            steps.take("forward again", lambda: replace_all(after))
        steps.nothing_is_lost(site)


def replace(machine: Site, version: Version, proxy: Nginx) -> None:
    """Replace a machine's version by the procedure in docs/operating/upgrade.md."""
    address = f"127.0.0.1:{machine.port}"
    proxy.take_out(address)
    machine.stop()
    start_with_files(version, machine)
    proxy.take_in(address)


def start_with_files(version: Version, machine: Site) -> None:
    """Start a version with the static files that it has made before, on another machine.

    Making them takes most of a start, while the other machine serves.
    """
    made, own = version.code / "made", machine.folder / machine.name / "static"
    if made.exists():
        shutil.rmtree(own, ignore_errors=True)
        shutil.copytree(made, own)
    start(version, machine)
    if not made.exists():
        shutil.copytree(own, made)


def start(version: Version, machine: Site) -> None:
    machine.program = version.program
    machine.start()
    wait_until(lambda: is_ready(machine), f"Start of {machine.name}")
