import os
from contextlib import AbstractContextManager, nullcontext
from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from quizsite.backups.on_sqlite import database_file
from quizsite.backups.restoring import restore
from quizsite.backups.writing import is_encrypted
from quizsite.environment.variables import read
from quizsite.locks import AlreadyRunning, only_one


def refuse_while_served() -> AbstractContextManager[object]:
    """Lock the folder of a SQLite database; CommandError if a server uses it.

    On PostgreSQL, `restore` looks at the connections instead, since servers run elsewhere too.
    """
    if connection.vendor != "sqlite":
        return nullcontext()
    try:
        return only_one(database_file().parent)
    except AlreadyRunning as error:
        raise CommandError(str(error)) from None


class Command(BaseCommand):
    help = (
        "Replace the database with the backup FILE, migrate it, and delete again what people "
        "deleted since it was made. Stop the server first; what was replaced is kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a file that `backup` wrote")

    def handle(self, *args: Any, **options: Any) -> None:
        os.umask(0o077)
        file = options["file"].absolute()
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        with refuse_while_served():
            passphrase = ""
            if is_encrypted(file):
                passphrase = read("BACKUP_PASSPHRASE") or getpass("Passphrase: ")
            restored = restore(file, passphrase)
        for name, count in restored.deleted.items():
            self.stdout.write(f"Deleted again: {count} {name}")
        for kept in restored.kept:
            self.stdout.write(f"Kept what was replaced: {kept}")
        if restored.secret_key:
            self.stdout.write(
                "The backup has another secret key than SECRET_KEY. Set SECRET_KEY to the one in "
                f"{restored.secret_key}, then delete this file."
            )
        self.stdout.write(
            f"Restored {file.name}. Everyone has to log in again. Accounts closed or deleted since "
            "the backup are open again: close them before others use the site."
        )
