"""The table of results: figures of the site and of the least app, their ratio, and the goal."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

HEADS = ("measurement", "this site", "least app", "ratio", "goal", "met")


class Goal(NamedTuple):
    """A bound for the site's median, or for the median of its ratio to the least app."""

    bound: float
    is_ratio: bool = False
    is_floor: bool = False

    def is_met_by(self, value: float) -> bool:
        return value >= self.bound if self.is_floor else value <= self.bound

    def __str__(self) -> str:
        return f"{self.bound:,g} ×" if self.is_ratio else f"{self.bound:,.10g}"


@dataclass(frozen=True)
class Row:
    """One measurement; the n-th figures of both apps were measured in the same turn."""

    name: str  # with the unit
    ours: Sequence[float]
    least: Sequence[float] = ()
    goal: Goal | None = None
    digits: int = 1
    has_ratio: bool = True

    @property
    def ratios(self) -> list[float]:
        if not (self.has_ratio and self.least) or 0 in self.least:
            return []
        return [mine / other for mine, other in zip(self.ours, self.least, strict=True)]

    @property
    def is_met(self) -> bool | None:
        """Return None without a goal."""
        if self.goal is None:
            return None
        return self.goal.is_met_by(median(self.ratios if self.goal.is_ratio else self.ours))

    def cells(self) -> list[str]:
        return [
            self.name,
            spread(self.ours, self.digits),
            spread(self.least, self.digits),
            f"{spread(self.ratios, 1)} ×" if self.ratios else "",
            str(self.goal or ""),
            {None: "", True: "yes", False: "no"}[self.is_met],
        ]


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Return the median, and the lowest and highest value if they look different."""
    if not values:
        return ""
    middle, low, high = (f"{v:,.{digits}f}" for v in (median(values), min(values), max(values)))
    return middle if low == high else f"{middle} ({low}-{high})"


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the lowest value that so many percent of all values don't exceed."""
    return sorted(values)[math.ceil(percent / 100 * len(values)) - 1]


def markdown(rows: Iterable[Row]) -> str:
    lines = [list(HEADS), *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |"
        for line in lines
    )
