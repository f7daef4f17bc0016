from argparse import ArgumentParser
from pathlib import PurePath
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quiz.management.files import questionnaire_from
from quiz.questionnaires.check import check
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.questionnaires.models.parts import site_languages
from quiz.questionnaires.models.version import LONGEST_TITLE


class Command(BaseCommand):
    help = "Create a draft from a questionnaire file. If the file has a fault, nothing changes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="questionnaire in JSON, or - for standard input")
        parser.add_argument("--title", help="name for editors (default: name of the file)")

    def handle(self, *args: Any, file: str, title: str | None, **options: Any) -> None:
        title = checked(title) if title else title_from(file)
        questionnaire = questionnaire_from(file, offered=site_languages())
        draft = QuestionnaireVersion.objects.add(questionnaire, title)
        self.stdout.write(f"draft:{draft.pk} “{draft.title}”")
        for fault in check(questionnaire):
            self.stdout.write(str(fault))


def checked(title: str) -> str:
    """Return the trimmed title; CommandError if it can't be stored."""
    title = title.strip()
    if not 0 < len(title) <= LONGEST_TITLE or title != storable(title):
        raise CommandError(f"This title can't be stored. Use 1 to {LONGEST_TITLE} characters.")
    return title


def title_from(path: str) -> str:
    """Make a title from the name of a file, without its extension."""
    if path == "-":
        return "From standard input"
    return storable(PurePath(path).stem).strip()[:LONGEST_TITLE].strip() or "From a file"


def storable(text: str) -> str:
    # Bytes of a file name that aren't UTF-8 arrive as lone surrogates.
    return text.replace("\0", "?").encode(errors="replace").decode()
