from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from quiz.evidence.folding import PAUSE, fold, refold


class Command(BaseCommand):
    help = (
        "Update the figures in the admin and on /method/: count attempts that were finished, or "
        "left for a day, since the last run. Each attempt counts once, also when this runs twice "
        "or in parallel. The site does this every hour by itself."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="count everything again")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rebuild"]:
            refold()
        self.stdout.write(f"Counted {fold(timezone.now(), pause=PAUSE)} attempts")
