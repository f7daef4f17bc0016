"""How many people are interested in a role, by band and by fit. Pure.

Interest says nothing about accuracy. Rates are published only when enough people have answered,
and never for a row in which individuals could be identified.
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
# How the role's field relates to the suggestion.
SUGGESTED, OTHER, NEITHER = "suggested", "other", "neither"
# Instead of an answer about a role: the person answered anything. Counts each person once.
ANYTHING = ""

FEWEST_RATED = 50  # people in all
FEWEST_IN_ROW = 5  # answers

# Steps of the fit (0..100) as counted, and the wider ones as published.
FIT_STEP = 10
FIT_EDGES = (0, 20, 40, 60, 80, 100)
# There is no INSUFFICIENT because answers with flags aren't counted.
BANDS = (
    (CLEAR, SUGGESTED),
    (CLEAR, OTHER),
    (LEANING, SUGGESTED),
    (LEANING, OTHER),
    (CLOSE, NEITHER),
)


class Cell(NamedTuple):
    """One cell of the counts.

    `fit` is the start of a step of FIT_STEP points. If `answer` is ANYTHING, `side` is empty and
    `fit` is 0.
    """

    band: str
    side: str
    fit: int
    answer: str


def cell_of(band: str, suggested: str, lean: float, field: str, answer: str) -> Cell:
    """Return the cell for an answer about a role of `field`, given the person's result."""
    side = NEITHER if not suggested else SUGGESTED if field == suggested else OTHER
    return Cell(band, side, fit_step(lean if field == SALES else -lean), answer)


def cell_of_person(band: str) -> Cell:
    """Return the cell that counts each person once, whatever they answered."""
    return Cell(band, "", 0, ANYTHING)


def fit_step(lean_towards: float) -> int:
    """Return the step of fit (0, 10 .. 90) for a field, from the lean towards it (-50..50)."""
    # Rounding first: a fit just below a step by floating-point error belongs in it.
    fit = round(50 + lean_towards, 9)
    return min(math.floor(fit / FIT_STEP), 100 // FIT_STEP - 1) * FIT_STEP


@dataclass(frozen=True)
class Share:
    """How often an answer was given. The percents of a rate are whole and add up to 100."""

    answer: str
    percent: float
    piece: Stretch


@dataclass(frozen=True)
class Rate:
    """Shares of yes, not sure and no among n answers. Too few answers give 0 and no shares."""

    n: int
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class BandRate:
    """Answers of people in a band about one side: the suggested field, the other, or neither."""

    band: str
    side: str
    rate: Rate


@dataclass(frozen=True)
class FitRate:
    """Answers about roles with a fit from `low` up to `high`; the last step includes 100."""

    low: int
    high: int
    rate: Rate


@dataclass(frozen=True)
class InterestRates:
    """Answers of at least FEWEST_RATED people."""

    people: int
    by_band: tuple[BandRate, ...]
    by_fit: tuple[FitRate, ...]


def rates_by_band_and_fit(counts: Iterable[tuple[Cell, int]]) -> InterestRates | None:
    """Return None for fewer than FEWEST_RATED people."""
    people = 0
    by_band: Counter[tuple[tuple[str, str], str]] = Counter()
    by_fit: Counter[tuple[int, str]] = Counter()
    for cell, count in counts:
        if cell.answer == ANYTHING:
            people += count
        else:
            by_band[(cell.band, cell.side), cell.answer] += count
            by_fit[_published_step(cell.fit), cell.answer] += count
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


def _published_step(fit: int) -> int:
    return max(low for low in FIT_EDGES[:-1] if low <= fit)


def _rates(rows: Sequence[Sequence[int]]) -> list[Rate]:
    """Return the rates of a table's rows, and withhold rows with too few answers.

    If the withheld rows together have too few answers, withhold the next larger row as well.
    Otherwise someone who knows the totals, for example from another table, could subtract.
    """
    by_size = sorted(range(len(rows)), key=lambda place: sum(rows[place]))
    withheld: set[int] = set()
    together = 0
    for place in by_size:
        n = sum(rows[place])
        if n >= FEWEST_IN_ROW and not 0 < together < FEWEST_IN_ROW:
            break
        withheld.add(place)
        together += n
    return [Rate(0, ()) if place in withheld else _rate(row) for place, row in enumerate(rows)]


def _rate(counts: Sequence[int]) -> Rate:
    n = sum(counts)
    percents = rounded_to_add_up([100 * count / n for count in counts], digits=0)
    shares = zip(ANSWERS, percents, stretches(counts), strict=True)
    return Rate(n, tuple(Share(*share) for share in shares))
