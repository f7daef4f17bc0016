"""`career-quiz` where the site is installed, `manage.py` in a checkout: the same commands."""

import io
import os
import sys
from contextlib import nullcontext

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from quizsite import __version__, demo_site
from quizsite.postgresql.limits import limits_of_commands
from quizsite.watching import sentry


def main() -> None:
    """Run the command that the arguments name; `manage` before its name is optional."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quizsite.settings")
    # Where the locale lacks a character, print its escape instead of ending the command.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    words = sys.argv[:1] + sys.argv[2 if sys.argv[1:2] == ["manage"] else 1 :]
    if words[1:] == ["--version"]:
        print(__version__)
        return
    if words[1:2] == ["demo"] and "--serve" in words:
        demo_site.use()
    try:
        try:
            # `serve` has them while it prepares the database, and task workers bring them: other
            # workers have those of requests.
            is_server = words[1:2] in (["serve"], ["work"])
            if not is_server:
                sentry.start()
            with nullcontext() if is_server else limits_of_commands():
                execute_from_command_line(words)
        finally:
            sys.stdout.flush()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except BrokenPipeError:
        # The reader of the output has left, as `head` does. Python flushes again when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
