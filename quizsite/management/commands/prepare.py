from typing import Any

from django.core.management.base import BaseCommand

from quizsite.management.commands.serve import prepare_data


class Command(BaseCommand):
    help = (
        "Bring database and content up to date, as `serve` does before it serves. For a step of "
        "its own before several machines start, such as a Job of Kubernetes."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        prepare_data(self.stdout)
