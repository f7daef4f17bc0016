from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quiz.evidence.answer_batches import BatchScorer
from quiz.management.files import opened, sound_questionnaire
from quiz.questionnaires.file import shipped_questionnaire, with_first_background

# Lines are scored in batches of about this many bytes.
BATCH_BYTES = 1_000_000


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
        if questionnaire:
            scorer = BatchScorer(sound_questionnaire(questionnaire))
        else:
            scorer = BatchScorer(with_first_background(shipped_questionnaire()))
        bad = before = 0
        with opened(file) as source:
            while lines := source.readlines(BATCH_BYTES):
                batch = scorer.scored(lines)
                for place, message in batch.faults:
                    self.stderr.write(f"line {before + place + 1}: {message}")
                if batch.results:
                    self.stdout.write("\n".join(batch.results))
                bad += len(batch.faults)
                before += len(lines)
        if bad:
            raise CommandError(f"{bad} line{'s' if bad > 1 else ''} couldn't be scored.")
