"""Norms frozen under a number: whom they are of, and where among them a score stands. Pure.

Plain lists, no numpy: every page with a result may ask for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quiz.core.scoring import Norms

# So few people say too little of others to stand as norms, or to give ranks among them.
FEWEST_FOR_NORMS = 200


@dataclass(frozen=True)
class NormGroup:
    """Norms, the people they are of, and the months (such as 2026-11) in which these finished.

    By trait: the `mean` score, and in `points` how many have each score, of so many equal steps
    from 0 to 100.
    """

    norms: Norms
    people: int
    since: str
    until: str
    mean: Mapping[str, float]
    points: Mapping[str, Sequence[int]]

    def percentile(self, trait: str, score: float) -> float:
        """Return the percentile rank of a score (0..100), which counts half of those with it."""
        counts = self.points[trait]
        place = round(score * (len(counts) - 1) / 100)
        return percentile_rank(sum(counts[:place]), counts[place], sum(counts))


def percentile_rank(below: int, equal: int, n: int) -> float:
    """Return the share of n people who are below, in percent; of those who are equal, half."""
    return 100 * (below + equal / 2) / n
