"""What the two commands that bring official files in have in common."""

from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roles.importing.apply import apply_release
from roles.importing.parsed import ParsedRelease
from roles.importing.tables import TableError
from roles.models import Role


class ImportCommand(BaseCommand):
    """Read files for the roles' occupations, bring in what they say, and print what changed."""

    def read(self, codes: Iterable[str], options: dict[str, Any]) -> ParsedRelease:
        """Return what the files say of these occupations; raises TableError for a faulty one."""
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, and change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        codes = Role.objects.exclude(occupation_code="").values_list("occupation_code", flat=True)
        try:
            changes = apply_release(self.read(codes, options), is_dry_run=options["dry_run"])
        except TableError as error:
            raise CommandError(str(error)) from error
        for line in changes.lines():
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write("Nothing was written: this was a dry run.")
