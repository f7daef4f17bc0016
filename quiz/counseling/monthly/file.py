"""The monthly report as CSV, with the numbers that its page shows."""

from collections.abc import Iterable, Iterator

from quiz.core.verdict import Verdict
from quiz.counseling.monthly.months import ReportedRow
from quiz.results.tables.lines import COMMAS, CheckedLines, Dialect, kept_text, line, safe_text

GROUP, REST = "group", "others"
NAMES = (
    *("month", "row", "group", "invited", "started", "finished", "shared"),
    *(verdict.heading for verdict in Verdict),
)


def report_file(rows: Iterable[ReportedRow], dialect: Dialect = COMMAS) -> Iterator[bytes]:
    """Yield the heading, a line for each row, and the last line with count and checksum."""
    lines = CheckedLines(dialect)
    yield lines.heading(NAMES)
    yield lines.body([line(_cells(row), dialect) for row in rows])
    yield lines.last(len(NAMES))


def _cells(row: ReportedRow) -> list[str]:
    numbers = row.numbers
    singles = (numbers.invited, numbers.started, numbers.finished, numbers.shared)
    return [
        f"{row.month.first_day:%Y-%m-%d}",
        REST if row.is_rest else GROUP,
        kept_text(safe_text(row.group.name)) if row.group else "",
        *map(str, singles),
        *(map(str, numbers.verdicts) if numbers.verdicts else [""] * len(Verdict)),
    ]
