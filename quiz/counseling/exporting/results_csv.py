"""Results as CSV, batch by batch."""

from collections.abc import Iterator

from quiz.counseling.exporting.rows import Row
from quiz.counseling.exporting.selection import Selection
from quiz.results.tables.columns import OF_WHOM, Columns, Kind
from quiz.results.tables.lines import (
    COMMAS,
    END_OF_LINE,
    CheckedLines,
    Dialect,
    kept_text,
    quoted,
)


def csv_file(selection: Selection, dialect: Dialect = COMMAS) -> Iterator[bytes]:
    """Yield the heading, one line per result, and a last line with row count and checksum."""
    lines = CheckedLines(dialect)
    columns = selection.columns
    yield lines.heading(columns.names)
    for rows in selection.batches():
        yield lines.body([row_line(row, columns, dialect) for row in rows])
    yield lines.last(len(columns.names))


def row_line(row: Row, columns: Columns, dialect: Dialect = COMMAS) -> str:
    client_id, *typed = row.of_whom
    of_whom = [client_id, *(quoted(kept_text(cell)) for cell in typed)]
    others = row.others if dialect == COMMAS else _in_dialect(row.others, columns, dialect)
    return dialect.separator.join([*of_whom, others]) + END_OF_LINE


def _in_dialect(others: str, columns: Columns, dialect: Dialect) -> str:
    cells = zip(others.split(","), columns.kinds[len(OF_WHOM) :], strict=True)
    return dialect.separator.join(
        cell.replace(".", dialect.decimal) if kind is Kind.NUMBER else quoted(cell)
        for cell, kind in cells
    )
