#!/usr/bin/env python
import io
import os
import sys
from contextlib import nullcontext

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from quizsite.postgresql.limits import limits_of_commands

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quizsite.settings")
    # Where the locale lacks a character, print its escape instead of ending the command.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        try:
            # `serve` has them while it prepares the database, and task workers bring them: other
            # workers have those of requests.
            is_server = sys.argv[1:2] in (["serve"], ["work"])
            with nullcontext() if is_server else limits_of_commands():
                execute_from_command_line(sys.argv)
        finally:
            sys.stdout.flush()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except BrokenPipeError:
        # The reader of the output has left, as `head` does. Python flushes again when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
