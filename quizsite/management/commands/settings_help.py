from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from quizsite.environment.settings_help import as_json, as_markdown, as_text


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = "List every environment variable: meaning, default, value in force. Hides secrets."

    def add_arguments(self, parser: CommandParser) -> None:
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="for scripts")
        form.add_argument(
            "--markdown", action="store_true", help="the page docs/reference/settings.md"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        form = as_json if options["json"] else as_markdown if options["markdown"] else as_text
        self.stdout.write(form().rstrip("\n"))
