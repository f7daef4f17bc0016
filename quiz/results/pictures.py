"""Coordinates for the pictures on a result: the level, the bars, the hundred dots. Pure.

All pictures are 400 units wide, which suits a phone and scales up. Coordinates are strings with a
decimal point, because SVG needs one in every language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from quiz.core.numbers import plain_text
from quiz.core.scoring import Result, field_of
from quiz.core.verdict import CLEAR, LEANING, SALES, SERVICE

TUBE_LEFT, TUBE_RIGHT, TUBE_MIDDLE = 6.0, 394.0, 200.0
PER_POINT = (TUBE_RIGHT - TUBE_LEFT) / 100
SMALLEST_BUBBLE = 8.0


def number(value: float) -> str:
    """Format an SVG coordinate: at most two decimals, no trailing zeros."""
    return plain_text(value, digits=2)


@dataclass(frozen=True)
class Level:
    """A bubble in a tube. Its position shows the lean, and its width the standard error."""

    bubble: str
    bubble_width: str
    leaning_marks: tuple[str, str]
    clear_marks: tuple[str, str]
    side: str


def level(lean: float, lean_se: float, edges: Mapping[str, tuple[float, float]]) -> Level:
    """Draw a lean (-50..50) with its standard error and the edges of the bands."""
    half = max(lean_se * PER_POINT, SMALLEST_BUBBLE)
    middle = TUBE_MIDDLE + lean * PER_POINT
    return Level(
        bubble=number(min(max(middle, TUBE_LEFT + half), TUBE_RIGHT - half)),
        bubble_width=number(half),
        leaning_marks=_marks(edges[LEANING]),
        clear_marks=_marks(edges[CLEAR]),
        side=field_of(lean),
    )


def level_of(result: Result) -> Level:
    return level(result.lean, result.lean_se, result.edges)


def _marks(edges: tuple[float, float]) -> tuple[str, str]:
    places = (TUBE_MIDDLE + min(max(edge, -50), 50) * PER_POINT for edge in edges)
    low, high = places
    return number(low), number(high)


# For the front page: a person who leans towards sales, with the shipped weights.
EXAMPLE = level(7.03, 5.71, {LEANING: (-4.96, 4.96), CLEAR: (-12.12, 12.12)})


@dataclass(frozen=True)
class Bar:
    """A score as a dot in a tube from pole to pole, on a stretch that shows its error."""

    dot: str
    error_from: str
    error_width: str
    side: str


def bar(score: float, error_from: float, error_to: float) -> Bar:
    """Draw a score (0..100)."""
    return Bar(
        dot=number(TUBE_LEFT + score * PER_POINT),
        error_from=number(TUBE_LEFT + error_from * PER_POINT),
        error_width=number((error_to - error_from) * PER_POINT),
        side="" if score == 50 else SALES if score > 50 else SERVICE,
    )


DOTS_IN_A_ROW, DOT_PITCH = 20, 20


def dots(count: int) -> str:
    """Outline the first `count` (0..100) of a hundred dots, row by row."""
    rows, rest = divmod(count, DOTS_IN_A_ROW)
    height = rows * DOT_PITCH
    outline = f"M0 0H{DOTS_IN_A_ROW * DOT_PITCH}V{height}H0z" if rows else ""
    if rest:
        outline += f"M0 {height}H{rest * DOT_PITCH}v{DOT_PITCH}H0z"
    return outline


@dataclass(frozen=True)
class Stretch:
    """One segment of a bar."""

    x: str
    width: str


BAR_WIDTH = 400


def stretches(counts: Sequence[int]) -> tuple[Stretch, ...]:
    """Divide one bar among counts. If all are 0, the bar is empty."""
    total = sum(counts) or 1
    ends = [BAR_WIDTH * sum(counts[:place]) / total for place in range(len(counts) + 1)]
    return tuple(Stretch(number(start), number(end - start)) for start, end in pairwise(ends))


@dataclass(frozen=True)
class Column:
    """One bar of a histogram."""

    x: str
    y: str
    width: str
    height: str
