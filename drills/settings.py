"""The site's own settings, and the app that can break it on purpose."""

from quizsite.settings import *  # noqa: F403
from quizsite.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "drills"]
