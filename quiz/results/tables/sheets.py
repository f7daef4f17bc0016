"""Write a spreadsheet file (XLSX) as a stream, without holding a sheet in memory. Pure.

openpyxl could do this too, but takes about ten times as long, and the server has two threads.
This module has only what an export needs: plain cells, and a first row that stays visible. Text
cells are marked as text, so no program reads them as formulas, numbers or dates.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import IO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from quiz.results.tables.columns import Kind

_FIRST_DAY = date(1899, 12, 30)
_STYLE_OF_TIMES = 1  # the second of cellXfs below

HEADING_ROWS = 1
MOST_ROWS = 1_048_576 - HEADING_ROWS
LONGEST_TEXT = 32_767

_START = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml."

# Characters that XML can't hold, and text that looks like an XLSX character escape.
_UNFIT = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)|\r"
)

Rows = Iterable[Sequence[str]]


class Sheets:
    """The sheets of one file, written one after another."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1)
        self._names: list[str] = []

    def add(self, name: str, kinds: Sequence[Kind], batches: Iterable[Rows]) -> None:
        """Write a sheet. The first row is the heading, with text in every column."""
        self._names.append(name)
        columns = [(letters(place), kind) for place, kind in enumerate(kinds)]
        written = 0
        with self._zip.open(_part(f"xl/worksheets/sheet{len(self._names)}.xml"), "w") as sheet:
            sheet.write(f"{_SHEET_START}{_widths(kinds)}<sheetData>".encode())
            for rows in batches:
                lines = [
                    row_xml(number, cells, columns, is_heading=number <= HEADING_ROWS)
                    for number, cells in enumerate(rows, start=written + 1)
                ]
                written += len(lines)
                sheet.write("".join(lines).encode())
            sheet.write(b"</sheetData></worksheet>")

    def close(self) -> None:
        """Write the parts that list the sheets, and close the file."""
        numbers = range(1, len(self._names) + 1)
        for path, text in (
            ("[Content_Types].xml", _content_types(numbers)),
            ("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])),
            ("xl/workbook.xml", _workbook(self._names)),
            (
                "xl/_rels/workbook.xml.rels",
                _relations(
                    [
                        *(("worksheet", f"worksheets/sheet{number}.xml") for number in numbers),
                        ("styles", "styles.xml"),
                    ]
                ),
            ),
            ("xl/styles.xml", _STYLES),
        ):
            self._zip.writestr(_part(path), _START + text)
        self._zip.close()


def _widths(kinds: Sequence[Kind]) -> str:
    """Make columns of times wide enough: spreadsheets show ##### in others."""
    wide = "".join(
        f'<col min="{place}" max="{place}" width="20" customWidth="1"/>'
        for place, kind in enumerate(kinds, start=1)
        if kind is Kind.TIME
    )
    return f"<cols>{wide}</cols>" if wide else ""


def letters(place: int) -> str:
    """Return the name of a column, counted from 0: A, B .. Z, AA, AB .."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def row_xml(
    number: int,
    cells: Sequence[str],
    columns: Sequence[tuple[str, Kind]],
    *,
    is_heading: bool = False,
) -> str:
    """Write a row, without its empty cells."""
    parts = [
        cell_xml(f"{column}{number}", Kind.TEXT if is_heading else kind, cell)
        for cell, (column, kind) in zip(cells, columns, strict=True)
        if cell
    ]
    return f'<row r="{number}">{"".join(parts)}</row>'


def cell_xml(place: str, kind: Kind, cell: str) -> str:
    if kind is Kind.NUMBER:
        return f'<c r="{place}"><v>{cell}</v></c>'
    if kind is Kind.TIME:
        return f'<c r="{place}" s="{_STYLE_OF_TIMES}"><v>{serial(cell)}</v></c>'
    text = f'<is><t xml:space="preserve">{text_xml(cell)}</t></is>'
    return f'<c r="{place}" t="inlineStr">{text}</c>'


def serial(moment: str) -> float:
    """Return a time as spreadsheets store it: days since December 30, 1899, without a zone."""
    hours, minutes, seconds = int(moment[11:13]), int(moment[14:16]), int(moment[17:19])
    return _day(moment[:10]) + round((hours * 3600 + minutes * 60 + seconds) / 86_400, 10)


@lru_cache(maxsize=1024)
def _day(day: str) -> int:
    return (date.fromisoformat(day) - _FIRST_DAY).days


def text_xml(text: str) -> str:
    """Escape a text for a cell. A text too long for a cell ends with an ellipsis."""
    if text.isalnum() and len(text) < LONGEST_TEXT:
        return text
    if len(text) > LONGEST_TEXT:
        text = f"{text[: LONGEST_TEXT - 1]}…"
    return escape(_UNFIT.sub(lambda found: f"_x{ord(found[0]):04X}_", text))


def _part(path: str) -> ZipInfo:
    # ZipInfo's default time is a constant, so the same export gives the same bytes.
    part = ZipInfo(path)
    part.compress_type = ZIP_DEFLATED
    return part


def _content_types(numbers: Iterable[int]) -> str:
    parts = [
        ("xl/workbook.xml", "sheet.main"),
        ("xl/styles.xml", "styles"),
        *((f"xl/worksheets/sheet{number}.xml", "worksheet") for number in numbers),
    ]
    overrides = "".join(
        f'<Override PartName="/{path}" ContentType="{_KIND}{kind}+xml"/>' for path, kind in parts
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(targets: Iterable[tuple[str, str]]) -> str:
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'


def _workbook(names: Iterable[str]) -> str:
    sheets = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, start=1)
    )
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>'


_SHEET_START = (
    f'{_START}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    f'<pane ySplit="{HEADING_ROWS}" topLeftCell="A{HEADING_ROWS + 1}" activePane="bottomLeft"'
    ' state="frozen"/></sheetView></sheetViews>'
)
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    "</cellXfs>"
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
