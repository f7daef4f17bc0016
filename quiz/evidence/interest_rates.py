"""How many could see themselves doing a role, by band and by fit; interest, not accuracy. Pure.

Counts are of answers about roles. Nothing is told before enough people have said something, and no
row of a table that could be of single people.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from quiz.core.scoring import rounded_to_add_up
from quiz.core.verdict import CLEAR, CLOSE, LEANING, SALES
from quiz.results.pictures import Stretch, stretches

YES, UNSURE, NO = "yes", "unsure", "no"
ANSWERS = (YES, UNSURE, NO)
# Whether the role's field was the suggested one.
SUGGESTED, OTHER, NEITHER = "suggested", "other", "neither"
# In place of an answer about a role: that somebody has said anything, counted once a person.
ANYTHING = ""

FEWEST_RATED = 50  # people in all
FEWEST_IN_ROW = 5  # answers

# As wide as it is counted, and as it is told; points of fit (0..100).
FIT_STEP = 10
FIT_EDGES = (0, 20, 40, 60, 80, 100)
# Of those who count nobody is without a verdict: that takes careless answers.
BANDS = (
    (CLEAR, SUGGESTED),
    (CLEAR, OTHER),
    (LEANING, SUGGESTED),
    (LEANING, OTHER),
    (CLOSE, NEITHER),
)


class Cell(NamedTuple):
    """What is counted together: answers about roles that fit alike, of people told alike.

    `fit` is the lowest of FIT_STEP points. With ANYTHING for an answer, there is no side or fit.
    """

    band: str
    side: str
    fit: int
    answer: str


def cell_of(band: str, suggested: str, lean: float, field: str, answer: str) -> Cell:
    """Return where an answer about a role of a field counts, given what its person was told."""
    side = NEITHER if not suggested else SUGGESTED if field == suggested else OTHER
    return Cell(band, side, fit_step(lean if field == SALES else -lean), answer)


def cell_of_anybody(band: str) -> Cell:
    """Return where a person counts who has said anything."""
    return Cell(band, "", 0, ANYTHING)


def fit_step(lean_towards: float) -> int:
    """Return the step (0, 10 .. 90) of the fit of a field that is leant towards (-50..50)."""
    # What is short of a step by rounding error alone has reached it.
    fit = round(50 + lean_towards, 9)
    return min(math.floor(fit / FIT_STEP), 100 // FIT_STEP - 1) * FIT_STEP


@dataclass(frozen=True)
class Share:
    """How often something was answered: of 100, in whole numbers that add up, and drawn."""

    answer: str
    percent: float
    piece: Stretch


@dataclass(frozen=True)
class Rate:
    """Of n answers, the shares of yes, not sure and no; of too few, 0 and none."""

    n: int
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class BandRate:
    """What people of a band say of the roles suggested to them, or of the others."""

    band: str
    side: str
    rate: Rate


@dataclass(frozen=True)
class FitRate:
    """What people say of roles that fit them by so many points; the last step is closed."""

    low: int
    high: int
    rate: Rate


@dataclass(frozen=True)
class InterestRates:
    """What at least FEWEST_RATED people say of roles."""

    people: int
    by_band: tuple[BandRate, ...]
    by_fit: tuple[FitRate, ...]


def rates_by_band_and_fit(counts: Iterable[tuple[Cell, int]]) -> InterestRates | None:
    """Return what counts come to; None of fewer than FEWEST_RATED people."""
    people = 0
    by_band: Counter[tuple[tuple[str, str], str]] = Counter()
    by_fit: Counter[tuple[int, str]] = Counter()
    for cell, count in counts:
        if cell.answer == ANYTHING:
            people += count
        else:
            by_band[(cell.band, cell.side), cell.answer] += count
            by_fit[_told_step(cell.fit), cell.answer] += count
    if people < FEWEST_RATED:
        return None
    band_rates = _rates([[by_band[band, answer] for answer in ANSWERS] for band in BANDS])
    steps = list(pairwise(FIT_EDGES))
    fit_rates = _rates([[by_fit[low, answer] for answer in ANSWERS] for low, _high in steps])
    return InterestRates(
        people=people,
        by_band=tuple(
            BandRate(band, side, rate) for (band, side), rate in zip(BANDS, band_rates, strict=True)
        ),
        by_fit=tuple(
            FitRate(low, high, rate) for (low, high), rate in zip(steps, fit_rates, strict=True)
        ),
    )


def _told_step(fit: int) -> int:
    return max(low for low in FIT_EDGES[:-1] if low <= fit)


def _rates(rows: Sequence[Sequence[int]]) -> list[Rate]:
    """Return the rates of a table's rows, without those that are too few to be told.

    Where these together are too few, the next larger one is kept back too: whoever knows all
    answers, as from another table, could else work them out.
    """
    by_size = sorted(range(len(rows)), key=lambda place: sum(rows[place]))
    kept_back: set[int] = set()
    together = 0
    for place in by_size:
        n = sum(rows[place])
        if n >= FEWEST_IN_ROW and not 0 < together < FEWEST_IN_ROW:
            break
        kept_back.add(place)
        together += n
    return [Rate(0, ()) if place in kept_back else _rate(row) for place, row in enumerate(rows)]


def _rate(counts: Sequence[int]) -> Rate:
    n = sum(counts)
    percents = rounded_to_add_up([100 * count / n for count in counts], digits=0)
    shares = zip(ANSWERS, percents, stretches(counts), strict=True)
    return Rate(n, tuple(Share(*share) for share in shares))
