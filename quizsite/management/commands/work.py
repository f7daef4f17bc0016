import asyncio
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections

from quizsite.management.commands.serve import end_on_signals, lock_data
from quizsite.server import TASKS
from quizsite.supervisor import Supervisor


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = (
        "Do background work until Ctrl-C or TERM: e-mails, figures, deletion. `serve` does it too, "
        "unless TASK_WORKER=0. On PostgreSQL, run this on as many machines as you like."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        end_on_signals()
        # On SQLite, one server or worker at a time uses the data.
        with lock_data():
            connections.close_all()
            self.stdout.write("Working")
            self.stdout.flush()
            sys.exit(asyncio.run(Supervisor(None, [TASKS]).run()))
