"""Read clients from a CSV file: rows, and every fault with its row, its column and what to do."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from quiz.counseling.forms import ClientForm
from quiz.web.fields import folded_name
from quiz.web.names import clean_line, fold

MOST_ROWS, MOST_BYTES = 500, 200_000
NAME, EMAIL, GROUP, TAGS = COLUMNS = ("name", "email", "group", "tags")
# Other names that columns have in people's files, as `fold` writes them.
ALSO = {"e-mail": EMAIL, "e-mail address": EMAIL, "email address": EMAIL, "tag": TAGS}
SEPARATORS = (",", ";")
# The fields of the form for one client: what is wrong there is wrong here, in the same words.
FIELDS = {
    NAME: ClientForm.base_fields["name"],
    EMAIL: ClientForm.base_fields["email"],
    GROUP: ClientForm.base_fields["new_group"],
    TAGS: ClientForm.base_fields["tags"],
}


@dataclass(frozen=True)
class ClientRow:
    """A client in a file; `number` counts rows as a spreadsheet does, the heading is 1."""

    number: int
    name: str
    email: str = ""
    group: str = ""
    tags: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What tells the same client: the address, or without one the name."""
        return (EMAIL, self.email.casefold()) if self.email else (NAME, folded_name(self.name))


class RowFault(NamedTuple):
    """What is wrong; without a row, with the file; without a column, with the row."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        if self.column:
            place = _("Row %(row)d, column %(column)s:")
        elif self.row:
            place = _("Row %(row)d:")
        else:
            return self.message
        return f"{place % {'row': self.row, 'column': self.column}} {self.message}"


class Sheet(NamedTuple):
    rows: list[ClientRow]
    faults: list[RowFault]
    ignored: list[str]  # headings of columns that aren't read


def read_sheet(text: str) -> Sheet:
    """Read a file's text, with commas or semicolons, and columns in any order."""
    separator = max(SEPARATORS, key=lambda each: len(set(_columns(_heading(text, each)))))
    heading = _heading(text, separator)
    columns = _columns(heading)
    if problem := _of_heading(columns):
        return Sheet([], [problem], [])
    ignored = [clean_line(cell) for cell, known in zip(heading, columns, strict=True) if not known]
    rows: list[ClientRow] = []
    faults: list[RowFault] = []
    try:
        for count, (number, cells) in enumerate(_numbered(text, separator), start=1):
            if count > MOST_ROWS:
                words = _("A file can have up to %d clients. Split it into several files.")
                return Sheet([], [*faults, RowFault(number, "", words % MOST_ROWS)], ignored)
            if any(cell.strip() for cell in cells[len(columns) :]):
                words = _(
                    "There are more cells than headings. Put text with a separator in quotes."
                )
                faults.append(RowFault(number, "", words))
                continue
            values = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
            row, found = _row(number, values)
            faults += found
            rows += [row] if row else []
    except csv.Error:
        words = _("A quotation mark (\") isn't closed, or is closed too soon. Check this row.")
        faults.append(RowFault(_last_read(text, separator) + 1, "", words))
    if not rows and not faults:
        faults.append(RowFault(0, "", _("The file has no clients below its headings.")))
    return Sheet(rows, faults + list(_repeated(rows)), ignored)


def _reader(text: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)


def _heading(text: str, separator: str) -> list[str]:
    try:
        return next(_reader(text, separator), [])
    except csv.Error:
        return []


def _columns(heading: list[str]) -> list[str]:
    """Return the column that each heading means, "" for one that isn't read."""
    folded = [fold(cell) for cell in heading]
    return [each if each in COLUMNS else ALSO.get(each, "") for each in folded]


def _of_heading(columns: list[str]) -> RowFault | None:
    if NAME not in columns:
        words = _("The first row must name the columns: name, email, group, tags. Add “name”.")
        return RowFault(1, "", words)
    for column in COLUMNS:
        if columns.count(column) > 1:
            return RowFault(1, column, _("Two columns have this heading. Remove one."))
    return None


def _numbered(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows below the heading that aren't empty, with their numbers."""
    for number, cells in enumerate(_reader(text, separator), start=1):
        if number > 1 and any(cell.strip() for cell in cells):
            yield number, cells


def _last_read(text: str, separator: str) -> int:
    """Return how many rows can be read before the one with a fault in its quotes."""
    count = 0
    try:
        for _row in _reader(text, separator):
            count += 1
    except csv.Error:
        pass
    return count


def _row(number: int, values: dict[str, str]) -> tuple[ClientRow | None, list[RowFault]]:
    cleaned, faults = {}, []
    for column, field in FIELDS.items():
        value = values.get(column, "")
        try:
            # Our own exports separate tags by semicolons.
            cleaned[column] = field.clean(value.replace(";", ",") if column == TAGS else value)
        except ValidationError as error:
            faults += [RowFault(number, column, message) for message in error.messages]
    if faults:
        return None, faults
    tags = tuple(cleaned.pop(TAGS))
    return ClientRow(number, tags=tags, **cleaned), []


def _repeated(rows: list[ClientRow]) -> Iterator[RowFault]:
    """Find rows that are the same client as an earlier row."""
    first: dict[tuple[str, str], int] = {}
    for row in rows:
        earlier = first.setdefault(row.key, row.number)
        if earlier != row.number and row.email:
            words = _("The same address as in row %d. Remove one, or correct it.")
            yield RowFault(row.number, EMAIL, words % earlier)
        elif earlier != row.number:
            words = _("The same name as in row %d, and no address. Add what tells them apart.")
            yield RowFault(row.number, NAME, words % earlier)
