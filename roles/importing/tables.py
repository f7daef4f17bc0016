"""Read and check tables as statistics offices publish them: tab-separated, CSV, XLSX. Pure.

Every problem with a file raises a TableError that names the file, line and column.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

LARGEST_FILE = 200 * 1024 * 1024  # bytes
# A small file can need more memory than there is: a workbook is compressed, and an empty cell takes
# one byte of a file. These are several times what the tables that we read need.
MOST_UNPACKED = 100 * 1024 * 1024  # bytes
MOST_TIMES_UNPACKED = 100
MOST_CELLS = 10_000_000
NOT_GIVEN = frozenset({"", "n/a", "N/A", "NULL"})
LARGEST_NUMBER = Decimal(10) ** 12
DECIMALS = 4
FETCH_AGAIN = "Download the file again and use it unchanged."
MOST_FAULTS_LISTED = 20

# As US offices write numbers: commas only between groups of three digits, and a decimal point.
NUMBER = re.compile(r"-?(0|[1-9]\d{0,2}(,\d{3})+|[1-9]\d*)(\.\d+)?", re.ASCII)
# How a line below a table starts: "[1] ...", "(1) ...", "1. ...", "* ...", "Source: ...".
FOOTNOTE = re.compile(
    r"\W*(\[\d+\]|\(\d+\)|\d{1,2}[.)]?\s|[*†‡§¶]|[–—]\s|(foot)?notes?\b|sources?\b|https?:|n/a\b|"
    r"last (modified|updated)\b)",
    re.IGNORECASE,
)
SOC_CODE = re.compile(r"\d\d-\d{4}(\.\d\d)?", re.ASCII)


# The number of a line, from 1, and its cells.
Line: TypeAlias = tuple[int, Sequence[str]]


class TableError(ValueError):
    """A problem with a file, described for the person who imports it."""


class Faults:
    """Collects the faults of the cells of a file, to report all of them together."""

    def __init__(self) -> None:
        self.found: list[str] = []

    @contextmanager
    def collected(self) -> Iterator[None]:
        """Note a TableError and continue after the block."""
        try:
            yield
        except TableError as error:
            self.found.append(str(error))

    def refuse(self, advice: str = FETCH_AGAIN) -> None:
        """Raise a TableError with one line for each fault, if there are any."""
        if not self.found:
            return
        more = len(self.found) - MOST_FAULTS_LISTED
        lines = [*self.found[:MOST_FAULTS_LISTED], *([f"... and {more} more."] if more > 0 else [])]
        raise TableError("\n".join([*lines, advice]))


@dataclass(frozen=True)
class Row:
    """One line of a table, with its cells by column name."""

    file: str
    line: int
    cells: Sequence[str]
    places: Mapping[str, int]

    @property
    def place(self) -> str:
        return f"{self.file}, line {self.line}"

    def text(self, column: str) -> str:
        """Read a cell, stripped; "" if it is empty, not available or the column is missing."""
        place = self.places.get(column)
        text = self.cells[place].strip() if place is not None else ""
        return "" if text in NOT_GIVEN else text

    def number(
        self,
        column: str,
        low: int | None = None,
        high: int | None = None,
        *,
        is_whole: bool = False,
    ) -> Decimal | None:
        """Read a cell as a number; None if it is empty.

        Raises TableError without advice if it isn't a (whole) number from `low` to `high`.
        """
        text = self.text(column)
        if not text:
            return None
        value = Decimal(text.replace(",", "")) if NUMBER.fullmatch(text) else None
        if value is None or abs(value) >= LARGEST_NUMBER or value != round(value, DECIMALS):
            raise TableError(
                f"{self.place}: “{column}” is “{text}”, which isn't a number that we can store, "
                "such as 45,380 or 20.59."
            )
        if is_whole and value != round(value):
            raise TableError(f"{self.place}: “{column}” is {text}, but it must be a whole number.")
        if low is not None and value < low:
            raise TableError(f"{self.place}: “{column}” is {text}, but it can't be below {low}.")
        if high is not None and value > high:
            raise TableError(f"{self.place}: “{column}” is {text}, but it can't be above {high}.")
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
    _refuse_too_many_cells(path.name, text.count("\t") + text.count("\n"))
    lines = text.replace("\r\n", "\n").split("\n")
    is_ended = lines[-1] == ""
    split = [line.split("\t") for line in lines]
    table = _table(path.name, enumerate(split, start=1), is_header=lambda cells: True)
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
        text = _text(path)
        _refuse_too_many_cells(path.name, text.count(",") + text.count("\n"))
        lines = list(_csv_lines(text))
    except csv.Error as error:
        raise TableError(f"{path.name} isn't a valid CSV file ({error}). {FETCH_AGAIN}") from error
    return _table(path.name, lines, is_header=is_header)


def _csv_lines(text: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text), strict=True)
    first = 1
    for cells in reader:
        yield first, cells
        first = reader.line_num + 1


def _from_workbook(path: Path, is_header: Callable[[Sequence[str]], bool]) -> Table:
    try:
        _refuse_a_bomb(path)
        workbook = load_workbook(path, read_only=True, data_only=True)
        try:
            sheets = list(_sheets(path.name, workbook))
        finally:
            workbook.close()
    except TableError:
        raise
    except (
        *(InvalidFileException, zipfile.BadZipFile, EOFError, OSError, KeyError),
        *(ValueError, TypeError, SyntaxError),  # raised for XML that can't be parsed
    ) as error:
        raise TableError(
            f"{path.name} is damaged or isn't an XLSX workbook. {FETCH_AGAIN}"
        ) from error
    with_header = [lines for lines in sheets if any(map(is_header, lines))]
    lines = (with_header or sheets or [[]])[0]
    return _table(path.name, enumerate(lines, start=1), is_header=is_header)


def _sheets(name: str, workbook: Any) -> Iterator[list[list[str]]]:
    """Read all sheets, and count their cells: a sheet can claim a million empty rows."""
    count = 0
    for sheet in workbook.worksheets:
        lines = []
        for row in sheet.iter_rows(values_only=True):
            count += max(len(row), 1)
            _refuse_too_many_cells(name, count)
            lines.append([_cell(value) for value in row])
        yield lines


def _refuse_a_bomb(path: Path) -> None:
    """Refuse a workbook by the sizes in its directory, which are the most that can be unpacked."""
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > MOST_UNPACKED or unpacked > MOST_TIMES_UNPACKED * path.stat().st_size:
        raise TableError(
            f"{path.name} would unpack to {unpacked:,} bytes, too many for such a table. "
            f"{FETCH_AGAIN}"
        )


def _refuse_too_many_cells(name: str, count: int) -> None:
    if count > MOST_CELLS:
        raise TableError(
            f"{name} has more than {MOST_CELLS:,} cells, too many for such a table. {FETCH_AGAIN}"
        )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(round(value, DECIMALS + 2)).removesuffix(".0")
    return str(value)


def _table(
    name: str, lines: Iterable[Line], *, is_header: Callable[[Sequence[str]], bool]
) -> Table:
    lines = list(lines)
    start = next((place for place, (_n, cells) in enumerate(lines) if is_header(cells)), 0)
    header = tuple(cell.strip() for cell in lines[start][1]) if lines else ()
    places = {column: place for place, column in enumerate(header) if column}
    rows = tuple(_rows(name, lines[start + 1 :], len(header), places))
    return Table(name, tuple(places), rows)


def _rows(name: str, lines: Sequence[Line], width: int, places: Mapping[str, int]) -> Iterator[Row]:
    """Yield the rows of a table, without empty lines and the footnotes below it."""
    is_below = is_after_gap = False
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            is_after_gap = True
        elif len(cells) >= width and not any(cell.strip() for cell in cells[width:]):
            is_after_gap = False
            yield Row(name, number, cells, places)
        elif _is_footnote(cells, is_below or is_after_gap, is_last=number == lines[-1][0]):
            is_below = True
        else:
            raise TableError(
                f"{name}, line {number}: {len(cells)} cells instead of {width}. The file is cut "
                f"off or damaged. {FETCH_AGAIN}"
            )


def _is_footnote(cells: Sequence[str], is_below: bool, *, is_last: bool) -> bool:
    """Tell a footnote, in which commas may separate cells, from a row that was cut off."""
    if any(SOC_CODE.fullmatch(cell.strip()) for cell in cells):
        return False
    is_sentence = cells[-1].rstrip().endswith((".", ".”", '."', ".)"))
    is_marked = bool(FOOTNOTE.match(cells[0]))
    return is_below or is_marked or is_sentence or (len(cells) == 1 and not is_last)


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
