from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quiz.management.files import questionnaire_from
from quiz.questionnaires.check import check


class Command(BaseCommand):
    help = "Say what is wrong with a questionnaire file; exit 1 if anything is an error."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a questionnaire in JSON")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        faults = check(questionnaire_from(file))
        for fault in faults:
            self.stdout.write(str(fault))
        errors = sum(fault.level == "error" for fault in faults)
        if errors:
            raise CommandError(f"{errors} to fix before this questionnaire can be used.")
        self.stdout.write("No errors.")
