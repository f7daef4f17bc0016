"""Coordinates of the pictures of evidence: histograms of scores, promises against what came. Pure.

400 wide, as the pictures on a result are. They hold no words: a phone would show them too small.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from quiz.evidence.figures import AgreementBin
from quiz.results.pictures import Column, number

WIDTH, HEIGHT = 400.0, 120.0
GAP = 1.0


def score_histogram(counts: Sequence[int], tallest: int) -> tuple[Column, ...]:
    """Return how many have each score, from 0 to 100, as bars, `tallest` as high as can be."""
    width = WIDTH / len(counts)
    return tuple(
        Column(
            number(place * width + GAP / 2),
            number(HEIGHT - HEIGHT * count / (tallest or 1)),
            number(width - GAP),
            number(HEIGHT * count / (tallest or 1)),
        )
        for place, count in enumerate(counts)
    )


# A square field: promised agreement to the right, from an even chance on; kept agreement upwards.
SIDE, INSET = 300.0, 10.0
LEAST_PROMISED, LEAST_KEPT = 0.5, 0.3


@dataclass(frozen=True)
class PromiseDot:
    """What people of one bin were promised and got, with the interval of 95 % of the latter."""

    x: str
    y: str
    from_y: str
    to_y: str


@dataclass(frozen=True)
class Calibration:
    """Dots on the line are promises that were kept; below it, too much was promised."""

    dots: tuple[PromiseDot, ...]
    line_from: tuple[str, str]
    line_to: tuple[str, str]


def calibration(bins: Sequence[AgreementBin]) -> Calibration:
    """Return promised against kept agreement."""
    return Calibration(
        dots=tuple(
            PromiseDot(
                x=_across(each.predicted),
                y=_up(each.observed),
                from_y=_up(each.interval[0]),
                to_y=_up(each.interval[1]),
            )
            for each in bins
        ),
        line_from=(_across(LEAST_PROMISED), _up(LEAST_PROMISED)),
        line_to=(_across(1), _up(1)),
    )


def _across(promised: float) -> str:
    share = (promised - LEAST_PROMISED) / (1 - LEAST_PROMISED)
    return number(INSET + min(max(share, 0), 1) * (WIDTH - 2 * INSET))


def _up(kept: float) -> str:
    share = (kept - LEAST_KEPT) / (1 - LEAST_KEPT)
    return number(SIDE - INSET - min(max(share, 0), 1) * (SIDE - 2 * INSET))
