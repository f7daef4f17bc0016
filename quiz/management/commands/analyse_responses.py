import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quiz.evidence.response_table import ResponseError, analysed, parsed_scales, read_answers


class Command(BaseCommand):
    help = (
        "Say how well scales measure, from a CSV of answers with a header: a column for each item, "
        "a row for each person. Empty cells and NA are missing; a person who left out an item of a "
        "scale is not counted in that scale. Needs no database."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="CSV in UTF-8")
        parser.add_argument(
            "--scale",
            action="append",
            required=True,
            dest="scales",
            metavar="NAME=ITEM,ITEM-",
            help="a scale and its items, - after a reversed one; repeat for each scale",
        )
        parser.add_argument("--min", type=float, required=True, help="the lowest possible answer")
        parser.add_argument("--max", type=float, required=True, help="the highest possible answer")

    def handle(self, *args: Any, file: str, scales: list[str], **options: Any) -> None:
        """Write one JSON object; undefined statistics are null."""
        low, high = options["min"], options["max"]
        if not low < high:
            raise CommandError(f"--min {low:g} must be below --max {high:g}")
        try:
            asked = parsed_scales(scales)
            keys = list(dict.fromkeys(key for scale in asked for key, _reversed in scale.items))
            with open(file, encoding="utf-8-sig", newline="") as lines:
                answers = read_answers(lines, keys, low, high)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise CommandError(f"{file}: not text in UTF-8") from None
        except ResponseError as error:
            raise CommandError(f"{file}: {error}") from None
        found = {scale.name: analysed(answers, scale, low, high) for scale in asked}
        self.stdout.write(json.dumps({"scales": found}, ensure_ascii=False, indent=2))
