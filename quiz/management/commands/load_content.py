from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from quiz.questionnaires.shipped import load_questionnaire
from roles.content import load_roles


class Command(BaseCommand):
    help = "Load the shipped roles and questionnaire into the database; keep what was edited."

    def handle(self, *args: Any, **options: Any) -> None:
        # Both or, on any error, neither.
        with transaction.atomic():
            roles = load_roles()
            questionnaire = load_questionnaire()
        self.stdout.write(f"Roles and figures: {roles}. Questionnaire: {questionnaire}.")
