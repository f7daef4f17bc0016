"""One machine on SQLite: stop, install, start; and both ways to step back."""

import os
from contextlib import ExitStack
from pathlib import Path

from benchmarks.sites import fill
from deploy.cluster.servers import Site
from deploy.trials import TrialError, run
from deploy.upgrade.several_machines import VISITORS, start
from deploy.upgrade.steps import Person, Steps, changes
from deploy.upgrade.versions import Version
from drills.load import Load
from tests.browser import site as sites


def upgrade(before: Version, after: Version, folder: Path, rows: int) -> None:
    """Print a line for each step. TrialError if a visitor gets an error, or loses something."""
    settings = {
        "PLAIN_HTTP": "1",
        "STARTS_PER_NETWORK": "1000000",  # every visitor here comes from one network
        "ENV_FILE": os.devnull,
    }
    machine = Site("web", folder, "serve", settings)
    with ExitStack() as stack:
        stack.callback(machine.stop)
        start(before, machine)
        data = folder / machine.name
        site = sites.Site(f"http://127.0.0.1:{machine.port}", data, "", machine.pid)
        if rows:
            fill(site, "ours", "quiz_attempt", rows)
        person = Person(site.address)

        def replace(version: Version) -> None:
            machine.stop()
            start(version, machine)

        with Load(site.address, **VISITORS) as load:
            steps = Steps(load.journal, person, may_be_away=True)
            steps.take("nothing yet", lambda: None)
            steps.take("stop, start the new version", lambda: replace(after))
            steps.take("stop, start the old one on the new tables", lambda: replace(before))
        steps.nothing_is_lost(site)
        restore(machine, before)
        if changed := changes(person.first, person.result()):
            raise TrialError(f"A result from before is another one in the copy: {changed}")


def restore(machine: Site, version: Version) -> None:
    """Return to the copy from before the update, without what was saved since then."""
    machine.stop()
    copies = sorted((machine.folder / machine.name / "copies").glob("before-update-*.backup"))
    run(*version.program, "restore", copies[-1], cwd="/", env=machine.environment())
    start(version, machine)
    print("Restored the copy that the new version made before it migrated: the old one serves it.")
