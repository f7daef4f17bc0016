from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quiz.core.careless import FIVE_POINT_SPAN
from quiz.core.numbers import plain_text
from quiz.management.files import questionnaire_from
from quiz.questionnaires.check import check


class Command(BaseCommand):
    help = "Check a questionnaire file and list its faults. Exits with 1 if there are errors."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="questionnaire in JSON, or - for standard input")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        questionnaire = questionnaire_from(file)
        faults = check(questionnaire)
        for fault in faults:
            self.stdout.write(str(fault))
        errors = sum(fault.level == "error" for fault in faults)
        if errors:
            raise CommandError(
                f"Fix {errors} error{'s' if errors > 1 else ''} before you use this questionnaire."
            )
        self.stdout.write("No errors.")
        times = (questionnaire.high - questionnaire.low) / FIVE_POINT_SPAN
        if times != 1:
            self.stdout.write(
                f"The scale runs from {questionnaire.low} to {questionnaire.high}, so limits for "
                f"careless answers are {plain_text(times)} times those for 1 to 5 "
                "(see docs/explanation/scoring.md)."
            )
