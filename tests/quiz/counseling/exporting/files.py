"""Read the files of an export."""

import csv
import io
from datetime import datetime

import openpyxl
from django.db.models import TextField, Value

from quiz.counseling.exporting import Selection, csv_file, write_xlsx
from quiz.counseling.models import Client
from quiz.results.tables.lines import COMMAS
from tests.answers import SHIPPED
from tests.factories import disclose, make_client

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


def disclose_under(name, counselor):
    """Share a result of a client whose name is stored as it is, without being cleaned."""
    client = make_client(counselor)
    Client.objects.filter(pk=client.pk).update(name=Value(name, output_field=TextField()))
    disclose(client)


def whole(counselor, dialect=COMMAS, **chosen) -> bytes:
    return b"".join(csv_file(Selection.of(counselor, **chosen), dialect))


def table(file: bytes, separator=",") -> list[list[str]]:
    text = io.StringIO(file.decode("utf-8-sig"), newline="")
    return list(csv.reader(text, delimiter=separator))


def as_text(cell: object) -> str:
    """Write a cell of the spreadsheet as in the CSV file."""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%dT%H:%M:%SZ}"
    return "" if cell is None else str(cell)


def results(file: bytes) -> list[dict[str, str]]:
    heading, *rows, _last = table(file)
    return [dict(zip(heading, row, strict=True)) for row in rows]


def sheets_of(counselor) -> openpyxl.Workbook:
    file = io.BytesIO()
    write_xlsx(file, Selection.of(counselor), "en")
    return openpyxl.load_workbook(file)
