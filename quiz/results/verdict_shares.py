"""How many of several people got each verdict, as numbers and as segments of a bar. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from quiz.core.verdict import Verdict
from quiz.results.pictures import Stretch, stretches


@dataclass(frozen=True)
class VerdictShare:
    """How many got a verdict. The percent (0..100) isn't rounded: equal counts must look equal."""

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
    return tuple(
        VerdictShare(
            verdict.band, verdict.field, verdict.heading, count, 100 * count / total, piece
        )
        for verdict, count, piece in zip(verdicts, counts, stretches(counts), strict=True)
    )
