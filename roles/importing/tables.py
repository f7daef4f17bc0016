"""Read and check tables as statistics offices publish them: tab-separated, CSV, XLSX. Pure.

Every problem with a file raises a TableError that names the file, line and column.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

LARGEST_FILE = 200 * 1024 * 1024  # bytes
NOT_GIVEN = frozenset({"", "n/a", "N/A", "NULL"})
LARGEST_NUMBER = Decimal(10) ** 12
DECIMALS = 4
FETCH_AGAIN = "Download the file again and use it unchanged."


class TableError(ValueError):
    """A problem with a file, described for the person who imports it."""


@dataclass(frozen=True)
class Row:
    """One line of a table, with its cells by column name."""

    file: str
    line: int
    cells: Sequence[str]
    places: Mapping[str, int]

    def text(self, column: str) -> str:
        """Read a cell, stripped; "" if it is empty, not available or the column is missing."""
        place = self.places.get(column)
        text = self.cells[place].strip() if place is not None else ""
        return "" if text in NOT_GIVEN else text

    def number(self, column: str) -> Decimal | None:
        """Read a cell as a number; None if it is empty, TableError if it isn't a number."""
        text = self.text(column)
        if not text:
            return None
        try:
            value = Decimal(text.replace(",", ""))
            fits = value.is_finite() and abs(value) < LARGEST_NUMBER
            fits = fits and value == round(value, DECIMALS)
        except InvalidOperation:
            fits = False
        if not fits:
            raise TableError(
                f"{self.file}, line {self.line}: “{column}” is “{text}”, which isn't a number "
                f"that we can store. {FETCH_AGAIN}"
            )
        return value


@dataclass(frozen=True)
class Table:
    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def require(self, needed: Iterable[str]) -> None:
        """Raise TableError if one of these columns is missing."""
        missing = [name for name in needed if name not in self.columns]
        if missing:
            names = ", ".join(f"“{name}”" for name in missing)
            word = "column" if len(missing) == 1 else "columns"
            raise TableError(f"{self.file} has no {word} {names}. {FETCH_AGAIN}")


def read_tabs(path: Path) -> Table:
    """Read a tab-separated file without quoting, as O*NET publishes it."""
    text = _text(path)
    lines = text.replace("\r\n", "\n").split("\n")
    is_ended = lines[-1] == ""
    split = [line.split("\t") for line in lines]
    table = _table(path.name, split, is_header=lambda cells: True)
    if not is_ended and _last_cell_looks_cut(table):
        raise TableError(f"{path.name} ends in the middle of its last line. {FETCH_AGAIN}")
    return table


def _last_cell_looks_cut(table: Table) -> bool:
    """Guess whether the last cell is incomplete: no other line ends with the same value."""
    endings = [row.cells[-1] for row in table.rows]
    return len(endings) > 1 and endings[-1] not in endings[:-1]


def read_sheet(path: Path, is_header: Callable[[Sequence[str]], bool]) -> Table:
    """Read the table below the first line that `is_header` accepts, from a CSV or XLSX file."""
    _size_of(path)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return _from_workbook(path, is_header)
    try:
        lines = list(csv.reader(io.StringIO(_text(path)), strict=True))
    except csv.Error as error:
        raise TableError(f"{path.name} isn't a valid CSV file ({error}). {FETCH_AGAIN}") from error
    return _table(path.name, lines, is_header=is_header)


def _from_workbook(path: Path, is_header: Callable[[Sequence[str]], bool]) -> Table:
    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
        try:
            sheets = [
                [[_cell(value) for value in row] for row in sheet.iter_rows(values_only=True)]
                for sheet in workbook.worksheets
            ]
        finally:
            workbook.close()
    except (
        *(InvalidFileException, zipfile.BadZipFile, EOFError, OSError, KeyError),
        *(ValueError, TypeError, SyntaxError),  # raised for XML that can't be parsed
    ) as error:
        raise TableError(
            f"{path.name} is damaged or isn't an XLSX workbook. {FETCH_AGAIN}"
        ) from error
    with_header = [lines for lines in sheets if any(map(is_header, lines))]
    return _table(path.name, (with_header or sheets or [[]])[0], is_header=is_header)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(round(value, DECIMALS + 2)).removesuffix(".0")
    return str(value)


def _table(
    name: str, lines: Sequence[Sequence[str]], *, is_header: Callable[[Sequence[str]], bool]
) -> Table:
    start = next((place for place, cells in enumerate(lines) if is_header(cells)), 0)
    header = tuple(cell.strip() for cell in lines[start]) if lines else ()
    places = {column: place for place, column in enumerate(header) if column}
    rows = tuple(_rows(name, lines, start, len(header), places))
    return Table(name, tuple(places), rows)


def _rows(
    name: str,
    lines: Sequence[Sequence[str]],
    start: int,
    width: int,
    places: Mapping[str, int],
) -> Iterator[Row]:
    for place, cells in enumerate(lines[start + 1 :], start=start + 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) < width:
            is_last = place == len(lines)
            if is_last or len(cells) > 1:
                raise TableError(
                    f"{name}, line {place}: {len(cells)} cells instead of {width}. The "
                    f"file is cut off or damaged. {FETCH_AGAIN}"
                )
            continue  # a footnote below the table
        yield Row(name, place, cells, places)


def _text(path: Path) -> str:
    _size_of(path)
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(
            f"{path.name} is not in UTF-8: we can't read the byte at {error.start}. {FETCH_AGAIN}"
        ) from error
    except OSError as error:
        raise TableError(f"{path.name} can't be read: {error.strerror}.") from error


def _size_of(path: Path) -> int:
    if not path.is_file():
        raise TableError(f"There is no file {path}.")
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise TableError(f"{path.name} is too large for such a table ({size} bytes).")
    return size
