"""Build the tables of a page, by section, from the figures of one or more roles."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from organization.current import current_organization
from roles import numbers, pictures
from roles.comparison import Group, Row, line_up
from roles.measures import (
    GROUPS_ACROSS_PERIODS,
    RATING_SECTIONS,
    ROWS_ACROSS_PERIODS,
    WORKFORCE,
    Text,
    category_named,
    measure_named,
    row_order,
    short_name,
)
from roles.models import Figure, Source

# Measures whose text lists names, each followed by a percentage: "Product knowledge 12".
LISTS_OF_SHARES = frozenset({"top_skills", "gender_share", "race_share"})
PERCENTILES = ("pay_p10", "pay_p25", "pay_p75", "pay_p90")


@dataclass(frozen=True, eq=False)
class Column:
    """A role, or the benchmark: all occupations together."""

    title: str
    figures: Sequence[Figure]
    is_benchmark: bool = False
    field: str = ""
    stands_in: str = ""  # title of the official occupation, if it is only the closest one

    def in_table_of(self, source: Source) -> "Column":
        """Name the occupation that an official source counted, where it only stands in."""
        if not self.stands_in or source.kind != Source.Kind.OFFICIAL:
            return self
        return replace(self, title=self.stands_in)


@dataclass(frozen=True)
class Cell:
    """A figure as it is shown: rounded and exact, with a bar, or as a list of `items`."""

    column: Column
    words: str
    exact: str
    bar: str | None = None
    dots: int | None = None  # 1 to 5, only for a rating
    items: tuple[str, ...] = ()
    period: str | None = None  # None: the row shows it
    checked: str | None = None  # None: the table shows it
    is_missing: bool = False


@dataclass(frozen=True)
class TableRow:
    label: Text
    gloss: Text
    is_category: bool  # one of several, such as a degree or a skill
    period: str | None  # None: each cell shows its own
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Note:
    about: str
    text: str


@dataclass(frozen=True)
class CountedOccupation:
    """The official occupation that a source counted for a role, and the address of its page."""

    column: str
    occupation: str
    url: str


@dataclass(frozen=True)
class PayRange:
    """A strip of one column's pay, from figures of one source, region, period and currency.

    The amounts are rounded to thousands.
    """

    column: Column
    picture: pictures.Range
    low: str
    quarter: str
    three_quarters: str
    high: str


@dataclass(frozen=True)
class Table:
    source: Source
    region: str
    period: str | None  # None: the rows have different periods
    checked: str | None  # None: the cells were checked on different days
    columns: tuple[Column, ...]
    missing: tuple[Column, ...]  # roles that the source has no figures for
    rows: tuple[TableRow, ...]
    counted: tuple[CountedOccupation, ...]
    notes: tuple[Note, ...]
    ranges: tuple[PayRange, ...]
    axis_end: str

    @property
    def is_about_one(self) -> bool:
        """The table has a single column, so it needs no heading: the page names the role."""
        return len(self.columns) == 1 and not self.missing

    @property
    def source_name(self) -> Text:
        return short_name(self.source.key) or self.source.name

    @property
    def is_stacked(self) -> bool:
        """The cells of a row are too wide to sit next to each other on a narrow screen."""
        return len(self.columns) > 1 or any(cell.bar for row in self.rows for cell in row.cells)

    @property
    def shows_periods(self) -> bool:
        return self.period is None

    @property
    def has_more_digits(self) -> bool:
        return any(cell.exact != cell.words for row in self.rows for cell in row.cells)


def _is_in(section: str) -> Callable[[Figure], bool]:
    return lambda figure: figure.section == section


def sections(columns: Sequence[Column], *, fewest: int = 1) -> dict[str, tuple[Table, ...]]:
    """Build the tables of each section, except the one on who holds the jobs.

    A row appears if at least `fewest` roles have a figure for it.
    """
    names = {figure.section for column in columns for figure in column.figures} - {WORKFORCE}
    return _by_section(columns, names, fewest)


def workforce(columns: Sequence[Column]) -> tuple[Table, ...]:
    """Build the tables on who holds the jobs; none unless an editor publishes such figures."""
    return _by_section(columns, {WORKFORCE}, 1)[WORKFORCE]


def _by_section(
    columns: Sequence[Column], names: AbstractSet[str], fewest: int
) -> dict[str, tuple[Table, ...]]:
    return {
        name: tables_of(
            columns,
            _is_in(name),
            groups_across=frozenset() if name == "pay" else GROUPS_ACROSS_PERIODS,
            is_rating=name in RATING_SECTIONS.values(),
            fewest=fewest,
        )
        for name in names
    }


def tables_of(
    columns: Sequence[Column],
    is_wanted: Callable[[Figure], bool],
    *,
    groups_across: AbstractSet[str] = GROUPS_ACROSS_PERIODS,
    is_rating: bool = False,
    fewest: int = 1,
) -> tuple[Table, ...]:
    """Build tables of the wanted figures, each with one source and one region.

    Those about the organization's country come first.

    A row appears if at least `fewest` roles have a figure for it.
    """
    wanted = [[figure for figure in column.figures if is_wanted(figure)] for column in columns]
    groups = line_up(
        wanted, order=row_order, groups_across=groups_across, rows_across=ROWS_ACROSS_PERIODS
    )
    country = current_organization().country_name
    # Regions end with their country, such as "Vancouver, BC, Canada".
    own_first = sorted(groups, key=lambda group: not group.region.endswith(country))
    return tuple(
        _table(replace(group, rows=kept), columns, is_rating=is_rating)
        for group in own_first
        if (kept := _kept(group, columns, fewest))
    )


def _kept(group: Group[Figure], columns: Sequence[Column], fewest: int) -> tuple[Row[Figure], ...]:
    """Keep the rows of enough roles; with one role, those of the benchmark next to it, too."""
    kept = tuple(row for row in group.rows if _roles_in(row, columns) >= fewest)
    return group.rows if kept and fewest == 1 else kept


def _roles_in(row: Row[Figure], columns: Sequence[Column]) -> int:
    return sum(
        cell is not None and not column.is_benchmark
        for column, cell in zip(columns, row.cells, strict=True)
    )


def _table(group: Group[Figure], columns: Sequence[Column], *, is_rating: bool) -> Table:
    places = [
        place for place, column in enumerate(columns) if any(row.cells[place] for row in group.rows)
    ]
    source = next(cell for row in group.rows for cell in row.cells if cell).source
    named = [column.in_table_of(source) for column in columns]
    shown = [named[place] for place in places]
    missing = [each for each in named if each not in shown and not each.is_benchmark]
    cells_by_row = [[row.cells[place] for place in places] for row in group.rows]
    days = {cell.checked_on for cells in cells_by_row for cell in cells if cell}
    checked = _checked(days.pop()) if len(days) == 1 else None
    ranges, axis_end = _ranges(group, shown, cells_by_row)
    return Table(
        source=source,
        region=group.region,
        period=group.period,
        checked=checked,
        columns=tuple(shown),
        missing=tuple(missing),
        rows=tuple(
            _row(row, shown, cells, shows_checked=checked is None)
            for row, cells in zip(group.rows, cells_by_row, strict=True)
        ),
        counted=_counted([columns[place] for place in places], cells_by_row),
        notes=_notes(group, shown, cells_by_row, is_rating=is_rating),
        ranges=ranges,
        axis_end=axis_end,
    )


def _checked(day: date | None) -> str:
    if day is None:
        return _("not checked since it was entered")
    return _("checked on {day}").format(day=date_format(day))


def _row(
    row: Row[Figure],
    columns: Sequence[Column],
    cells: Sequence[Figure | None],
    *,
    shows_checked: bool,
) -> TableRow:
    return TableRow(
        label=_label(row),
        gloss=category_named(row.category).gloss,
        is_category=bool(row.category),
        period=row.period,
        cells=tuple(
            _cell(column, figure, shows_period=row.period is None, shows_checked=shows_checked)
            for column, figure in zip(columns, cells, strict=True)
        ),
    )


def _cell(
    column: Column, figure: Figure | None, *, shows_period: bool, shows_checked: bool
) -> Cell:
    if figure is None:
        words = _("no figure")
        return Cell(column, words, words, is_missing=True)
    checked = _checked(figure.checked_on) if shows_checked else None
    if figure.measure in LISTS_OF_SHARES:
        items = tuple(f"{n}: {share}" for n, share in figure.shares)
        return Cell(column, "", "", items=items, checked=checked)
    if len(figure.parts) > 1:
        return Cell(column, "", "", items=tuple(figure.parts), checked=checked)
    words, exact, dots = figure.in_words, figure.exact, None
    if figure.percentile is not None:
        dots = pictures.dots(figure.percentile)
        words = _("above about {n} of 100").format(n=figure.in_a_hundred)
        percentile = _("percentile {percentile} of {count} occupations").format(
            percentile=figure.percentile_exact, count=figure.percentile_of
        )
        exact = f"{exact}; {percentile}"
    period = (figure.period or _("undated")) if shows_period else None
    return Cell(column, words, exact, bar=figure.bar, dots=dots, period=period, checked=checked)


def _label(row: Row[Figure]) -> Text:
    return (
        category_named(row.category).label
        if row.category
        else measure_named(row.measure, row.unit).label
    )


def _counted(
    columns: Sequence[Column], cells_by_row: Sequence[Sequence[Figure | None]]
) -> tuple[CountedOccupation, ...]:
    counted: dict[CountedOccupation, None] = {}
    for place, column in enumerate(columns):
        for cells in cells_by_row:
            if (figure := cells[place]) and (figure.occupation or figure.url):
                counted[CountedOccupation(column.title, figure.occupation, figure.url)] = None
    return tuple(counted)


def _notes(
    group: Group[Figure],
    columns: Sequence[Column],
    cells_by_row: Sequence[Sequence[Figure | None]],
    *,
    is_rating: bool,
) -> tuple[Note, ...]:
    """Collect the notes without duplicates; a note names its rows unless it covers them all."""
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
    """Draw the pay of each column with all four percentiles on one axis from 0.

    The second value labels the end of the axis. Nothing is drawn if units or currencies differ.
    """
    complete: list[tuple[Column, list[Figure], tuple[Decimal, ...]]] = []
    for place, column in enumerate(columns):
        cells = {
            row.measure: figure
            for row, cells in zip(group.rows, cells_by_row, strict=True)
            if (figure := cells[place])
        }
        four = [figure for name in PERCENTILES if (figure := cells.get(name))]
        values = tuple(figure.value for figure in four if figure.value)
        if len(values) == len(PERCENTILES):
            complete.append((column, four, values))
    money = {
        (figure.unit, figure.currency) for _column, four, _values in complete for figure in four
    }
    if len(money) != 1 or all(column.is_benchmark for column, *_rest in complete):
        return (), ""
    end = pictures.axis_end(value for *_rest, values in complete for value in values)
    unit, currency = money.pop()
    ranges = tuple(
        PayRange(
            column,
            pictures.pay_range(values, end),
            *(numbers.money(numbers.in_thousands(value), currency) for value in values),
        )
        for column, _four, values in complete
    )
    return ranges, numbers.exact(end, unit, currency)
