from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from quizsite.backups.moving import move_to
from quizsite.backups.on_sqlite import refuse_other_users
from quizsite.management.commands.restore import refuse_while_served


class Command(BaseCommand):
    help = (
        "Copy the site from SQLite to the empty PostgreSQL database at URL, and compare every "
        "table. Stop the server first; the SQLite file stays as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", help="postgres://user:password@host:5432/name")

    def handle(self, *args: Any, **options: Any) -> None:
        with refuse_while_served():
            refuse_other_users()
            tables = move_to(options["url"])
        for table in tables:
            if table.rows:
                self.stdout.write(f"{table.name:40}{table.rows:10}  {table.checksum[:16]}")
        self.stdout.write(
            f"Moved {sum(table.rows for table in tables)} rows of {len(tables)} tables; counts and "
            "checksums are equal. Set DATABASE_URL to the new database, then start the server."
        )
