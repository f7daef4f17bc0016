import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quiz.answer_lines import LineError, score_line
from quiz.questionnaire import Questionnaire, check
from quiz.questionnaire_file import FileFault, read, shipped_questionnaire


class Command(BaseCommand):
    help = "Score answers from JSON Lines to JSON Lines; needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help='one {"id", "answers"} object a line')
        parser.add_argument("--questionnaire", help="a questionnaire file other than the shipped")

    def handle(self, *args: Any, file: str, questionnaire: str | None, **options: Any) -> None:
        """Write a result a line; bad lines are named on stderr, the others still scored."""
        asked = sound_questionnaire(questionnaire) if questionnaire else shipped_questionnaire()
        bad = 0
        for number, line in numbered_lines(file):
            try:
                outcome = score_line(asked, line)
            except LineError as error:
                bad += 1
                self.stderr.write(f"line {number}: {error}")
            else:
                self.stdout.write(json.dumps(outcome, ensure_ascii=False))
        if bad:
            raise CommandError(f"{bad} line{'s' if bad > 1 else ''} could not be scored.")


def numbered_lines(path: str) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank, with their numbers from 1."""
    try:
        with open(path, "rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None


def questionnaire_from(path: str) -> Questionnaire:
    """Return the questionnaire of a file; CommandError says what is wrong with it."""
    try:
        with open(path, encoding="utf-8") as file:
            return read(file.read())
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CommandError(f"{path}: not a text file in UTF-8") from None
    except FileFault as fault:
        raise CommandError("\n".join(f"{path}: {line}" for line in fault.faults)) from None


def sound_questionnaire(path: str) -> Questionnaire:
    """Return the questionnaire of a file in which `check` finds no error."""
    questionnaire = questionnaire_from(path)
    errors = [fault for fault in check(questionnaire) if fault.level == "error"]
    if errors:
        raise CommandError("\n".join(f"{path}: {fault}" for fault in errors))
    return questionnaire
