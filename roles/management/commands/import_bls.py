from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roles.importing.apply import bring_in
from roles.importing.bls import read_bls
from roles.importing.tables import TableError
from roles.models import Role


class Command(BaseCommand):
    help = (
        "Bring in a table of the US Bureau of Labor Statistics as published, XLSX or CSV: national "
        "wages (OEWS) or employment projections (table 1.2). Only figures of that source change; a "
        "file with a fault is refused, and then nothing changes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="such as national_M2025_dl.xlsx or occupation.xlsx")
        parser.add_argument(
            "--period", default="", help="the month of a wage table, where its name lacks it"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, and change nothing"
        )

    def handle(self, *args: Any, file: str, period: str, dry_run: bool, **options: Any) -> None:
        codes = Role.objects.exclude(occupation_code="").values_list("occupation_code", flat=True)
        try:
            reading = read_bls(Path(file), codes, period)
            changes = bring_in(reading, is_rehearsal=dry_run)
        except TableError as error:
            raise CommandError(str(error)) from error
        for line in changes.lines():
            self.stdout.write(line)
        if dry_run:
            self.stdout.write("Nothing was written: this was a dry run.")
