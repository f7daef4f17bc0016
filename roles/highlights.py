"""What a page shows first: a few official figures, and the ratings that stand out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from roles.measures import RATING_SECTIONS
from roles.models import Figure, Source
from roles.sections import Cell, Column, Table, TableRow, tables_of

IN_SHORT = frozenset({"median_pay", "outlook", "entry_education", "entry_experience"})
HIGHEST, LOWEST = 3, 2  # how many of one role's ratings are highlighted at either end


def in_short(columns: Sequence[Column]) -> tuple[Table, ...]:
    return tables_of(
        columns,
        lambda figure: figure.measure in IN_SHORT and figure.source.kind == Source.Kind.OFFICIAL,
    )


def standouts(tables: Mapping[str, tuple[Table, ...]]) -> tuple[TableRow, ...]:
    """Pick the highest and lowest ratings of one role, or those where several roles differ most.

    They are rows, not a Table, because they come from several sources and months.
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
    """The answer that most respondents gave, with where it is in its table."""

    table: Table
    column: Column
    row: TableRow
    cell: Cell


def most_named(tables: Sequence[Table]) -> tuple[MostNamed, ...]:
    """Pick the largest share for each table and role."""
    found = []
    for table in tables:
        for place, column in enumerate(table.columns):
            shares = [row for row in table.rows if row.is_category and row.cells[place].bar]
            if shares:
                row = max(shares, key=lambda row: float(row.cells[place].bar or 0))
                found.append(MostNamed(table, column, row, row.cells[place]))
    return tuple(found)


def has_official_outlook(figures: Sequence[Figure]) -> bool:
    """Tell whether a statistics office forecasts jobs; a count of today's jobs isn't enough."""
    return any(
        figure.measure == "outlook" and figure.source.kind == Source.Kind.OFFICIAL
        for figure in figures
    )
