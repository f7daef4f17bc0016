"""What a page tells first: a few official figures, and what stands out among the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from roles.measures import RATING_SECTIONS
from roles.models import Figure, Source
from roles.sections import Cell, Column, Table, TableRow, tables_of

IN_SHORT = frozenset({"median_pay", "outlook", "entry_education", "entry_experience"})
HIGHEST, LOWEST = 3, 2  # how many ratings of one role stand out


def in_short(columns: Sequence[Column]) -> tuple[Table, ...]:
    """Return the few official figures that stand at the head of a page."""
    return tables_of(
        columns,
        lambda figure: figure.measure in IN_SHORT and figure.source.kind == Source.Kind.OFFICIAL,
    )


def standouts(tables: Mapping[str, tuple[Table, ...]]) -> tuple[TableRow, ...]:
    """Return the ratings that tell most: highest and lowest, or where two roles are furthest apart.

    They are of several sources and months, so they are no table of the usual kind.
    """
    rows = [
        row
        for section in dict.fromkeys(RATING_SECTIONS.values())
        for table in tables.get(section, ())
        if not table.missing
        for row in table.rows
        if all(cell.bar for cell in row.cells)
    ]

    def spread(row: TableRow) -> float:
        places = [float(cell.bar or 0) for cell in row.cells]
        return max(places) - (min(places) if len(places) > 1 else 0)

    rows.sort(key=spread, reverse=True)
    is_about_one = all(len(row.cells) == 1 for row in rows)
    return tuple(
        rows[:HIGHEST] + rows[HIGHEST:][-LOWEST:] if is_about_one else rows[: HIGHEST + LOWEST]
    )


@dataclass(frozen=True)
class MostNamed:
    """The answer that most of those asked gave."""

    table: Table
    column: Column
    row: TableRow
    cell: Cell


def most_named(tables: Sequence[Table]) -> tuple[MostNamed, ...]:
    """Return the largest of the shares that a source gives for each role."""
    found = []
    for table in tables:
        for place, column in enumerate(table.columns):
            shares = [row for row in table.rows if row.is_category and row.cells[place].bar]
            if shares:
                row = max(shares, key=lambda row: float(row.cells[place].bar or 0))
                found.append(MostNamed(table, column, row, row.cells[place]))
    return tuple(found)


def has_official_outlook(figures: Sequence[Figure]) -> bool:
    """Whether a statistics office gives a forecast, not only how many have the job today."""
    return any(
        figure.measure == "outlook" and figure.source.kind == Source.Kind.OFFICIAL
        for figure in figures
    )
