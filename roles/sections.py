"""The figures of one or more roles as the tables of a page, by section."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from roles import pictures, wording
from roles.comparison import Group, Row, difference, line_up
from roles.measures import (
    ACROSS_PERIODS,
    RATED_IN_TURN,
    RATING_SECTIONS,
    WORKFORCE,
    Text,
    category_named,
    measure_named,
    row_order,
)
from roles.models import Figure, Source

PERCENTILES = ("pay_p10", "pay_p25", "median_pay", "pay_p75", "pay_p90")


@dataclass(frozen=True, eq=False)
class Column:
    """A role, or the yardstick: all occupations together."""

    title: str
    figures: Sequence[Figure]
    is_yardstick: bool = False
    field: str = ""


@dataclass(frozen=True)
class Cell:
    """A figure as it is shown: rounded, exactly, as a bar or as a list."""

    column: str
    is_missing: bool
    words: str
    exact: str
    bar: str | None
    items: tuple[str, ...]


@dataclass(frozen=True)
class TableRow:
    label: Text
    gloss: Text
    period: str | None  # None: each cell says its own
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Note:
    about: str
    text: str


@dataclass(frozen=True)
class Counted:
    """Which occupation a column counts, and where the source says so."""

    column: str
    occupation: str
    url: str


@dataclass(frozen=True)
class PayRange:
    """The pay of one column drawn: five figures of one source, region, period and currency."""

    column: Column
    picture: pictures.Range
    low: Figure
    quarter: Figure
    median: Figure
    three_quarters: Figure
    high: Figure


@dataclass(frozen=True)
class Table:
    source: Source
    region: str
    period: str | None  # None: the rows are of several periods
    columns: tuple[str, ...]
    missing: tuple[str, ...]  # roles the source says nothing about
    rows: tuple[TableRow, ...]
    counted: tuple[Counted, ...]
    notes: tuple[Note, ...]
    ranges: tuple[PayRange, ...]
    axis_end: str
    is_rating: bool

    @property
    def is_about_one(self) -> bool:
        """Whether the page itself says whom the only column is about."""
        return len(self.columns) == 1 and not self.missing

    @property
    def says_periods(self) -> bool:
        return self.period is None

    @property
    def has_more_digits(self) -> bool:
        return any(cell.exact != cell.words for row in self.rows for cell in row.cells)


def sections(columns: Sequence[Column]) -> dict[str, tuple[Table, ...]]:
    """Return the tables of each section; who holds the jobs stands in none of them."""
    names = {figure.section for column in columns for figure in column.figures} - {WORKFORCE}
    return {name: _tables(name, columns) for name in names}


def _tables(section: str, columns: Sequence[Column]) -> tuple[Table, ...]:
    own = [[each for each in column.figures if each.section == section] for column in columns]
    groups = line_up(own, order=row_order, groups_across=ACROSS_PERIODS, rows_across=RATED_IN_TURN)
    return tuple(
        _table(group, columns, is_rating=section in RATING_SECTIONS.values())
        for group in groups
        if _is_about_a_role(group, columns)
    )


def _is_about_a_role(group: Group[Figure], columns: Sequence[Column]) -> bool:
    return any(
        cell is not None and not column.is_yardstick
        for row in group.rows
        for column, cell in zip(columns, row.cells, strict=True)
    )


def _table(group: Group[Figure], columns: Sequence[Column], *, is_rating: bool) -> Table:
    places = [
        place for place, column in enumerate(columns) if any(row.cells[place] for row in group.rows)
    ]
    shown = [columns[place] for place in places]
    missing = [each for each in columns if each not in shown and not each.is_yardstick]
    cells_by_row = [[row.cells[place] for place in places] for row in group.rows]
    ranges, axis_end = _ranges(group, shown, cells_by_row)
    return Table(
        source=next(cell for cell in cells_by_row[0] if cell).source,
        region=group.region,
        period=group.period,
        columns=tuple(column.title for column in shown),
        missing=tuple(column.title for column in missing),
        rows=tuple(
            _row(row, shown, cells) for row, cells in zip(group.rows, cells_by_row, strict=True)
        ),
        counted=_counted(shown, cells_by_row),
        notes=_notes(group, shown, cells_by_row, is_rating=is_rating),
        ranges=ranges,
        axis_end=axis_end,
        is_rating=is_rating,
    )


def _row(row: Row[Figure], columns: Sequence[Column], cells: Sequence[Figure | None]) -> TableRow:
    category = category_named(row.category)
    return TableRow(
        label=_label(row),
        gloss=category.gloss if row.category else "",
        period=row.period,
        cells=tuple(
            _cell(column.title, figure, says_period=row.period is None)
            for column, figure in zip(columns, cells, strict=True)
        ),
    )


def _cell(column: str, figure: Figure | None, *, says_period: bool) -> Cell:
    if figure is None:
        words = _("no figure")
        return Cell(column, is_missing=True, words=words, exact=words, bar=None, items=())
    if figure.measure == "top_skills":
        items = tuple(f"{name}: {share}" for name, share in figure.shares)
        return Cell(column, is_missing=False, words="", exact="", bar=None, items=items)
    if len(figure.parts) > 1:
        items = tuple(figure.parts)
        return Cell(column, is_missing=False, words="", exact="", bar=None, items=items)
    words, said = figure.in_words, [figure.exact]
    if figure.percentile is not None:
        words = _("above about {n} of 100").format(n=figure.in_a_hundred)
        said.append(
            _("percentile {percentile} of {count} occupations").format(
                percentile=figure.percentile_exact, count=figure.percentile_of
            )
        )
    if says_period:
        said.append(figure.period or _("undated"))
    exact = "; ".join(said)
    return Cell(column, is_missing=False, words=words, exact=exact, bar=figure.bar, items=())


def _label(row: Row[Figure]) -> Text:
    return category_named(row.category).label if row.category else measure_named(row.measure).label


def _counted(
    columns: Sequence[Column], cells_by_row: Sequence[Sequence[Figure | None]]
) -> tuple[Counted, ...]:
    counted: dict[Counted, None] = {}
    for place, column in enumerate(columns):
        title = column.title if len(columns) > 1 else ""
        for cells in cells_by_row:
            if (figure := cells[place]) and (figure.occupation or figure.url):
                counted[Counted(title, figure.occupation, figure.url)] = None
    return tuple(counted)


def _notes(
    group: Group[Figure],
    columns: Sequence[Column],
    cells_by_row: Sequence[Sequence[Figure | None]],
    *,
    is_rating: bool,
) -> tuple[Note, ...]:
    """Return each note once; it names its rows unless it holds for the whole column."""
    if is_rating:
        lists = {cell.note: None for cells in cells_by_row for cell in cells if cell and cell.note}
        return tuple(Note(_("From the O*NET list"), each) for each in lists)
    notes: dict[Note, None] = {}
    for place, column in enumerate(columns):
        figures = [
            (row, figure)
            for row, cells in zip(group.rows, cells_by_row, strict=True)
            if (figure := cells[place])
        ]
        for text in dict.fromkeys(figure.note for _row, figure in figures if figure.note):
            rows = [row for row, figure in figures if figure.note == text]
            about = [column.title] if len(columns) > 1 else []
            if len(rows) < len(figures):
                about.append(", ".join(str(_label(row)) for row in rows))
            notes[Note(": ".join(about), text)] = None
    return tuple(notes)


def _ranges(
    group: Group[Figure],
    columns: Sequence[Column],
    cells_by_row: Sequence[Sequence[Figure | None]],
) -> tuple[tuple[PayRange, ...], str]:
    """Return the pay of each column that has all five percentiles, on one axis from 0."""
    complete: list[tuple[Column, list[Figure]]] = []
    for place, column in enumerate(columns):
        cells = {
            row.measure: figure
            for row, cells in zip(group.rows, cells_by_row, strict=True)
            if (figure := cells[place])
        }
        five = [figure for name in PERCENTILES if (figure := cells.get(name)) and figure.value]
        if len(five) == len(PERCENTILES):
            complete.append((column, five))
    money = {(figure.unit, figure.currency) for _column, five in complete for figure in five}
    if len(money) != 1 or all(column.is_yardstick for column, _five in complete):
        return (), ""
    end = pictures.axis_end(figure.value for _column, five in complete for figure in five)
    unit, currency = money.pop()
    ranges = tuple(
        PayRange(column, pictures.pay_range(tuple(figure.value for figure in five), end), *five)
        for column, five in complete
    )
    return ranges, wording.exact(end, unit, currency)


def sources_used(by_section: Mapping[str, tuple[Table, ...]]) -> list[Source]:
    """Return the sources of all tables, each once."""
    sources = {table.source for tables in by_section.values() for table in tables}
    return sorted(sources, key=lambda source: (source.kind != Source.Kind.OFFICIAL, source.key))


def has_official_outlook(figures: Sequence[Figure]) -> bool:
    """Whether a statistics office gives a forecast, not only how many have the job today."""
    return any(
        figure.measure == "outlook" and figure.source.kind == Source.Kind.OFFICIAL
        for figure in figures
    )


@dataclass(frozen=True)
class PayDifference:
    """Whose official median is higher, and by how much; all from one source."""

    higher: Figure
    lower: Figure
    is_first_higher: bool
    by: str
    by_exact: str


def median_difference(first: Sequence[Figure], second: Sequence[Figure]) -> PayDifference | None:
    """Compare the medians of two roles where a source gives both for the same period."""
    for one in first:
        for other in second:
            if one.measure != "median_pay" or other.measure != "median_pay":
                continue
            more = difference(one, other).value
            if more:
                pair = (one, other) if more > 0 else (other, one)
                size: Decimal = abs(more)
                say = (size, one.unit, one.currency)
                return PayDifference(
                    *pair, more > 0, by=wording.in_words(*say), by_exact=wording.exact(*say)
                )
    return None
