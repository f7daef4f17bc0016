import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from quizsite.doctor.examination import examine
from quizsite.doctor.findings import Level, as_json, as_text, worst


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = (
        "Check whether this site works, from its database to its certificate, and say how to fix "
        "what doesn't. Exit code 1 if there is an error. Sends and changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for scripts")

    def handle(self, *args: Any, **options: Any) -> None:
        results = examine()
        self.stdout.write(as_json(results) if options["json"] else as_text(results))
        if worst(results) == Level.ERROR:
            self.stdout.flush()
            sys.exit(1)
