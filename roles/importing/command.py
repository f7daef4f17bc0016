"""The base class of the import commands."""

from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roles.importing.apply import apply_release
from roles.importing.parsed import ParsedRelease
from roles.importing.tables import TableError
from roles.models import Role


class ImportCommand(BaseCommand):
    """Import official files for the roles' occupations and print what changed."""

    def read(self, codes: Iterable[str], options: dict[str, Any]) -> ParsedRelease:
        """Parse the files for these SOC codes; raises TableError if a file is faulty."""
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="print what would change without changing anything",
        )
        parser.add_argument(
            "--older",
            action="store_true",
            help="let an older release replace figures of a newer one",
        )
        parser.add_argument(
            "--accept-large-changes",
            action="store_true",
            help="accept numbers that are more than twice or less than half of what is stored",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        codes = Role.objects.exclude(occupation_code="").values_list("occupation_code", flat=True)
        try:
            summary = apply_release(
                self.read(codes, options),
                is_dry_run=options["dry_run"],
                accepts_older=options["older"],
                accepts_large_changes=options["accept_large_changes"],
            )
        except TableError as error:
            raise CommandError(str(error)) from error
        for line in summary.lines():
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write("Nothing was written: this was a dry run.")
