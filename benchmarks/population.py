"""Check the statistics against a made-up population whose true values are known.

    .venv/bin/python -m benchmarks.population [-n 20000] [--seed 1]

Each answer is the sum of a factor (one per trait, correlated) times a given loading, and an error. Answers are first
continuous, then cut to the scale. For both, the true values of all estimates follow from the loadings and cuts by
integration. Everyone also answers a second set of as many statements of the same kind.

Standard errors come from a jackknife over 50 groups, or are binomial. Exits with 1 if an estimate is off by more than
3 errors. Needs no database.
"""

import argparse
import math
import sys
from functools import cache
from itertools import combinations, pairwise
from statistics import NormalDist

import numpy as np

from quiz.core.precision import default_norms, precision
from quiz.evidence.batch import trait_scores_of
from quiz.evidence.figures import AGREEMENT_BINS, agreement_bins, estimated_norms, figures
from quiz.evidence.reliability import Moments, alpha, alpha_interval, correlations_of, omega
from quiz.evidence.tally import Tallied, TallyCounts, halves_of
from quiz.questionnaires.file import shipped_questionnaire

# Loadings (0..1) of the statements in half of a trait. The other half has the same ones.
LOADINGS = {
    "proactive": (0.75, 0.65, 0.55, 0.45),
    "persuasion": (0.6, 0.55, 0.45, 0.4),
    "targets": (0.8, 0.7, 0.6, 0.5),
}
BETWEEN_FACTORS = {
    ("persuasion", "proactive"): 0.45,
    ("persuasion", "targets"): 0.2,
    ("proactive", "targets"): 0.5,
}
# Where continuous answers are cut (in sd), and how much easier it is to agree to the statements of a trait.
CUTS = np.array((-1.3, -0.4, 0.4, 1.3))
EASIER = {"proactive": 0.2, "persuasion": -0.1, "targets": 0.15}

GROUPS, FEWEST = 50, 1_000
SAMPLES, SAMPLE_SIZE = 500, 200
MOST_ERRORS = 3
CONFIDENCE = 0.95


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=20_000, help="people")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    if wanted.n < FEWEST:
        parser.error(f"-n must be at least {FEWEST}")
    judged = Judged()
    population = Population(np.random.default_rng(wanted.seed))
    first, second = population.answers(wanted.n)
    print(f"{wanted.n} people, seed {wanted.seed}\n")
    continuous(judged, population, first)
    first, second = population.raw(first), population.raw(second)
    tally = on_the_scale(judged, population, first)
    coverage(judged, population)
    leans = population.leans(first), population.leans(second)
    agreement(judged, population.questionnaire, tally, *leans)
    sys.exit(judged.exit_code())


class Judged:
    """Prints estimates next to the true values, and records how many errors each is off."""

    def __init__(self):
        self.off = {}

    def table(self, title):
        self.title = title
        print(f"{title}\n{'':34}{'known':>9}{'found':>9}{'error':>9}{'off by':>8}")

    def row(self, name, known, found, error):
        off = (found - known) / error
        self.off[f"{self.title}: {name}"] = off
        print(f"  {name:32}{known:9.4f}{found:9.4f}{error:9.4f}{off:8.2f}")

    def exit_code(self):
        far = {name: off for name, off in self.off.items() if not abs(off) <= MOST_ERRORS}
        which = f"{len(self.off) - len(far)} of" if far else "All"
        furthest = max(map(abs, self.off.values()))
        print(
            f"{which} {len(self.off)} figures are within {MOST_ERRORS} errors; the furthest is off by {furthest:.2f}"
        )
        for name, off in far.items():
            print(f"  NOT WITHIN: {name}, {off:+.2f}")
        return 1 if far else 0


class Population:
    """The shipped statements, with simulated answers."""

    def __init__(self, rng):
        self.rng = rng
        self.questionnaire = shipped_questionnaire()
        self.traits = [trait.key for trait in self.questionnaire.traits]
        self.items = self.questionnaire.items
        halves = halves_of(self.questionnaire)
        loading = {
            item.key: value
            for trait in self.traits
            for half in halves
            for item, value in zip(
                [item for item in half if item.trait == trait], LOADINGS[trait], strict=True
            )
        }
        self.loadings = np.array([loading[item.key] for item in self.items])
        self.cuts = np.array([CUTS - EASIER[item.trait] for item in self.items])
        self.factor = np.array([self.traits.index(item.trait) for item in self.items])
        self.factors = np.eye(len(self.traits))
        for a, b in combinations(range(len(self.traits)), 2):
            r = BETWEEN_FACTORS[tuple(sorted((self.traits[a], self.traits[b])))]
            self.factors[a, b] = self.factors[b, a] = r

    @property
    def correlations(self):
        """Correlations of the continuous answers."""
        between = (
            np.outer(self.loadings, self.loadings) * self.factors[np.ix_(self.factor, self.factor)]
        )
        return between + np.diag(1 - np.diag(between))

    def answers(self, n):
        """Return two sets of continuous, keyed answers of the same people."""
        factors = self.rng.multivariate_normal(np.zeros(len(self.factors)), self.factors, n)
        common = factors[:, self.factor] * self.loadings
        unique = np.sqrt(1 - self.loadings**2)
        return [common + unique * self.rng.standard_normal(common.shape) for _ in range(2)]

    def on_scale(self, answers):
        return self.questionnaire.low + (answers[:, :, None] > self.cuts).sum(axis=2)

    def raw(self, answers):
        """Return raw answers: on the scale, with reversed statements not recoded."""
        keyed = self.on_scale(answers)
        ends = self.questionnaire.low + self.questionnaire.high
        return np.where([item.keying < 0 for item in self.items], ends - keyed, keyed)

    def leans(self, raw):
        columns = {item.key: column for item, column in zip(self.items, raw.T, strict=True)}
        weights = [trait.weight for trait in self.questionnaire.traits]
        return (trait_scores_of(self.questionnaire, columns) - 50) @ weights

    def places(self, trait):
        return [place for place, item in enumerate(self.items) if item.trait == trait]

    def moments_on_scale(self):
        """Return the exact means and covariances of answers on the scale.

        An answer is the lowest one plus the number of cuts passed. Whether two cuts are passed depends on the bivariate
        normal distribution, whose derivative with respect to the correlation is its density.
        """
        above = 1 - np.vectorize(NormalDist().cdf)(self.cuts)
        means = self.questionnaire.low + above.sum(axis=1)
        nodes, weights = np.polynomial.legendre.leggauss(40)
        a = self.cuts[:, None, :, None, None]
        b = self.cuts[None, :, None, :, None]
        most = self.correlations[:, :, None, None, None]
        r = most * (nodes + 1) / 2
        np.einsum("iiabn->iabn", r)[:] = 0  # an answer with itself is handled below
        density = np.exp(-(a * a - 2 * r * a * b + b * b) / (2 * (1 - r * r))) / (
            2 * math.pi * np.sqrt(1 - r * r)
        )
        covariances = ((density * weights).sum(axis=4) * most[..., 0] / 2).sum(axis=(2, 3))
        both = np.minimum(above[:, :, None], above[:, None, :])
        np.fill_diagonal(
            covariances, (both - above[:, :, None] * above[:, None, :]).sum(axis=(1, 2))
        )
        return means, covariances


def jackknife(parts, statistic):
    """Return all parts joined, a statistic (an array) of them, and its jackknife standard errors."""
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    without = np.array([statistic(whole - part) for part in parts])
    errors = np.sqrt((len(parts) - 1) * ((without - without.mean(axis=0)) ** 2).mean(axis=0))
    return whole, np.array(statistic(whole)), errors


def continuous(judged, population, answers):
    judged.table("Answers before they are cut")

    def found(moments):
        own = [
            moments.of_items(population.places(trait)).covariances for trait in population.traits
        ]
        return [(alpha(each), omega(correlations_of(each))) for each in own]

    parts = [Moments.of(part) for part in np.array_split(answers, GROUPS)]
    _whole, estimates, errors = jackknife(parts, found)
    for place, trait in enumerate(population.traits):
        places = population.places(trait)
        loadings = population.loadings[places]
        common, unique = loadings.sum() ** 2, (1 - loadings**2).sum()
        known = alpha(population.correlations[np.ix_(places, places)]), common / (common + unique)
        for which, name in enumerate(("alpha", "omega")):
            judged.row(
                f"{name} of {trait}", known[which], estimates[place, which], errors[place, which]
            )
    print()


def on_the_scale(judged, population, raw):
    """Judge the statistics of the answers' tally, and return the tally."""
    judged.table("Answers on the scale, from the tally")
    questionnaire = population.questionnaire
    norms = default_norms(questionnaire)

    def found(tally):
        own = figures(tally, questionnaire, norms)
        return [
            *(value for t in own.traits for value in (t.scale.alpha, t.scale.omega, t.mean, t.sd)),
            *(pair.r for pair in own.pairs),
            own.mean_lean,
        ]

    parts = [TallyCounts.of(questionnaire, sittings(part)) for part in np.array_split(raw, GROUPS)]
    tally, estimates, errors = jackknife(parts, found)
    known_values = known_figures(population)
    for (name, known), value, error in zip(known_values, estimates, errors, strict=True):
        judged.row(name, known, value, error)
    print()
    return tally


def sittings(raw):
    ms = [3000] * 4
    return [Tallied("2026-11-30", None, "2026-11", None, values, ms) for values in raw.tolist()]


def known_figures(population):
    """Yield names and true values in the order of `on_the_scale`."""
    means, covariances = population.moments_on_scale()
    traits = population.questionnaire.traits
    span = population.questionnaire.high - population.questionnaire.low
    shares = np.array([
        [100 / (span * len(population.places(t.key))) * (item.trait == t.key) for item in population.items]
        for t in traits
    ])  # fmt: skip
    of_scores, scores = (
        shares @ covariances @ shares.T,
        shares @ (means - population.questionnaire.low),
    )
    for place, trait in enumerate(traits):
        places = population.places(trait.key)
        own = covariances[np.ix_(places, places)]
        yield f"alpha of {trait.key}", alpha(own)
        yield f"omega of {trait.key}", omega(correlations_of(own))
        yield f"mean of {trait.key}", scores[place]
        yield f"sd of {trait.key}", math.sqrt(of_scores[place, place])
    between = correlations_of(of_scores)
    for a, b in combinations(range(len(traits)), 2):
        yield f"r of {traits[a].key}, {traits[b].key}", between[a, b]
    yield "mean lean", sum(t.weight * (score - 50) for t, score in zip(traits, scores, strict=True))


def coverage(judged, population):
    judged.table(f"Feldt's intervals that hold alpha, of {SAMPLES} samples of {SAMPLE_SIZE} people")
    kinds = {
        "before they are cut": (population.correlations, lambda answers: answers),
        "on the scale": (population.moments_on_scale()[1], population.on_scale),
    }
    hits = {(trait, name): 0 for trait in population.traits for name in kinds}
    for _ in range(SAMPLES):
        answers = population.answers(SAMPLE_SIZE)[0]
        for name, (known, of_sample) in kinds.items():
            found = np.cov(of_sample(answers), rowvar=False)
            for trait in population.traits:
                places = population.places(trait)
                own = np.ix_(places, places)
                low, high = interval(alpha(found[own]), len(places))
                hits[trait, name] += low <= alpha(known[own]) <= high
    error = math.sqrt(CONFIDENCE * (1 - CONFIDENCE) / SAMPLES)
    for (trait, name), count in hits.items():
        judged.row(f"{trait}, {name}", CONFIDENCE, count / SAMPLES, error)
    print()


@cache
def around_nothing(count):
    return alpha_interval(0.0, SAMPLE_SIZE, count)


def interval(estimate, count):
    """Like `alpha_interval`, whose ends are 1 - (1 - estimate) * F, but compute each F only once."""
    return [1 - (1 - estimate) * (1 - end) for end in around_nothing(count)]


def agreement(judged, questionnaire, tally, first, second):
    """Judge how well norms from these people predict another set, and one half the other half."""
    norms = estimated_norms(tally, questionnaire, 1).norms
    by_default = default_norms(questionnaire)
    judged.table("Agreement: predicted, and observed with another set of as many statements")
    for low, high, n, promised, same in of_another_set(questionnaire, norms, first, second):
        error = math.sqrt(promised * (1 - promised) / n)
        judged.row(f"{low:.2f} to {high:.2f}, {n} people", promised, same, error)
    print()
    judged.table("Agreement of halves: predicted by one, and observed with the other")
    for each in agreement_bins(tally, questionnaire, norms):
        error = math.sqrt(each.predicted * (1 - each.predicted) / each.people)
        judged.row(
            f"{each.low:.2f} to {each.high:.2f}, {each.people} people",
            each.predicted,
            each.observed,
            error,
        )
    print()
    print(
        "The same with the default norms, not judged because they aren't these people's (predicted, observed)"
    )
    sets = [
        (p, s) for _low, _high, _n, p, s in of_another_set(questionnaire, by_default, first, second)
    ]
    halves = [
        (each.predicted, each.observed) for each in agreement_bins(tally, questionnaire, by_default)
    ]
    for name, pairs in (("another set", sets), ("halves", halves)):
        print(
            f"  {name:14}" + "  ".join(f"{promised:.3f} {found:.3f}" for promised, found in pairs)
        )
    print()


def of_another_set(questionnaire, norms, first, second):
    """Yield each bin of predicted agreement: both ends, number of people, mean prediction, and observed agreement."""
    errors = precision(questionnaire, norms)
    named = np.abs(first) > 1e-9
    first, second = first[named], second[named]
    promised = np.array([errors.agreement(lean) for lean in first.tolist()])
    same = np.where(np.abs(second) < 1e-9, 0.5, np.sign(first) == np.sign(second))
    for low, high in pairwise(AGREEMENT_BINS):
        within = (promised >= (low if low > AGREEMENT_BINS[0] else -1)) & (promised < high)
        if within.sum() >= 30:
            yield low, high, int(within.sum()), promised[within].mean(), same[within].mean()


if __name__ == "__main__":
    main()
