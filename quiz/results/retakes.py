"""One person's results side by side, and which shifts are larger than the error. Pure.

The rule is explained in docs/explanation/scoring.md, "Retakes".
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from quiz.core.numbers import fixed_text
from quiz.core.questionnaire import Questionnaire, traits_of_any, words
from quiz.core.scopes import EVERYTHING, Scope
from quiz.core.scoring import Result, field_of
from quiz.results.pictures import Bar, bar, number

# If two results differ only by error, 95 of 100 differences are smaller than this many errors.
SURE = 1.96
# One page has room for this many results.
MOST_COMPARED = 6


@dataclass(frozen=True)
class Shift:
    """A move from one value to a later one. Error by itself rarely exceeds `limit`."""

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
    """Return 1.96 * SEM * sqrt(2), generalized to two different SEMs."""
    return SURE * math.hypot(earlier_error, later_error)


# ---------------------------------------------------------------- a table of several results


@dataclass(frozen=True)
class Taken:
    """A result, when it was finished, and how much of it may be shown."""

    result: Result
    at: datetime
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Column:
    """One result in the table. `place` counts from 1, oldest first."""

    place: int
    at: datetime
    version: int | None
    band: str
    field: str


@dataclass(frozen=True)
class ShownShift:
    """A shift as shown: rounded so that it matches the two values shown."""

    shift: Shift
    points: float
    digits: int

    @property
    def is_real(self) -> bool:
        return self.shift.is_real

    @property
    def towards(self) -> str:
        """The field: up is sales and down is service, because high poles speak for sales."""
        return field_of(self.shift.difference)


@dataclass(frozen=True)
class Cell:
    """One value of one result; None if its version doesn't have the trait, or it isn't shared."""

    column: Column
    value: float | None
    error: float = 0.0
    since_before: ShownShift | None = None
    is_in_version: bool = True

    @property
    def side(self) -> str:
        """The field that a lean points to."""
        return field_of(self.value or 0)

    @property
    def strength(self) -> float:
        return abs(self.value or 0)


@dataclass(frozen=True)
class Track:
    """The values of a row as dots in one tube with their errors, oldest at the top.

    `height` is the height of the tube, and `box` that of the drawing.
    """

    height: str
    box: str
    dots: tuple["TrackDot", ...]
    path: str


@dataclass(frozen=True)
class TrackDot:
    """One dot. `middle` is its y; `top` is the upper edge of the stretch that shows its error."""

    bar: Bar
    middle: str
    top: str


@dataclass(frozen=True)
class Row:
    """One trait, or the lean, across all results."""

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
    """Results in order of time."""

    columns: tuple[Column, ...]
    traits: tuple[Row, ...]
    lean: Row

    @property
    def versions_differ(self) -> bool:
        return len({column.version for column in self.columns}) > 1

    @property
    def versions(self) -> list[int | None]:
        """Each version once, in the order of first use."""
        return list(dict.fromkeys(column.version for column in self.columns))

    @property
    def has_overall(self) -> bool:
        return len(self.columns) > 2

    @property
    def misses_some(self) -> bool:
        """True if a score is missing that another result has."""
        return any(cell.value is None for row in self.traits for cell in row.cells)


def side_by_side(
    taken: Sequence[Taken], questionnaires: Iterable[Questionnaire], language: str
) -> SideBySide | None:
    """Compare results.

    The questionnaires give the words and the order of the traits, the first of them where several
    have a trait. Returns None for fewer than two results. A scope may hide traits, but never the
    lean.
    """
    taken = sorted(taken, key=lambda each: each.at)
    if len(taken) < 2:
        return None
    columns = tuple(
        Column(place, each.at, each.result.questionnaire, each.result.band, each.result.field)
        for place, each in enumerate(taken, start=1)
    )
    traits = []
    for trait in traits_of_any(questionnaires):
        values = [
            (each.result.scores[trait.key], each.result.sem[trait.key])
            if each.scope.shows_traits and trait.key in each.result.scores
            else None
            for each in taken
        ]
        if any(values):
            name, low, high = (words(t, language) for t in (trait.name, trait.low, trait.high))
            are_in_version = [trait.key in each.result.scores for each in taken]
            traits.append(_row(trait.key, (name, low, high), 0, columns, values, are_in_version))
    leans = [(each.result.lean, each.result.lean_se) for each in taken]
    lean = _row("", ("", "", ""), 1, columns, leans, [True] * len(taken))
    return SideBySide(columns, tuple(traits), lean)


Value = tuple[float, float]


def _row(
    key: str,
    names: tuple[str, str, str],
    digits: int,
    columns: Sequence[Column],
    values: Sequence[Value | None],
    are_in_version: Sequence[bool],
) -> Row:
    cells: list[Cell] = []
    known: list[Value] = []
    for column, value, is_in_version in zip(columns, values, are_in_version, strict=True):
        if value is None:
            cells.append(Cell(column, None, is_in_version=is_in_version))
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


# Each row adds to the height. A drawing with one row looks like the bars on a result.
TRACK_TOP, TRACK_PITCH, BAND_HEIGHT = 2, 22, 16


def _track(values: Sequence[Value], *, is_lean: bool) -> Track:
    dots = []
    for place, (value, error) in enumerate(values):
        # A lean (-50..50) uses the same tube.
        score = value + 50 if is_lean else value
        middle = TRACK_TOP + TRACK_PITCH * (place + 0.5)
        drawn = bar(score, max(0.0, score - error), min(100.0, score + error))
        dots.append(TrackDot(drawn, number(middle), number(middle - BAND_HEIGHT / 2)))
    path = "L".join(f"{dot.bar.dot} {dot.middle}" for dot in dots)
    height = TRACK_PITCH * len(values)
    return Track(
        number(height), number(height + 2 * TRACK_TOP), tuple(dots), f"M{path}" if path else ""
    )
