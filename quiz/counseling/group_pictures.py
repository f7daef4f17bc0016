"""Coordinates for the pictures in a group report: people as dots, and histograms. Pure.

They are 400 units wide, like the pictures on a result.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quiz.core.scoring import field_of
from quiz.core.verdict import CLEAR, LEANING
from quiz.results.pictures import (
    BAR_WIDTH,
    PER_POINT,
    TUBE_LEFT,
    TUBE_MIDDLE,
    TUBE_RIGHT,
    Column,
    number,
)
from quiz.results.verdict_shares import VerdictShare

TUBE_TOP = 4
LOWEST_TUBE, HIGHEST_TUBE = 42, 160
# With many dots, they shrink so that the tube doesn't get too high.
RADII = (6.0, 4.5, 3.0, 2.0)
GAP = 1.0


@dataclass(frozen=True)
class GroupDot:
    """One person. `side` is the field, which decides the color."""

    x: str
    y: str
    side: str


@dataclass(frozen=True)
class GroupLevel:
    """All leans of a group as dots in one tube; `box` is the drawing's height, `ticks_at` a y.

    If the edges differ between results, there are no marks.
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
    """Draw leans (-50..50) at their nearest whole point, without overlaps."""
    # Whole points are enough for a picture, and reveal no more than a group should.
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
    """Assign each place, in ascending order, to the first row where it has `pitch` of room."""
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
    """Arrange rows around the middle one: 0, -1, 1, -2, 2 ..."""
    return row // 2 if row % 2 == 0 else -(row // 2 + 1)


def _inside(x: float, radius: float) -> float:
    return min(max(x, TUBE_LEFT + radius + GAP), TUBE_RIGHT - radius - GAP)


def _marks(edges: Mapping[str, tuple[float, float]] | None, band: str) -> tuple[str, ...]:
    if edges is None:
        return ()
    return tuple(number(TUBE_MIDDLE + min(max(edge, -50), 50) * PER_POINT) for edge in edges[band])


@dataclass(frozen=True)
class VerdictDot:
    """One person in a row of up to MOST_IN_A_ROW; `kind` decides the color."""

    x: str
    kind: str


MOST_IN_A_ROW = 20
PITCH = BAR_WIDTH / MOST_IN_A_ROW


def verdict_dots(shares: Sequence[VerdictShare]) -> tuple[VerdictDot, ...]:
    """Draw one dot per person, in the order of the verdicts."""
    kinds = [share.kind for share in shares for _person in range(share.count)]
    return tuple(
        VerdictDot(number((place + 0.5) * PITCH), kind) for place, kind in enumerate(kinds)
    )


@dataclass(frozen=True)
class PersonDot:
    x: str
    y: str


@dataclass(frozen=True)
class Histogram:
    """Counts as bars or dots on a tube from pole to pole, which shows the median and middle half.

    A small group has one dot per person, a large one has bars.
    """

    columns: tuple[Column, ...]
    dots: tuple[PersonDot, ...]
    median: str
    half_from: str
    half_width: str


# The tube is below the baseline of the bars.
BARS_TOP, BARS_BOTTOM = 4.0, 84.0
BAR_GAP = 4.0
DOT_PITCH = 10.0
DOTS_HIGH = int((BARS_BOTTOM - BARS_TOP) / DOT_PITCH)


def histogram(
    counts: Sequence[int],
    tallest: int,
    lower: float,
    median: float,
    upper: float,
    *,
    has_dots: bool = False,
) -> Histogram:
    """Draw counts of equal steps (0..100). A bar or stack of `tallest` fills the height."""
    return Histogram(
        columns=() if has_dots else _columns(counts, tallest),
        dots=_dots(counts, tallest) if has_dots else (),
        median=number(TUBE_LEFT + median * PER_POINT),
        half_from=number(TUBE_LEFT + lower * PER_POINT),
        half_width=number((upper - lower) * PER_POINT),
    )


def _columns(counts: Sequence[int], tallest: int) -> tuple[Column, ...]:
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
    return tuple(columns)


def _dots(counts: Sequence[int], tallest: int) -> tuple[PersonDot, ...]:
    """Stack dots in the middle of their step, as many in a row as the tallest stack needs."""
    width = (TUBE_RIGHT - TUBE_LEFT) / len(counts)
    in_a_row = max(1, math.ceil(tallest / DOTS_HIGH))
    dots = []
    for place, count in enumerate(counts):
        first = TUBE_LEFT + (place + 0.5) * width - (in_a_row - 1) / 2 * DOT_PITCH
        for person in range(count):
            row, column = divmod(person, in_a_row)
            x, y = first + column * DOT_PITCH, BARS_BOTTOM - (row + 0.5) * DOT_PITCH
            dots.append(PersonDot(number(x), number(y)))
    return tuple(dots)
