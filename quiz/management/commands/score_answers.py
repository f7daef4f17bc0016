from argparse import ArgumentParser
from codecs import BOM_UTF8
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quiz.core.answer_lines import LineError, scored_line
from quiz.core.questionnaire import Questionnaire
from quiz.management.files import opened, sound_questionnaire
from quiz.questionnaires.file import shipped_questionnaire


class Command(BaseCommand):
    help = (
        "Score answers: reads JSON Lines and writes a result for each line. Lines with a fault are "
        "reported on stderr, and the others are scored. Needs no database. Exits with 1 on faults."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", help='JSON Lines, each {"id", "answers"}, or - for standard input'
        )
        parser.add_argument("--questionnaire", help="questionnaire file (default: the shipped one)")

    def handle(self, *args: Any, file: str, questionnaire: str | None, **options: Any) -> None:
        """Write one result per line; report bad lines on stderr and score the others."""
        asked = sound_questionnaire(questionnaire) if questionnaire else every_shipped_question()
        bad = 0
        with opened(file) as lines:
            for number, line in enumerate(lines, start=1):
                if not line.removeprefix(BOM_UTF8).strip():
                    continue
                try:
                    outcome = scored_line(asked, line)
                except LineError as error:
                    bad += 1
                    self.stderr.write(f"line {number}: {error}")
                else:
                    self.stdout.write(outcome)
        if bad:
            raise CommandError(f"{bad} line{'s' if bad > 1 else ''} couldn't be scored.")


def every_shipped_question() -> Questionnaire:
    """Return the newest shipped version, with the background questions of version 1 too.

    Both score alike, so lines need not say which one was answered.
    """
    first, newest = shipped_questionnaire(1), shipped_questionnaire()
    keys = {question.key for question in newest.background}
    older = (question for question in first.background if question.key not in keys)
    return replace(newest, background=(*newest.background, *older))
