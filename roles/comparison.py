"""Line up the figures of a few roles, so that only what can be compared stands in one row. Pure."""

from collections.abc import Callable, Hashable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar

NOTHING: frozenset[str] = frozenset()


class Comparable(Protocol):
    """What a figure must say of itself to be compared."""

    @property
    def measure(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def value(self) -> Decimal | None: ...
    @property
    def unit(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def source_key(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def period(self) -> str: ...


T = TypeVar("T", bound=Comparable)


@dataclass(frozen=True)
class Row(Generic[T]):
    """One measure of each role; None where a role has no such figure.

    `period` is None where the cells are of different periods: then each has to say its own.
    """

    measure: str
    category: str
    unit: str
    currency: str
    period: str | None
    cells: tuple[T | None, ...]


@dataclass(frozen=True)
class Group(Generic[T]):
    """Rows from one source about one region."""

    source_key: str
    region: str
    rows: tuple[Row[T], ...]

    @property
    def period(self) -> str | None:
        """The one period of all rows, or None."""
        periods = {row.period for row in self.rows}
        return periods.pop() if len(periods) == 1 else None


def line_up(
    columns: Sequence[Sequence[T]],
    *,
    order: Callable[[str, str], Any] = lambda measure, category: 0,
    groups_across: AbstractSet[str] = NOTHING,
    rows_across: AbstractSet[str] = NOTHING,
) -> tuple[Group[T], ...]:
    """Return the figures of each column as rows of one source, region, period and currency.

    `order` sorts rows by measure and category, and groups by their first row. Measures in
    `groups_across` may share a group with other periods (rows still don't mix them); those in
    `rows_across` even a row.
    """
    groups: dict[Hashable, dict[Hashable, list[T | None]]] = {}
    for place, column in enumerate(columns):
        for figure in column:
            own_row = figure.measure not in rows_across
            own_group = own_row and figure.measure not in groups_across
            rows = groups.setdefault(
                (figure.source_key, figure.region, figure.period if own_group else None), {}
            )
            key = (
                figure.measure,
                figure.category,
                figure.unit,
                figure.currency,
                figure.period if own_row else None,
            )
            # A second figure of one role for the same row gets a row of its own: nothing is lost.
            turn = 0
            while (key, turn) in rows and rows[key, turn][place] is not None:
                turn += 1
            rows.setdefault((key, turn), [None] * len(columns))[place] = figure
    lined_up = [_group(list(rows.values()), order) for rows in groups.values()]
    lined_up.sort(key=lambda group: order(group.rows[0].measure, group.rows[0].category))
    return tuple(lined_up)


def _group(rows: list[list[T | None]], order: Callable[[str, str], Any]) -> Group[T]:
    lined_up = sorted(
        (_row(tuple(cells)) for cells in rows), key=lambda row: order(row.measure, row.category)
    )
    first = _first(lined_up[0].cells)
    return Group(first.source_key, first.region, tuple(lined_up))


def _row(cells: tuple[T | None, ...]) -> Row[T]:
    first = _first(cells)
    periods = {cell.period for cell in cells if cell is not None}
    return Row(
        first.measure,
        first.category,
        first.unit,
        first.currency,
        first.period if len(periods) == 1 else None,
        cells,
    )


def _first(cells: tuple[T | None, ...]) -> T:
    return next(cell for cell in cells if cell is not None)


@dataclass(frozen=True)
class Subtraction:
    """How much more the first figure is, or what keeps the two from being compared."""

    value: Decimal | None
    differs: tuple[str, ...]


MUST_AGREE = ("measure", "category", "unit", "currency", "source_key", "region", "period")


def subtract(first: Comparable, second: Comparable) -> Subtraction:
    """Subtract the second figure from the first if both are numbers of the same kind and origin."""
    differs = tuple(name for name in MUST_AGREE if getattr(first, name) != getattr(second, name))
    if differs or first.value is None or second.value is None:
        return Subtraction(None, differs)
    return Subtraction(first.value - second.value, ())
