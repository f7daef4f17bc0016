"""How many of several people got each verdict, as numbers and as segments of a bar. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from quiz.core.scoring import rounded_to_add_up
from quiz.core.verdict import Verdict
from quiz.results.pictures import Stretch, stretches


@dataclass(frozen=True)
class VerdictShare:
    """How many got a verdict. The percents of all verdicts are whole numbers that add up to 100."""

    band: str
    field: str
    kind: str
    count: int
    percent: float
    piece: Stretch


def verdict_shares(
    counts: Sequence[int], verdicts: Sequence[Verdict] = tuple(Verdict)
) -> tuple[VerdictShare, ...]:
    """Turn the counts of these verdicts into percents and, in the same order, segments of a bar."""
    total = sum(counts) or 1
    percents = rounded_to_add_up([100 * count / total for count in counts], digits=0)
    return tuple(
        VerdictShare(verdict.band, verdict.field, verdict.heading, count, percent, piece)
        for verdict, count, percent, piece in zip(
            verdicts, counts, percents, stretches(counts), strict=True
        )
    )
