from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roles.importing.apply import bring_in
from roles.importing.onet import read_release
from roles.importing.tables import TableError
from roles.models import Role


class Command(BaseCommand):
    help = (
        "Bring in a release of O*NET (28.0 or newer) from the folder of its text files. Only "
        "figures of O*NET change; a file with a fault is refused, and then nothing changes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", help="the unpacked text release, such as db_30_3_text")
        parser.add_argument("--release", default="", help="its number, where the folder lacks it")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, and change nothing"
        )

    def handle(self, *args: Any, folder: str, release: str, dry_run: bool, **options: Any) -> None:
        codes = Role.objects.exclude(occupation_code="").values_list("occupation_code", flat=True)
        try:
            reading = read_release(Path(folder), codes, release)
            changes = bring_in(reading, is_rehearsal=dry_run)
        except TableError as error:
            raise CommandError(str(error)) from error
        for line in changes.lines():
            self.stdout.write(line)
        if dry_run:
            self.stdout.write("Nothing was written: this was a dry run.")
