"""Questionnaires from files that are named on the command line."""

import sys

from django.core.management.base import CommandError

from quiz.questionnaire import Questionnaire, check
from quiz.questionnaire_file import MOST_BYTES, FileFault, read


def questionnaire_from(path: str, *, offered: list[str] | None = None) -> Questionnaire:
    """Return the questionnaire of a file (- is standard input); CommandError says what is wrong."""
    try:
        return read(_bytes_of(path), offered=offered)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
    except FileFault as fault:
        raise CommandError("\n".join(f"{path}: {line}" for line in fault.faults)) from None


def _bytes_of(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with open(path, "rb") as file:
        return file.read(MOST_BYTES + 1)


def sound_questionnaire(path: str) -> Questionnaire:
    """Return the questionnaire of a file in which `check` finds no error."""
    questionnaire = questionnaire_from(path)
    errors = [fault for fault in check(questionnaire) if fault.level == "error"]
    if errors:
        raise CommandError("\n".join(f"{path}: {fault}" for fault in errors))
    return questionnaire
