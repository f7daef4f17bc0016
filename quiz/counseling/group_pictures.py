"""Coordinates of the pictures in a report on a group: the level with all its dots, histograms.

Pure; 400 wide, as the pictures on a result are.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quiz.core.scoring import field_of
from quiz.core.verdict import CLEAR, LEANING
from quiz.results.pictures import PER_POINT, TUBE_LEFT, TUBE_MIDDLE, TUBE_RIGHT, Column, number

TUBE_TOP = 4
LOWEST_TUBE, HIGHEST_TUBE = 42, 160
# Dots shrink when there are many of them, so that the tube stays a tube.
RADII = (6.0, 4.5, 3.0, 2.0)
GAP = 1.0


@dataclass(frozen=True)
class GroupDot:
    """One person: the field gives the colour, as the side does."""

    x: str
    y: str
    side: str


@dataclass(frozen=True)
class GroupLevel:
    """All leans of a group as dots in one tube; `box` is the drawing's height, `ticks_at` a y.

    Without edges (they differ from one result to another) there are no marks.
    """

    dots: tuple[GroupDot, ...]
    radius: str
    tube_height: str
    ticks_at: str
    box: str
    marks: tuple[str, ...]
    clear_marks: tuple[str, ...]


def group_level(
    leans: Sequence[float], edges: Mapping[str, tuple[float, float]] | None
) -> GroupLevel:
    """Return the picture of leans (-50..50); each stands at its whole point, none on another."""
    # Whole points are near enough for a picture, and no more exact than a group should show.
    leans = sorted(leans)
    points = [math.floor(lean + 0.5) if lean > 0 else math.ceil(lean - 0.5) for lean in leans]
    for radius in RADII:
        pitch = 2 * radius + GAP
        places = [_inside(TUBE_MIDDLE + point * PER_POINT, radius) for point in points]
        rows = rows_of(places, pitch)
        height = (max(rows, default=0) + 1) * pitch + 2 * radius
        if height <= HIGHEST_TUBE:
            break
    height = max(height, LOWEST_TUBE)
    middle = TUBE_TOP + height / 2
    dots = tuple(
        GroupDot(number(x), number(middle + _offset(row) * pitch), field_of(lean))
        for x, row, lean in zip(places, rows, leans, strict=True)
    )
    return GroupLevel(
        dots=dots,
        radius=number(radius),
        tube_height=number(height),
        ticks_at=number(TUBE_TOP + height + 8),
        box=number(TUBE_TOP + height + 14),
        marks=_marks(edges, LEANING),
        clear_marks=_marks(edges, CLEAR),
    )


def rows_of(places: Sequence[float], pitch: float) -> list[int]:
    """Return for each place, given in order, the first row where it is `pitch` from the last."""
    last_by_row: list[float] = []
    rows = []
    for place in places:
        row = next(
            (row for row, last in enumerate(last_by_row) if place - last >= pitch),
            len(last_by_row),
        )
        if row == len(last_by_row):
            last_by_row.append(place)
        last_by_row[row] = place
        rows.append(row)
    return rows


def _offset(row: int) -> int:
    """Return rows around the middle one: 0, -1, 1, -2, 2 ..."""
    return row // 2 if row % 2 == 0 else -(row // 2 + 1)


def _inside(x: float, radius: float) -> float:
    return min(max(x, TUBE_LEFT + radius + GAP), TUBE_RIGHT - radius - GAP)


def _marks(edges: Mapping[str, tuple[float, float]] | None, band: str) -> tuple[str, ...]:
    if edges is None:
        return ()
    return tuple(number(TUBE_MIDDLE + min(max(edge, -50), 50) * PER_POINT) for edge in edges[band])


@dataclass(frozen=True)
class Histogram:
    """Counts as bars on a tube from pole to pole, in it the median and the middle half."""

    columns: tuple[Column, ...]
    median: str
    half_from: str
    half_width: str


# The bars stand on a line; below it lies the tube.
BARS_TOP, BARS_BOTTOM = 4.0, 84.0
BAR_GAP = 4.0


def histogram(
    counts: Sequence[int], tallest: int, lower: float, median: float, upper: float
) -> Histogram:
    """Return counts of equal steps from 0 to 100 as bars, `tallest` as high as can be."""
    width = (TUBE_RIGHT - TUBE_LEFT) / len(counts)
    columns = []
    for place, count in enumerate(counts):
        height = (BARS_BOTTOM - BARS_TOP) * count / (tallest or 1)
        columns.append(
            Column(
                number(TUBE_LEFT + place * width + BAR_GAP / 2),
                number(BARS_BOTTOM - height),
                number(width - BAR_GAP),
                number(height),
            )
        )
    return Histogram(
        columns=tuple(columns),
        median=number(TUBE_LEFT + median * PER_POINT),
        half_from=number(TUBE_LEFT + lower * PER_POINT),
        half_width=number((upper - lower) * PER_POINT),
    )
