from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from quiz.management.expired import count, delete


class Command(BaseCommand):
    help = (
        "Delete what the site no longer keeps: quizzes not finished within KEEP_UNFINISHED_DAYS, "
        "results older than KEEP_FINISHED_DAYS, expired links, sessions and counters, e-mails in "
        "files, and copies of the database. The site does this every day by itself."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="print what would be deleted without deleting anything",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        is_dry = options["dry_run"]
        for name, number in (count if is_dry else delete)(timezone.now()):
            self.stdout.write(f"{'Would delete' if is_dry else 'Deleted'} {number} {name}")
