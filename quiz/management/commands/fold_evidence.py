from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from quiz.evidence.folding import fold, refold

PAUSE = 0.05  # seconds


class Command(BaseCommand):
    help = (
        "Count what has been finished, or left for a day, since the last time, for the figures in "
        "the admin and on /method/. Each attempt is counted once, however often and by how many "
        "this is run. Meant to run every hour or so."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="count everything from nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rebuild"]:
            refold()
        self.stdout.write(f"Counted {fold(timezone.now(), pause=PAUSE)} attempts")
