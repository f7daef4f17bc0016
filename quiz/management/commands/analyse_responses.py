import csv
import json
import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from quiz.core.utf8 import NotUtf8, utf8_blocks
from quiz.evidence.response_table import (
    Coding,
    ResponseError,
    Responses,
    analysed,
    parsed_number,
    parsed_scales,
    read_answers,
)
from quiz.management.files import opened

FARTHEST = 1_000_000  # the ends of a scale from 0
NAMED_DELIMITERS = {"tab": "\t", "\\t": "\t"}


class Command(BaseCommand):
    help = (
        "Report how well scales measure, as JSON: reliability and item statistics. The CSV file "
        "has a header, a column for each item and a row for each person. Empty cells, NA and the "
        "values of --missing are missing answers. A person with a missing answer isn't counted in "
        "that scale. Needs no database. Exits with 1 on errors."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        # A list such as -99,. is a value here; argparse knows single negative numbers only.
        parser._negative_number_matcher = re.compile(r"-[^A-Za-z-]")
        parser.add_argument("file", help="CSV file in UTF-8, or - for standard input")
        parser.add_argument(
            "--scale",
            action="append",
            required=True,
            dest="scales",
            metavar="NAME=ITEM,ITEM-",
            help="a scale and its items, with - after a reversed item; repeat for each scale",
        )
        parser.add_argument(
            "--min", type=scale_end, required=True, help="lowest answer of the scale"
        )
        parser.add_argument(
            "--max", type=scale_end, required=True, help="highest answer of the scale"
        )
        parser.add_argument(
            "--delimiter",
            type=delimiter,
            help="character between columns, such as ; or tab (default: guessed from the header)",
        )
        parser.add_argument(
            "--missing",
            type=listed_values,
            default=[],
            metavar="VALUE,VALUE",
            help="values that mean no answer, such as -99,.,#NULL!",
        )

    def handle(self, *args: Any, file: str, scales: list[str], **options: Any) -> None:
        """Write one JSON object; undefined statistics are null."""
        low, high = options["min"], options["max"]
        if not low < high:
            raise CommandError(f"--min {low:g} must be below --max {high:g}")
        with opened(file) as source:
            try:
                asked = parsed_scales(scales)
                keys = list(dict.fromkeys(key for scale in asked for key, _reversed in scale.items))
                coding = Coding.of(low, high, options["missing"])
                answers = answers_from(source, keys, coding, options["delimiter"] or "")
            except NotUtf8 as error:
                raise CommandError(f"{file}: line {error.line}: {error}") from None
            except ResponseError as error:
                raise CommandError(f"{file}: {error}") from None
        found = {scale.name: analysed(answers, scale, low, high) for scale in asked}
        self.stdout.write(json.dumps({"scales": found}, indent=2, allow_nan=False))


def answers_from(
    source: IO[bytes], keys: Sequence[str], coding: Coding, delimiter: str
) -> Responses:
    """Read a file block by block; NotUtf8 comes before any other fault, wherever it is."""
    blocks = utf8_blocks(source)
    try:
        return read_answers(blocks, keys, coding, delimiter)
    except ResponseError:
        for _rest in blocks:
            pass
        raise


def scale_end(text: str) -> float:
    value = parsed_number(text)
    if not abs(value) <= FARTHEST:
        raise ArgumentTypeError(f"{text!r:.40} isn't a number from -{FARTHEST} to {FARTHEST}")
    return value


def delimiter(text: str) -> str:
    character = NAMED_DELIMITERS.get(text.lower(), text)
    if len(character) != 1 or character.isalnum() or character in '"\r\n':
        raise ArgumentTypeError(f"{text!r:.40} isn't one character such as ; or |, or the word tab")
    return character


def listed_values(text: str) -> list[str]:
    """Split at commas; quotation marks keep a comma within a value."""
    return next(csv.reader([text], skipinitialspace=True), [])
