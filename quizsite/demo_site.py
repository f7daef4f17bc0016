"""The environment of `demo --serve`: a site of its own, on this machine alone."""

import os
from pathlib import Path

from quizsite.environment.derived import users_folder
from quizsite.environment.variables import VARIABLES

# What may come from outside. Nothing else, also from a `.env` file, is that of the real site.
KEPT = {"PORT", "TIME_ZONE"}


def folder() -> Path:
    """Return the demo's folder, next to that of an installed site."""
    return users_folder() / "career-quiz-demo"


def use() -> None:
    """Set the environment; before the settings are read, because they create a data folder."""
    own = {
        "ENV_FILE": os.devnull,
        "DATA_DIR": str(folder()),
        "DEMO": "1",
        "PLAIN_HTTP": "1",
        # No one is asked for a second code within a working day.
        "IDLE_MINUTES": "720",
    }
    of_the_real_site = VARIABLES.keys() - KEPT
    others = {name: text for name, text in os.environ.items() if name not in of_the_real_site}
    os.environ.clear()
    os.environ |= others | own
