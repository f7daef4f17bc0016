from argparse import ArgumentParser
from pathlib import PurePath
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quiz.management.files import questionnaire_from
from quiz.models import QuestionnaireVersion
from quiz.models.parts import site_languages
from quiz.questionnaire import check

LONGEST_TITLE = QuestionnaireVersion._meta.get_field("title").max_length


class Command(BaseCommand):
    help = "Make a draft of a file; a file with a fault is refused whole, and nothing is changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a questionnaire in JSON; - reads standard input")
        parser.add_argument("--title", help="a name for editors; otherwise the file's")

    def handle(self, *args: Any, file: str, title: str | None, **options: Any) -> None:
        title = title or PurePath(file).stem[:LONGEST_TITLE]
        if len(title) > LONGEST_TITLE or "\0" in title:
            raise CommandError(f"A title has at most {LONGEST_TITLE} characters, and no NUL.")
        questionnaire = questionnaire_from(file, offered=site_languages())
        draft = QuestionnaireVersion.objects.add(questionnaire, title)
        self.stdout.write(f"draft:{draft.pk} “{draft.title}”")
        for fault in check(questionnaire):
            self.stdout.write(str(fault))
