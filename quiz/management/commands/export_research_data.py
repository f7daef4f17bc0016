from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from quiz.evidence.research import FILES, write_research
from quiz.management.files import whole_files


class Command(BaseCommand):
    help = (
        "Export the answers of people who agreed to research, without anything that identifies "
        "them: wide.csv (a row for each result), long.csv (a row for each answer) and codebook.csv."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", help="folder to write to (created if needed)")
        parser.add_argument("--force", action="store_true", help="replace existing files")

    def handle(self, *args: Any, folder: str, force: bool, **options: Any) -> None:
        language = settings.LANGUAGE_CODE
        with translation.override(language), whole_files(folder, FILES, force=force) as files:
            written = write_research(files, language)
        for name, lines in zip(FILES, written, strict=True):
            self.stdout.write(f"{name}: {lines.rows} rows, SHA-256 {lines.checksum}")
