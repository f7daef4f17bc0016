"""Coordinates for pictures of evidence: histograms of scores, and the calibration chart. Pure.

They are 400 units wide, like the pictures on a result. They contain no words, which would be too
small on a phone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from quiz.evidence.figures import AgreementBin
from quiz.results.pictures import Column, number

WIDTH, HEIGHT = 400.0, 120.0
GAP = 1.0


def score_histogram(counts: Sequence[int], tallest: int) -> tuple[Column, ...]:
    """Draw counts by score (0..100) as bars. A count of `tallest` fills the height."""
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


# The x-axis is predicted agreement, from 0.5 (an even chance); the y-axis is observed agreement.
SIDE, INSET = 300.0, 10.0
LEAST_PREDICTED, LEAST_OBSERVED = 0.5, 0.3


@dataclass(frozen=True)
class CalibrationDot:
    """Predicted and observed agreement of one bin; `from_y` and `to_y` are its 95% interval."""

    x: str
    y: str
    from_y: str
    to_y: str


@dataclass(frozen=True)
class Calibration:
    """Dots on the line were predicted exactly. Dots below it were predicted too high."""

    dots: tuple[CalibrationDot, ...]
    line_from: tuple[str, str]
    line_to: tuple[str, str]


def calibration(bins: Sequence[AgreementBin]) -> Calibration:
    return Calibration(
        dots=tuple(
            CalibrationDot(
                x=_across(each.predicted),
                y=_up(each.observed),
                from_y=_up(each.interval[0]),
                to_y=_up(each.interval[1]),
            )
            for each in bins
        ),
        line_from=(_across(LEAST_PREDICTED), _up(LEAST_PREDICTED)),
        line_to=(_across(1), _up(1)),
    )


def _across(predicted: float) -> str:
    share = (predicted - LEAST_PREDICTED) / (1 - LEAST_PREDICTED)
    return number(INSET + min(max(share, 0), 1) * (WIDTH - 2 * INSET))


def _up(observed: float) -> str:
    share = (observed - LEAST_OBSERVED) / (1 - LEAST_OBSERVED)
    return number(SIDE - INSET - min(max(share, 0), 1) * (SIDE - 2 * INSET))
