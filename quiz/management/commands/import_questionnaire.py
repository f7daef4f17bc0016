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
    help = "Make a draft of a file; a file with a fault is refused whole, and nothing is changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a questionnaire in JSON; - reads standard input")
        parser.add_argument("--title", help="a name for editors; otherwise the file's")

    def handle(self, *args: Any, file: str, title: str | None, **options: Any) -> None:
        title = checked(title) if title else title_from(file)
        questionnaire = questionnaire_from(file, offered=site_languages())
        draft = QuestionnaireVersion.objects.add(questionnaire, title)
        self.stdout.write(f"draft:{draft.pk} “{draft.title}”")
        for fault in check(questionnaire):
            self.stdout.write(str(fault))


def checked(title: str) -> str:
    """Return a title that can be stored; CommandError if this one can't."""
    title = title.strip()
    if not 0 < len(title) <= LONGEST_TITLE or title != storable(title):
        raise CommandError(
            f"A title has 1 to {LONGEST_TITLE} characters, and each is one that can be stored."
        )
    return title


def title_from(path: str) -> str:
    """Return the name of a file without its ending, as far as it can be a title."""
    if path == "-":
        return "From standard input"
    return storable(PurePath(path).stem).strip()[:LONGEST_TITLE].strip() or "From a file"


def storable(text: str) -> str:
    # What is no UTF-8 in a file's name comes here as lone surrogates.
    return text.replace("\0", "?").encode(errors="replace").decode()
