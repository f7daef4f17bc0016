"""How sure a result is: norms, the errors they imply, and the agreement with its range.

docs/explanation/scoring.md explains the terms and the source of the numbers.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from statistics import NormalDist

from quiz.core.questionnaire import Questionnaire
from quiz.core.verdict import SALES

# What may be true of every trait as long as nothing has been measured.
RELIABILITIES = (0.6, 0.7, 0.8)
SPREADS = (14.0, 18.0, 22.0)
CORRELATIONS = (0.1, 0.3, 0.5)


@dataclass(frozen=True)
class Norms:
    """How scores spread: sd and reliability by trait, r of any two traits, and the mean lean.

    Number 0 is the defaults, used until there are enough real answers. `people` is how many
    answered; 0 for the defaults.
    """

    number: int
    sd: Mapping[str, float]
    reliability: Mapping[str, float]
    correlations: Mapping[tuple[str, str], float]
    mean_lean: float = 0.0
    people: int = 0

    def correlation(self, a: str, b: str) -> float:
        """Return r between two traits in either order; 1 for a trait with itself."""
        if a == b:
            return 1.0
        return self.correlations[(a, b) if (a, b) in self.correlations else (b, a)]


def default_norms(questionnaire: Questionnaire) -> Norms:
    """Assume sd 18, reliability .70 and r .30 for every trait, and a mean lean of 0."""
    keys = [trait.key for trait in questionnaire.traits]
    return Norms(
        number=0,
        sd=dict.fromkeys(keys, 18.0),
        reliability=dict.fromkeys(keys, 0.70),
        correlations={(a, b): 0.30 for i, a in enumerate(keys) for b in keys[i + 1 :]},
    )


@dataclass(frozen=True)
class Precision:
    """The errors that norms imply: SEM by trait, SE and sd of the lean, and its reliability rho."""

    sem: Mapping[str, float]
    lean_se: float
    lean_sd: float
    rho: float
    mean_lean: float

    def agreement(self, lean: float) -> float:
        """The chance of the same field again: .5..1, or less if the mean lean is far from 0."""
        if lean == 0:
            return 0.5
        expected = self.mean_lean + self.rho * (lean - self.mean_lean)
        return NormalDist().cdf(math.copysign(1, lean) * expected / self._spread)

    def lean_at(self, agreement: float, field: str) -> float:
        """Return the smallest lean towards a field that has this agreement."""
        side = 1 if field == SALES else -1
        reach = side * NormalDist().inv_cdf(agreement) * self._spread
        return (reach - self.mean_lean) / self.rho + self.mean_lean

    @property
    def _spread(self) -> float:
        return self.lean_sd * math.sqrt(1 - self.rho**2)


def precision(questionnaire: Questionnaire, norms: Norms) -> Precision:
    """Work out the errors that norms imply for this questionnaire's weights."""
    sem = {
        trait.key: norms.sd[trait.key] * math.sqrt(1 - norms.reliability[trait.key])
        for trait in questionnaire.traits
    }
    error = math.fsum((trait.weight * sem[trait.key]) ** 2 for trait in questionnaire.traits)
    variance = math.fsum(
        a.weight * b.weight * norms.sd[a.key] * norms.sd[b.key] * norms.correlation(a.key, b.key)
        for a in questionnaire.traits
        for b in questionnaire.traits
    )
    return Precision(
        sem=sem,
        lean_se=math.sqrt(error),
        lean_sd=math.sqrt(variance),
        rho=1 - error / variance,
        mean_lean=norms.mean_lean,
    )


def agreement_range(questionnaire: Questionnaire, norms: Norms, lean: float) -> tuple[float, float]:
    """Return the lowest and the highest plausible agreement (0..1) for a lean (-50..50).

    The defaults are assumptions, so the range covers everything that may be true instead.
    Measured norms come from a sample: theirs is the 95% interval that its size implies.
    """
    if norms.people:
        return _sampling_interval(questionnaire, norms, lean)
    weights = tuple(trait.weight for trait in questionnaire.traits)
    low, high = (NormalDist().cdf(abs(lean) * slope) for slope in _assumed_slopes(weights))
    return low, high


@cache
def _assumed_slopes(weights: tuple[float, ...]) -> tuple[float, float]:
    """Return the least and the most z of the agreement per point of lean, by the assumptions."""
    squares = math.fsum(weight**2 for weight in weights)
    cross_products = math.fsum(weights) ** 2 - squares
    slopes = []
    for reliability, sd, r in product(RELIABILITIES, SPREADS, CORRELATIONS):
        lean_sd = sd * math.sqrt(squares + r * cross_products)
        rho = 1 - sd**2 * (1 - reliability) * squares / lean_sd**2
        slopes.append(rho / (lean_sd * math.sqrt(1 - rho**2)))
    return min(slopes), max(slopes)


def _sampling_interval(
    questionnaire: Questionnaire, norms: Norms, lean: float
) -> tuple[float, float]:
    """Combine the sampling errors of all norms by the delta method, on the scale of z.

    Each norm moves by one standard error: log sd by 1 / sqrt(2 (n - 1)), log (1 - reliability) by
    sqrt(2 k / ((k - 1) (n - 2))) for k items (Bonett, 2002), Fisher's z of a correlation by
    1 / sqrt(n - 3), and the mean lean by sd / sqrt(n).
    """
    normal = NormalDist()

    def z_of(changed: Norms) -> float:
        # Near certainty, where z is infinite, the page shows 99 in 100 anyway.
        share = precision(questionnaire, changed).agreement(lean)
        return normal.inv_cdf(min(max(share, 1e-12), 1 - 1e-12))

    z = z_of(norms)
    error = math.hypot(*(z_of(changed) - z for changed in _moved(questionnaire, norms)))
    reach = normal.inv_cdf(0.975) * error
    return normal.cdf(z - reach), normal.cdf(z + reach)


def _moved(questionnaire: Questionnaire, norms: Norms) -> Iterator[Norms]:
    """Yield the norms once for each of their numbers, with that one moved by a standard error."""
    n = norms.people
    spread = math.exp(1 / math.sqrt(2 * (n - 1)))
    for key, sd in norms.sd.items():
        yield replace(norms, sd={**norms.sd, key: sd * spread})
    for key, reliability in norms.reliability.items():
        k = len(questionnaire.items_by_trait[key])
        unreliable = (1 - reliability) * math.exp(math.sqrt(2 * k / ((k - 1) * (n - 2))))
        moved = {**norms.reliability, key: 1 - min(unreliable, 1)}
        yield replace(norms, reliability=moved)
    for pair, r in norms.correlations.items():
        moved_r = math.tanh(math.atanh(r) + 1 / math.sqrt(n - 3))
        yield replace(norms, correlations={**norms.correlations, pair: moved_r})
    lean_sd = precision(questionnaire, norms).lean_sd
    yield replace(norms, mean_lean=norms.mean_lean + lean_sd / math.sqrt(n))
