from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from quizsite.backups.writing import note_backup, write_backup
from quizsite.environment.variables import read

LEAST_LENGTH = 12


class Command(BaseCommand):
    help = (
        "Write the database to FILE while the site runs, and check it. With --encrypt, FILE also "
        "holds the secret key."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a new file")
        parser.add_argument(
            "--encrypt",
            action="store_true",
            help="encrypt with a passphrase, from BACKUP_PASSPHRASE or typed in",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        target = options["file"].absolute()
        counts = write_backup(target, new_passphrase() if options["encrypt"] else "")
        note_backup()
        self.stdout.write(f"{target}: {sum(counts.values())} rows of {len(counts)} tables, checked")


def new_passphrase() -> str:
    """Read a passphrase for a new backup; CommandError if it is short or typed in two ways."""
    passphrase: str = read("BACKUP_PASSPHRASE")
    if not passphrase:
        passphrase = getpass("Passphrase: ")
        if getpass("The same again: ") != passphrase:
            raise CommandError("These were two different passphrases. Try again.")
    if len(passphrase) < LEAST_LENGTH:
        raise CommandError(f"The passphrase needs at least {LEAST_LENGTH} characters.")
    return passphrase
