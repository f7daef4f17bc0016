"""Line up the figures of several roles so that a row holds only comparable ones. Pure."""

from collections.abc import Callable, Hashable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar

NOTHING: frozenset[str] = frozenset()


class Comparable(Protocol):
    """A figure with everything that decides whether it can be compared.

    `value` is a Decimal or None, all others are strings. They are typed as Any because a model
    field, which is a descriptor, never matches a protocol with plain types.
    """

    @property
    def measure(self) -> Any: ...
    @property
    def category(self) -> Any: ...
    @property
    def value(self) -> Any: ...
    @property
    def unit(self) -> Any: ...
    @property
    def currency(self) -> Any: ...
    @property
    def source_key(self) -> Any: ...
    @property
    def region(self) -> Any: ...
    @property
    def period(self) -> Any: ...


T = TypeVar("T", bound=Comparable)


@dataclass(frozen=True)
class Row(Generic[T]):
    """The same measure for each role; a cell is None if the role has no such figure.

    `period` is None if the cells have different periods, so each cell has to show its own.
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
        """The period that all rows share, or None."""
        periods = {row.period for row in self.rows}
        return periods.pop() if len(periods) == 1 else None


def line_up(
    columns: Sequence[Sequence[T]],
    *,
    order: Callable[[str, str], Any] = lambda measure, category: 0,
    groups_across: AbstractSet[str] = NOTHING,
    rows_across: AbstractSet[str] = NOTHING,
) -> tuple[Group[T], ...]:
    """Arrange the figures of each column in rows with one source, region, period and currency.

    `order` is the sort key of a row, given its measure and category; groups sort by their first
    row. Measures in `groups_across` may share a group (but not a row) with other periods. Measures
    in `rows_across` may even share a row.
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
            # If a role has two figures for the same row, the second one gets an extra row.
            copy = 0
            while (key, copy) in rows and rows[key, copy][place] is not None:
                copy += 1
            rows.setdefault((key, copy), [None] * len(columns))[place] = figure
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
    """By how much the first figure exceeds the second, or why they can't be compared.

    `differs` names the attributes from MUST_AGREE in which the two differ.
    """

    value: Decimal | None
    differs: tuple[str, ...]


MUST_AGREE = ("measure", "category", "unit", "currency", "source_key", "region", "period")


def subtract(first: Comparable, second: Comparable) -> Subtraction:
    """Subtract the second figure from the first; no value unless kind and origin agree."""
    differs = tuple(name for name in MUST_AGREE if getattr(first, name) != getattr(second, name))
    if differs or first.value is None or second.value is None:
        return Subtraction(None, differs)
    return Subtraction(first.value - second.value, ())
