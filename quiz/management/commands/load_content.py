from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from quiz.questionnaires.shipped import load_questionnaire
from roles.content import load_roles


class Command(BaseCommand):
    help = "Load the shipped jobs and questionnaire. Keeps what someone has edited."

    def handle(self, *args: Any, **options: Any) -> None:
        # Both or, on any error, neither.
        with transaction.atomic():
            roles = load_roles()
            questionnaire = load_questionnaire()
        self.stdout.write(f"Jobs and figures: {roles}. Questionnaire: {questionnaire}.")
