import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quiz.core.answer_lines import LineError, score_line
from quiz.core.questionnaire import Questionnaire
from quiz.management.files import sound_questionnaire
from quiz.questionnaires.file import shipped_questionnaire


class Command(BaseCommand):
    help = "Score answers from JSON Lines to JSON Lines; needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help='one {"id", "answers"} object a line')
        parser.add_argument(
            "--questionnaire", help="a questionnaire file instead of the shipped one"
        )

    def handle(self, *args: Any, file: str, questionnaire: str | None, **options: Any) -> None:
        """Write one result per line; report bad lines on stderr and score the others."""
        asked = sound_questionnaire(questionnaire) if questionnaire else every_shipped_question()
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


def every_shipped_question() -> Questionnaire:
    """Return the newest shipped version, with the background questions of version 1 too.

    Both score alike, so lines need not say which one was answered.
    """
    first, newest = shipped_questionnaire(1), shipped_questionnaire()
    keys = {question.key for question in newest.background}
    older = (question for question in first.background if question.key not in keys)
    return replace(newest, background=(*newest.background, *older))


def numbered_lines(path: str) -> Iterator[tuple[int, bytes]]:
    """Yield lines that aren't blank, with their numbers from 1."""
    try:
        with open(path, "rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
