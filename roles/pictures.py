"""Coordinates of the pictures on role pages. Pure.

Coordinates are strings because SVG needs a decimal point whatever the language.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

WIDTH = 640.0
MARGIN = 6.0  # keeps a stroke at either end from being clipped
BAR_WIDTH = 100.0


def number(value: float) -> str:
    """Format an SVG coordinate with up to two decimals and no trailing zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def bar(value: Decimal, *, full: Decimal = Decimal(100)) -> str:
    """Width of a bar, from 0 to BAR_WIDTH; values outside 0 to `full` are clamped."""
    share = min(max(float(value / full), 0.0), 1.0)
    return number(share * BAR_WIDTH)


def dots(percentile: float | Decimal) -> int:
    """How many of five dots to fill for a percentile (0 to 100).

    Three dots are 40 to 60, where a demand counts as neither side.
    """
    return 1 + (percentile >= 20) + (percentile >= 40) + (percentile > 60) + (percentile > 80)


@dataclass(frozen=True)
class Range:
    """Strip of pay: light from p10 to p90, strong from p25 to p75."""

    low: str
    quarter: str
    three_quarters: str
    high: str

    @property
    def width(self) -> str:
        return number(float(self.high) - float(self.low))

    @property
    def half_width(self) -> str:
        return number(float(self.three_quarters) - float(self.quarter))


def axis_end(values: Iterable[Decimal]) -> Decimal:
    """Round the largest value up to the end of an axis; ValueError unless it is above 0."""
    largest = max(values)
    if largest <= 0:
        raise ValueError("an axis needs a value above 0")
    power = Decimal(1).scaleb(largest.adjusted())
    steps = ("1", "1.5", "2", "3", "4", "5", "7.5", "10")
    return next(end for step in steps if (end := Decimal(step) * power) >= largest)


def pay_range(percentiles: tuple[Decimal, ...], end: Decimal) -> Range:
    """Place p10, p25, p75 and p90 on an axis from 0 to `end`."""
    places = (number(MARGIN + float(value / end) * (WIDTH - 2 * MARGIN)) for value in percentiles)
    return Range(*places)
