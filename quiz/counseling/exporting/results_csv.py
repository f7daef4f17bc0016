"""Results as CSV, batch by batch."""

from collections.abc import Iterator

from quiz.counseling.exporting.rows import Row
from quiz.counseling.exporting.selection import Selection
from quiz.results.tables.lines import END_OF_LINE, CheckedLines, quoted


def csv_file(selection: Selection) -> Iterator[bytes]:
    """Yield the heading, one line per result, and a last line with row count and checksum."""
    lines = CheckedLines()
    names = selection.columns.names
    yield lines.heading(names)
    for rows in selection.batches():
        yield lines.body([row_line(row) for row in rows])
    yield lines.last(len(names))


def row_line(row: Row) -> str:
    return f"{','.join(map(quoted, row.of_whom))},{row.others}{END_OF_LINE}"
