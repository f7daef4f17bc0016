"""Two counselors with a client each, and browsers that are logged in, on a site that is served."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from drills.ground import Ground
from tests.browser.site import ROOT


@dataclass(frozen=True)
class People:
    """`addresses` maps a name in the matrix of rights to its own, foreign and missing address."""

    addresses: dict[str, dict[str, str]]
    cookies: dict[str, dict[str, str]]  # by role


def people_on(ground: Ground) -> People:
    """Add them to the site's database, in a process of its own."""
    environment = ground.environment() | {"DATA_DIR": str(ground.folder), "PLAIN_HTTP": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "drills.accounts"],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return People(**json.loads(done.stdout))


def made() -> dict[str, Any]:
    import django

    django.setup()
    from tests.matrix_rows import ROWS
    from tests.matrix_world import FOREIGN, MISSING, OWN, World, url_of

    world = World()
    return {
        "addresses": {
            name: {which: url_of(name, world, which) for which in (OWN, FOREIGN, MISSING)}
            for name in ROWS
        },
        "cookies": {
            role: {name: morsel.value for name, morsel in browser.cookies.items()}
            for role, browser in world.browsers.items()
        },
    }


if __name__ == "__main__":
    json.dump(made(), sys.stdout)
