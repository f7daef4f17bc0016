from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quiz.questionnaires.file import write
from quiz.questionnaires.models import QuestionnaireVersion

LONGEST_NUMBER = 9


class Command(BaseCommand):
    help = "Export a version of the questionnaire as JSON, for import_questionnaire."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("which", help="number of a published version, live, or draft:ID")
        parser.add_argument("--output", help="file to write (default: standard output)")

    def handle(self, *args: Any, which: str, output: str | None, **options: Any) -> None:
        file = write(version_called(which).questionnaire()).encode()
        if output is None:
            self._print(file)
            return
        try:
            Path(output).write_bytes(file)
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror}") from None

    def _print(self, file: bytes) -> None:
        # Bytes, because the encoding and line endings of a terminal would change the file.
        stream = getattr(self.stdout, "buffer", None)
        if stream is None:
            self.stdout.write(file.decode(), ending="")
        else:
            stream.write(file)
            stream.flush()


def version_called(which: str) -> QuestionnaireVersion:
    """Find a version by its number, as `live`, or as `draft:ID`."""
    versions = QuestionnaireVersion.objects.with_parts()
    kind, _colon, pk = which.partition(":")
    if which == "live":
        found = versions.published().first()
    elif kind == "draft" and _is_number(pk):
        found = versions.drafts().filter(pk=int(pk)).first()
    elif _is_number(which):
        found = versions.filter(number=int(which)).first()
    else:
        raise CommandError(
            f"“{which:.80}” isn't a version. Give a published number, live, or draft:ID."
        )
    if found is None:
        known = ", ".join(_names())
        raise CommandError(f"There is no version “{which}”. Choose one of: {known or 'none'}.")
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER


def _names() -> list[str]:
    return [
        str(version.number) if version.number else f"draft:{version.pk}"
        for version in QuestionnaireVersion.objects.order_by("number", "pk")
    ]
