"""How well items measure a scale, from sufficient statistics. Pure.

The answers of n people are stored as n, sums and cross-products (`Moments`), which can be added
and subtracted. Everything else is computed from these.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

CONFIDENCE = 0.95
# Limit for a squared loading. It matches the lower limit of uniquenesses in psych's fa().
MOST_COMMON = 0.995
ROUNDS, SETTLED = 10_000, 1e-12
# A sum whose variance is a smaller share than this of the items' variance is constant.
NO_VARIANCE = 1e-12


@dataclass(frozen=True)
class Moments:
    """Number of people, sums by item, and sums of products by pair of items.

    With whole numbers, all of them are exact, and the order of people makes no difference.
    """

    n: int
    sums: NDArray[np.int64] | Matrix
    products: NDArray[np.int64] | Matrix

    @classmethod
    def of(cls, table: NDArray[np.int64] | Matrix) -> "Moments":
        """Build moments from a table with one row per person and one column per item."""
        return cls(len(table), table.sum(axis=0), table.T @ table)

    @classmethod
    def none(cls, items: int) -> "Moments":
        return cls.of(np.zeros((0, items), dtype=np.int64))

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(self.n + other.n, self.sums + other.sums, self.products + other.products)

    def __sub__(self, other: "Moments") -> "Moments":
        return Moments(self.n - other.n, self.sums - other.sums, self.products - other.products)

    def turned(self, is_reversed: Sequence[bool], ends: float) -> "Moments":
        """Return the moments with each answer x to a reversed item replaced by `ends` - x.

        `ends` is the sum of the lowest and the highest answer.
        """
        signs = np.where(is_reversed, -1, 1)
        shifts = np.where(is_reversed, ends, 0)
        sums = self.n * shifts + signs * self.sums
        signed = signs * self.sums
        products = (
            np.outer(signs, signs) * self.products
            + np.outer(shifts, signed)
            + np.outer(signed, shifts)
            + self.n * np.outer(shifts, shifts)
        )
        return Moments(self.n, sums, products)

    def of_items(self, places: Sequence[int]) -> "Moments":
        chosen = np.asarray(places, dtype=np.intp)
        return Moments(self.n, self.sums[chosen], self.products[np.ix_(chosen, chosen)])

    @cached_property
    def means(self) -> Matrix:
        """Mean of each item; nan without people."""
        return np.divide(self.sums, self.n) if self.n else np.full(len(self.sums), np.nan)

    @cached_property
    def covariances(self) -> Matrix:
        """Variances and covariances (ddof 1); nan for fewer than two people."""
        if self.n < 2:
            return np.full(self.products.shape, np.nan)
        apart = self.n * self.products - np.outer(self.sums, self.sums)
        return apart / (self.n * (self.n - 1))


@dataclass(frozen=True)
class ItemStatistics:
    """One item within its scale. Undefined values are None."""

    mean: float | None
    sd: float | None
    item_rest: float | None
    alpha_if_dropped: float | None


@dataclass(frozen=True)
class ScaleStatistics:
    """A scale whose items are all keyed the same way. Undefined values are None.

    `alpha_interval` is Feldt's 95% interval. `omega` is omega total with one factor.
    """

    n: int
    alpha: float | None
    alpha_interval: tuple[float, float] | None
    standardised_alpha: float | None
    omega: float | None
    mean_r: float | None
    items: tuple[ItemStatistics, ...]


def scale_statistics(moments: Moments) -> ScaleStatistics:
    """Describe one scale. Reverse items first where needed (`Moments.turned`)."""
    covariances = moments.covariances
    count = len(covariances)
    estimate = alpha(covariances)
    correlations = correlations_of(covariances)
    mean_r = _mean_off_diagonal(correlations)
    return ScaleStatistics(
        n=moments.n,
        alpha=estimate,
        alpha_interval=alpha_interval(estimate, moments.n, count),
        standardised_alpha=_spearman_brown(mean_r, count),
        omega=omega(correlations),
        mean_r=mean_r,
        items=tuple(
            ItemStatistics(
                mean=_defined(moments.means[place]),
                sd=_defined(math.sqrt(covariances[place, place])),
                item_rest=_item_rest(covariances, place),
                alpha_if_dropped=alpha(np.delete(np.delete(covariances, place, 0), place, 1)),
            )
            for place in range(count)
        ),
    )


def alpha(covariances: Matrix) -> float | None:
    """Return Cronbach's alpha: k/(k-1) * (1 - sum of variances / variance of the sum).

    Cronbach (1951). Undefined for fewer than two items and if all sums are equal.
    """
    count, total, single = len(covariances), covariances.sum(), np.trace(covariances)
    if count < 2 or not total > NO_VARIANCE * single:
        return None
    return float(count / (count - 1) * (1 - single / total))


def alpha_interval(estimate: float | None, n: int, count: int) -> tuple[float, float] | None:
    """Return the interval of Feldt (1965) for an alpha from `count` items and n people."""
    if estimate is None or n < 2 or count < 2:
        return None
    people, answers = n - 1, (n - 1) * (count - 1)
    tail = (1 - CONFIDENCE) / 2
    low, high = (
        1 - (1 - estimate) * f_quantile(share, people, answers) for share in (1 - tail, tail)
    )
    return low, high


def correlations_of(covariances: Matrix) -> Matrix:
    """Return correlations; nan for an item that doesn't vary."""
    variances = np.diag(covariances)
    sds = np.sqrt(np.where(variances > 0, variances, np.nan))
    correlations: Matrix = covariances / np.outer(sds, sds)
    return correlations


def omega(correlations: Matrix) -> float | None:
    """Return omega total with one factor: (sum l)^2 / ((sum l)^2 + sum(1 - l^2)).

    McDonald (1999). Undefined below three items, because the loadings aren't determined.
    """
    if len(correlations) < 3 or not np.isfinite(correlations).all():
        return None
    loadings = one_factor(correlations)
    common = loadings.sum() ** 2
    unique = (1 - loadings**2).sum()
    return float(common / (common + unique))


def one_factor(correlations: Matrix) -> Matrix:
    """Return loadings whose products come closest to the correlations between items.

    Minimum residuals (Harman and Jones, 1966): compute the best value of each loading from all
    others, in turn, until none changes.
    """
    between = correlations - np.diag(np.diag(correlations))
    values, vectors = np.linalg.eigh(correlations)
    loadings: Matrix = vectors[:, -1] * math.sqrt(values[-1])
    most = math.sqrt(MOST_COMMON)
    for _ in range(ROUNDS):
        before = loadings.copy()
        for place, row in enumerate(between):
            others = loadings @ loadings - loadings[place] ** 2
            if others > 0:
                loadings[place] = min(most, max(-most, row @ loadings / others))
        if np.abs(loadings - before).max() < SETTLED:
            break
    return loadings


# ---------------------------------------------------------------- the F distribution


def f_quantile(share: float, d1: float, d2: float) -> float:
    """Return the quantile of F(d1, d2) at `share` (0..1)."""
    low, high, middle = 0.0, 1.0, 0.5
    while low < middle < high:  # bisects d1 x / (d1 x + d2), which has a beta distribution
        if beta_share(d1 / 2, d2 / 2, middle) < share:
            low = middle
        else:
            high = middle
        middle = (low + high) / 2
    return d2 * middle / (d1 * (1 - middle))


def beta_share(a: float, b: float, x: float) -> float:
    """Return the regularized incomplete beta function I_x(a, b).

    Evaluates the continued fraction (DLMF 8.17.22) with the modified Lentz method.
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_share(b, a, 1 - x)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    fraction, above, below = 1.0, 1.0, 0.0
    for step in range(1, 2 * ROUNDS):
        m = step // 2
        if step % 2:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        below = 1 / _off_zero(1 + term * below)
        above = _off_zero(1 + term / above)
        factor = above * below
        fraction *= factor
        if abs(factor - 1) < 1e-15:
            break
    return front / (a * fraction)


def _off_zero(value: float) -> float:
    return value if abs(value) > 1e-300 else 1e-300


# ---------------------------------------------------------------- small parts


def _item_rest(covariances: Matrix, place: int) -> float | None:
    """Correlate an item with the sum of the other items."""
    own = covariances[place, place]
    shared = covariances[place].sum() - own
    rest = covariances.sum() - own - 2 * shared
    if len(covariances) < 2 or not (own > 0 and rest > NO_VARIANCE * np.trace(covariances)):
        return None
    return float(shared / math.sqrt(own * rest))


def _mean_off_diagonal(correlations: Matrix) -> float | None:
    count = len(correlations)
    if count < 2 or not np.isfinite(correlations).all():
        return None
    return float((correlations.sum() - count) / (count * (count - 1)))


def _spearman_brown(mean_r: float | None, count: int) -> float | None:
    if mean_r is None or 1 + (count - 1) * mean_r == 0:
        return None
    return count * mean_r / (1 + (count - 1) * mean_r)


def _defined(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
