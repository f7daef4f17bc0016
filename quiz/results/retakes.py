"""Results of one person side by side, and which changes are more than error. Pure.

The rule and its words: docs/scoring.md, "Retakes".
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from quiz.core.numbers import fixed_text
from quiz.core.questionnaire import Questionnaire, words
from quiz.core.scopes import EVERYTHING, Scope
from quiz.core.scoring import Result, field_of
from quiz.results.pictures import Bar, bar, number

# 95 of 100 differences between two results that differ by error alone are smaller.
SURE = 1.96
# Results that one page can still compare.
MOST_COMPARED = 6


@dataclass(frozen=True)
class Shift:
    """From one value to a later one; by error alone it would rarely pass `limit`."""

    earlier: float
    later: float
    limit: float

    @property
    def difference(self) -> float:
        return self.later - self.earlier

    @property
    def is_real(self) -> bool:
        return abs(self.difference) > self.limit


def limit_of(earlier_error: float, later_error: float) -> float:
    """Return 1.96 * SEM * sqrt(2), also where other norms give the two other errors."""
    return SURE * math.hypot(earlier_error, later_error)


# ---------------------------------------------------------------- a table of several results


@dataclass(frozen=True)
class Taken:
    """A result, when it was finished, and how much of it may be seen."""

    result: Result
    at: datetime
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Column:
    """One result in the table, numbered from the oldest on."""

    place: int
    at: datetime
    version: int | None
    band: str
    field: str


@dataclass(frozen=True)
class ShownShift:
    """A change as it is told: rounded so that it fits the values shown; `towards` is a field."""

    shift: Shift
    points: float
    digits: int

    @property
    def is_real(self) -> bool:
        return self.shift.is_real

    @property
    def towards(self) -> str:
        """Return sales for up, service for down: a trait's high pole speaks for sales."""
        return field_of(self.shift.difference)


@dataclass(frozen=True)
class Cell:
    """One value of one result; None where it is not shared, or this version does not ask for it."""

    column: Column
    value: float | None
    error: float = 0.0
    since_before: ShownShift | None = None

    @property
    def side(self) -> str:
        """Return the field that a lean points to."""
        return field_of(self.value or 0)

    @property
    def strength(self) -> float:
        return abs(self.value or 0)


@dataclass(frozen=True)
class Track:
    """The values of a row as dots in one tube, the oldest on top, with their bands of error.

    `height` is the tube's, `box` the drawing's.
    """

    height: str
    box: str
    dots: tuple["TrackDot", ...]
    path: str


@dataclass(frozen=True)
class TrackDot:
    """One dot, and where its band of error stands."""

    bar: Bar
    middle: str
    top: str


@dataclass(frozen=True)
class Row:
    """One trait, or the lean, through all results."""

    key: str
    name: str
    low: str
    high: str
    digits: int
    cells: tuple[Cell, ...]
    overall: ShownShift | None
    picture: Track


@dataclass(frozen=True)
class SideBySide:
    """Results in time order; `has_overall` when the last is not simply the one after the first."""

    columns: tuple[Column, ...]
    traits: tuple[Row, ...]
    lean: Row

    @property
    def versions_differ(self) -> bool:
        return len({column.version for column in self.columns}) > 1

    @property
    def versions(self) -> list[int | None]:
        """Return each version once, in the order of its first use."""
        return list(dict.fromkeys(column.version for column in self.columns))

    @property
    def has_overall(self) -> bool:
        return len(self.columns) > 2

    @property
    def hides_some(self) -> bool:
        """Say whether a score is missing that another column has."""
        return any(cell.value is None for row in self.traits for cell in row.cells)


def side_by_side(
    taken: Sequence[Taken], questionnaire: Questionnaire, language: str
) -> SideBySide | None:
    """Set results beside each other; the questionnaire gives the words and order of the traits.

    None for fewer than two. Traits that its scope does not show are left out, the lean never is.
    """
    taken = sorted(taken, key=lambda each: each.at)
    if len(taken) < 2:
        return None
    columns = tuple(
        Column(place, each.at, each.result.questionnaire, each.result.band, each.result.field)
        for place, each in enumerate(taken, start=1)
    )
    traits = []
    for trait in questionnaire.traits:
        values = [
            (each.result.scores[trait.key], each.result.sem[trait.key])
            if each.scope.shows_traits and trait.key in each.result.scores
            else None
            for each in taken
        ]
        if any(values):
            name, low, high = (words(t, language) for t in (trait.name, trait.low, trait.high))
            traits.append(_row(trait.key, (name, low, high), 0, columns, values))
    leans = [(each.result.lean, each.result.lean_se) for each in taken]
    return SideBySide(columns, tuple(traits), _row("", ("", "", ""), 1, columns, leans))


Value = tuple[float, float]


def _row(
    key: str,
    names: tuple[str, str, str],
    digits: int,
    columns: Sequence[Column],
    values: Sequence[Value | None],
) -> Row:
    cells: list[Cell] = []
    known: list[Value] = []
    for column, value in zip(columns, values, strict=True):
        if value is None:
            cells.append(Cell(column, None))
            continue
        since = _shown_shift(known[-1], value, digits) if known else None
        cells.append(Cell(column, *value, since))
        known.append(value)
    overall = _shown_shift(known[0], known[-1], digits) if len(known) > 1 else None
    picture = _track(known, is_lean=not key)
    return Row(key, *names, digits, tuple(cells), overall, picture)


def _shown_shift(earlier: Value, later: Value, digits: int) -> ShownShift:
    shift = Shift(earlier[0], later[0], limit_of(earlier[1], later[1]))
    shown = [float(fixed_text(value, digits)) for value, _error in (earlier, later)]
    return ShownShift(shift, round(abs(shown[1] - shown[0]), digits), digits)


# The drawing is as high as its rows; a single one looks like the bars on a result.
TRACK_TOP, TRACK_PITCH, BAND_HEIGHT = 2, 22, 16


def _track(values: Sequence[Value], *, is_lean: bool) -> Track:
    dots = []
    for place, (value, error) in enumerate(values):
        # A lean runs from -50 to 50 in the same tube.
        score = value + 50 if is_lean else value
        middle = TRACK_TOP + TRACK_PITCH * (place + 0.5)
        drawn = bar(score, max(0.0, score - error), min(100.0, score + error))
        dots.append(TrackDot(drawn, number(middle), number(middle - BAND_HEIGHT / 2)))
    path = "L".join(f"{dot.bar.dot} {dot.middle}" for dot in dots)
    height = TRACK_PITCH * len(values)
    return Track(
        number(height), number(height + 2 * TRACK_TOP), tuple(dots), f"M{path}" if path else ""
    )
