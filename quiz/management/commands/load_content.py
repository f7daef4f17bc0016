from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from quiz.questionnaires.file import shipped_questionnaire
from quiz.questionnaires.models import QuestionnaireVersion
from roles.content import load_roles


class Command(BaseCommand):
    help = "Load the shipped roles and questionnaire into the database; keep what was edited."

    def handle(self, *args: Any, **options: Any) -> None:
        # Both or, on any error, neither.
        with transaction.atomic():
            roles = load_roles()
            questionnaire = load_questionnaire()
        self.stdout.write(f"Roles and figures: {roles}. Questionnaire: {questionnaire}.")


def load_questionnaire() -> str:
    """Publish the shipped questionnaire unless there is any version; say what happened."""
    # Once there is a version, editors decide what the quiz asks.
    if QuestionnaireVersion.objects.exists():
        return "kept"
    version = QuestionnaireVersion.objects.add(shipped_questionnaire(), title="As shipped")
    version.publish()
    return f"version {version.number} published"
