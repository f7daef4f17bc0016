import os
from importlib import import_module

from django.apps import AppConfig


class DrillsConfig(AppConfig):
    name = "drills"

    def ready(self) -> None:
        """Break the site as the drill that DRILL_BROKEN names does it."""
        if os.environ.get("DRILL_BROKEN"):
            import_module(os.environ["DRILL_BROKEN"]).break_site()
