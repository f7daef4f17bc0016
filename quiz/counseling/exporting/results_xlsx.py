"""Results as a spreadsheet, with separate sheets for the codebook and the checksum."""

from collections.abc import Iterator, Sequence
from typing import IO

from quiz.counseling.exporting.codebook import HEADING, codebook_rows
from quiz.counseling.exporting.results_csv import row_line
from quiz.counseling.exporting.selection import Selection
from quiz.results.tables.columns import Kind
from quiz.results.tables.lines import NOT_FOR_HIRING, CheckedLines
from quiz.results.tables.sheets import Sheets


def write_xlsx(file: IO[bytes], selection: Selection, language: str) -> None:
    """Write the sheets `results`, `codebook` and `check`."""
    sheets, lines = Sheets(file), CheckedLines()
    sheets.add("results", selection.columns.kinds, _checked(selection, lines))
    codebook = codebook_rows(selection.columns, selection.questionnaires.values(), language)
    sheets.add("codebook", [Kind.TEXT] * len(HEADING), [[HEADING, *codebook]])
    check = [["rows", "sha256", "use"], [str(lines.rows), lines.checksum, NOT_FOR_HIRING]]
    sheets.add("check", [Kind.NUMBER, Kind.TEXT, Kind.TEXT], [check])
    sheets.close()


def _checked(selection: Selection, lines: CheckedLines) -> Iterator[Sequence[Sequence[str]]]:
    """Yield heading and rows, and update the checksum with the same lines as in the CSV."""
    names = selection.columns.names
    lines.heading(names)
    yield [names]
    for batch in selection.batches():
        rows = list(batch)
        lines.body([row_line(row, selection.columns) for row in rows])
        yield [row.cells for row in rows]
