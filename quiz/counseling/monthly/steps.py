"""Counts of people, rounded by chance to steps of five, for the monthly report. Pure.

A count between two steps goes up or down, and up the more often the closer it is to the upper one,
so that it is right on average. One person more or less changes a number in one of five draws. A
number once drawn must be kept: from several draws of the same count, their mean would reveal it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from secrets import randbelow
from typing import TypeVar

from quiz.core.verdict import CLEAR, LEANING, SALES, SERVICE, Verdict

STEP = 5
# A row is about more people than this, and so are its suggestions.
FEWEST = 10
# A rounded number from which on there are more than FEWEST people, whichever way it was rounded.
# What is shown must follow from rounded numbers alone: the count itself would be a second rounding.
SHOWN_FROM = FEWEST + STEP
NO_VERDICTS = (0,) * len(Verdict)

Group = TypeVar("Group")


def draw() -> int:
    """Return by chance from which remainder on counts are rounded up: 0 for none, up to 4."""
    return randbelow(STEP)


def rounded(parts: Sequence[int], offset: int) -> tuple[int, ...]:
    """Round counts to steps, each up or down by less than a step.

    Neighboring parts together, and all of them, are also off by less than a step. `offset` is from
    `draw`.
    """
    sums = [0, *accumulate(parts)]
    steps = [STEP * ((each + offset) // STEP) for each in sums]
    return tuple(after - before for before, after in pairwise(steps))


@dataclass(frozen=True)
class Counts:
    """How many people did what in a month. `verdicts` are of those who shared, as in Verdict."""

    invited: int = 0
    started: int = 0
    finished: int = 0
    verdicts: tuple[int, ...] = NO_VERDICTS

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.invited + other.invited,
            self.started + other.started,
            self.finished + other.finished,
            tuple(map(sum, zip(self.verdicts, other.verdicts, strict=True))),
        )


@dataclass(frozen=True)
class RoundedCounts:
    """Rounded counts. `verdicts` is empty where too few people share."""

    invited: int
    started: int
    finished: int
    shared: int
    verdicts: tuple[int, ...] = ()

    def of(self, *, band: str = "", field: str = "") -> int:
        """Return how many got a suggestion: of this band, or for this field."""
        return sum(
            count
            for verdict, count in zip(Verdict, self.verdicts, strict=True)
            if (not band or verdict.band == band) and (not field or verdict.field == field)
        )

    @property
    def suggestions(self) -> tuple[int, ...]:
        """Return customer service, too close, sales, no suggestion; then clear, leaning."""
        close, insufficient = Verdict.CLOSE.order, Verdict.INSUFFICIENT.order
        return (
            *(self.of(field=SERVICE), self.verdicts[close]),
            *(self.of(field=SALES), self.verdicts[insufficient]),
            *(self.of(band=CLEAR), self.of(band=LEANING)),
        )


def rounded_row(counts: Counts, offset_of: Callable[[], int] = draw) -> RoundedCounts | None:
    """Round the counts of one row; None if they are too few to be shown."""
    singles = (counts.invited, counts.started, counts.finished)
    invited, started, finished = (rounded([count], offset_of())[0] for count in singles)
    verdicts = rounded(counts.verdicts, offset_of())
    shared = sum(verdicts)
    if max(invited, started, finished, shared) < SHOWN_FROM:
        return None
    shown = verdicts if shared >= SHOWN_FROM else ()
    return RoundedCounts(invited, started, finished, shared, shown)


def rounded_rows(
    by_group: Mapping[Group | None, Counts], offset_of: Callable[[], int] = draw
) -> dict[Group | None, RoundedCounts]:
    """Return a row for each group that has enough people, and one (None) for everyone else.

    Each person is in one row. There is no count of them all: from it and the rows, someone could
    compute those who are too few for a row.
    """
    found = {
        group: rounded_row(counts, offset_of)
        for group, counts in by_group.items()
        if group is not None
    }
    rows: dict[Group | None, RoundedCounts] = {group: row for group, row in found.items() if row}
    others = sum((by_group[group] for group in by_group if group not in rows), Counts())
    if rest := rounded_row(others, offset_of):
        rows[None] = rest
    return rows


def sum_of(rows: Iterable[RoundedCounts]) -> RoundedCounts:
    """Add up what is shown; verdicts only of those rows that have them."""
    rows = list(rows)
    verdicts = [row.verdicts for row in rows if row.verdicts]
    return RoundedCounts(
        sum(row.invited for row in rows),
        sum(row.started for row in rows),
        sum(row.finished for row in rows),
        sum(row.shared for row in rows),
        tuple(map(sum, zip(*verdicts, strict=True))),
    )
