"""Norms frozen under a number: the people behind them and the rank of a score among them.

Plain lists instead of numpy, because any page with a result may need them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quiz.core.precision import Norms

# Fewer people than this cannot serve as norms, and a rank among them would say little.
FEWEST_FOR_NORMS = 200


@dataclass(frozen=True)
class NormGroup:
    """Norms, and the months (2026-11) in which the people they come from finished.

    By trait: the `mean` score (0..100), and in `points` the number of people at each score, in
    equal steps from 0 to 100.
    """

    norms: Norms
    since: str
    until: str
    mean: Mapping[str, float]
    points: Mapping[str, Sequence[int]]

    @property
    def people(self) -> int:
        return self.norms.people

    def percentile(self, trait: str, score: float) -> float:
        """Rank a score (0..100) in percent; people with the same score count half."""
        counts = self.points[trait]
        place = round(score * (len(counts) - 1) / 100)
        return percentile_rank(sum(counts[:place]), counts[place], sum(counts))


def percentile_rank(below: int, equal: int, n: int) -> float:
    """Rank in percent among n people: all who are below, and half of those who are equal."""
    return 100 * (below + equal / 2) / n
