"""The site's own settings, the app that can break it on purpose, and no limit on starts."""

from quizsite.settings import *  # noqa: F403
from quizsite.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "drills"]
# All visitors of a drill come from one address, faster than any school.
STARTS_PER_NETWORK = 1_000_000
