"""Coordinates of the pictures on role pages. Pure.

Numbers are strings with a decimal point, as SVG wants them in every language.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

WIDTH = 640.0
MARGIN = 6.0  # so that a stroke at the very end is not cut
BAR_WIDTH = 100.0


def number(value: float) -> str:
    """Return an SVG coordinate: at most two decimals, no trailing zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def bar(value: Decimal, *, full: Decimal = Decimal(100)) -> str:
    """Return how wide a bar is drawn, of BAR_WIDTH; never beyond its frame."""
    share = min(max(float(value / full), 0.0), 1.0)
    return number(share * BAR_WIDTH)


@dataclass(frozen=True)
class Range:
    """Pay as a line from the lowest to the highest tenth, a box for the middle half, a mark."""

    low: str
    quarter: str
    middle: str
    three_quarters: str
    high: str

    @property
    def box_width(self) -> str:
        return number(float(self.three_quarters) - float(self.quarter))


def axis_end(values: Iterable[Decimal]) -> Decimal:
    """Return a round number at or above all values."""
    largest = max(values)
    if largest <= 0:
        raise ValueError("an axis needs a value above 0")
    power = Decimal(1).scaleb(largest.adjusted())
    steps = ("1", "1.5", "2", "3", "4", "5", "7.5", "10")
    return next(end for step in steps if (end := Decimal(step) * power) >= largest)


def pay_range(percentiles: tuple[Decimal, ...], end: Decimal) -> Range:
    """Return the picture of p10, p25, median, p75 and p90 on an axis from 0 to `end`."""
    places = (number(MARGIN + float(value / end) * (WIDTH - 2 * MARGIN)) for value in percentiles)
    return Range(*places)
