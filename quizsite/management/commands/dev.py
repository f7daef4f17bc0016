import os
import signal
from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from quizsite.background.worker import Worker
from quizsite.environment.derived import in_link
from quizsite.management.commands.serve import (
    listening_address,
    lock_data,
    prepare_data,
    refuse_a_taken_port,
)


class Command(BaseCommand):
    help = (
        "Serve the site for development on HOST and PORT. Uses the data of serve, reloads on save."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "This server is for development only. Set DEBUG=1, as `make dev` does."
            )
        # A shell has Ctrl-C ignored for what a script starts in the background.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        host, port = listening_address()
        # Django's server runs this command again after every save; the data is ready by then.
        is_again = os.environ.get("RUN_MAIN") == "true"
        with nullcontext() if is_again else lock_data():
            if not is_again:
                refuse_a_taken_port(host, port)
                prepare_data(self.stdout)
            elif settings.TASK_WORKER:
                Worker().start()
            call_command("runserver", f"{in_link(host)}:{port}")
