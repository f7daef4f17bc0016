"""Read the files of an export."""

import csv
import io

import openpyxl

from quiz.counseling.exporting import Selection, csv_file, write_xlsx
from tests.answers import SHIPPED

ITEM_CELLS = [f"item_{item.key}" for item in SHIPPED.items]

AWKWARD_NAMES = [
    'Quote "this"',
    "Comma, semicolon; tab",
    "Two\nlines",
    "Carriage\r\nreturn",
    "Zoë 👩‍💻",
    "עברית من",
    "\u202eright to left",
    "  spaces  ",
    "O'Neil <b>&amp;</b>",
]


def whole(counselor, **chosen) -> bytes:
    return b"".join(csv_file(Selection.of(counselor, **chosen)))


def table(file: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def results(file: bytes) -> list[dict[str, str]]:
    heading, *rows, _last = table(file)
    return [dict(zip(heading, row, strict=True)) for row in rows]


def sheets_of(counselor) -> openpyxl.Workbook:
    file = io.BytesIO()
    write_xlsx(file, Selection.of(counselor), "en")
    return openpyxl.load_workbook(file)
