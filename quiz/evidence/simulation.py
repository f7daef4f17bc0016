"""Verdicts of simulated people, to try a draft before anyone takes it. Pure.

The seed is fixed, so a questionnaire gives the same counts on any machine with the same numpy.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quiz.core.precision import Norms, default_norms
from quiz.core.questionnaire import Questionnaire
from quiz.core.verdict import Verdict
from quiz.evidence.batch import flag_levels_of, verdicts_of

TAKERS = 10_000
SEED = 20_260_401
WIDENINGS, MOST_WIDER = 4, 1.5


@dataclass(frozen=True)
class SimulatedVerdicts:
    """How many people got each verdict, in the order of Verdict."""

    counts: tuple[int, ...]


@dataclass(frozen=True)
class Simulation:
    """Verdicts of people who answer at random, and of people as the norms describe them."""

    at_random: SimulatedVerdicts
    from_norms: SimulatedVerdicts


def simulate(
    questionnaire: Questionnaire, norms: Norms | None = None, takers: int = TAKERS
) -> Simulation:
    """Simulate this many takers of each kind. All flags apply except the one for time."""
    norms = norms or default_norms(questionnaire)
    random = np.random.default_rng(SEED)
    at_random = random_answers(questionnaire, takers, random)
    from_norms = answers_from_norms(questionnaire, norms, takers, random)
    return Simulation(
        at_random=_simulated_verdicts(questionnaire, norms, at_random),
        from_norms=_simulated_verdicts(questionnaire, norms, from_norms),
    )


def _simulated_verdicts(
    questionnaire: Questionnaire, norms: Norms, answers: dict[str, NDArray[np.int16]]
) -> SimulatedVerdicts:
    flags = flag_levels_of(questionnaire, answers)
    codes = verdicts_of(questionnaire, answers, flags, norms=norms)
    return SimulatedVerdicts(tuple(np.bincount(codes, minlength=len(Verdict)).tolist()))


def random_answers(
    questionnaire: Questionnaire, takers: int, random: np.random.Generator
) -> dict[str, NDArray[np.int16]]:
    """Draw answers by item key; every answer is equally likely."""
    low, high = questionnaire.low, questionnaire.high
    return {
        item.key: random.integers(low, high, takers, dtype=np.int16, endpoint=True)
        for item in questionnaire.items
    }


def answers_from_norms(
    questionnaire: Questionnaire, norms: Norms, takers: int, random: np.random.Generator
) -> dict[str, NDArray[np.int16]]:
    """Draw answers of people whose scores have the sd, reliability and correlations of the norms.

    Each person has a true score on each trait. An answer is the true score plus an error, rounded
    to the scale of answers and clipped to its ends. The mean error over a trait's items has the
    trait's SEM. Clipping reduces the spread, so true scores and errors are widened to restore it.
    """
    true_scores = _true_scores(questionnaire, norms, takers, random)
    low, high = questionnaire.low, questionnaire.high
    answers = {}
    for place, trait in enumerate(questionnaire.traits):
        items = questionnaire.items_by_trait[trait.key]
        sem = norms.sd[trait.key] * math.sqrt(1 - norms.reliability[trait.key])
        errors = random.normal(0, sem * math.sqrt(len(items)), (takers, len(items)))
        middle = 50 + norms.mean_lean
        wanted = true_scores[:, [place]] - middle + errors
        keyed = _on_scale(questionnaire, middle + wanted)
        for _ in range(WIDENINGS):
            spread = 100 * keyed.mean(axis=1).std() / (high - low)
            wanted *= min(norms.sd[trait.key] / max(spread, 1), MOST_WIDER)
            keyed = _on_scale(questionnaire, middle + wanted)
        for item, column in zip(items, keyed.T, strict=True):
            # Not low + high - column, because that sum can overflow int16.
            answers[item.key] = column if item.keying > 0 else low + (high - column)
    return answers


def _on_scale(questionnaire: Questionnaire, scores: NDArray[np.float64]) -> NDArray[np.int16]:
    """Return the keyed answers nearest to these scores (0..100)."""
    low, high = questionnaire.low, questionnaire.high
    nearest = np.rint(low + (high - low) * scores / 100)
    return np.clip(nearest, low, high).astype(np.int16)


def _true_scores(
    questionnaire: Questionnaire, norms: Norms, takers: int, random: np.random.Generator
) -> NDArray[np.float64]:
    """Draw true scores around 50, all shifted so that the mean lean is that of the norms."""
    traits = questionnaire.traits
    sd = np.array([norms.sd[t.key] * math.sqrt(norms.reliability[t.key]) for t in traits])
    # Errors weaken the observed correlation; dividing by the reliabilities undoes that.
    correlations = np.array(
        [
            [
                1.0
                if a is b
                else norms.correlation(a.key, b.key)
                / math.sqrt(max(norms.reliability[a.key] * norms.reliability[b.key], 1e-9))
                for b in traits
            ]
            for a in traits
        ]
    )
    values, vectors = np.linalg.eigh(np.clip(correlations, -1, 1))
    root = vectors * np.sqrt(np.clip(values, 0, None))
    centred = random.standard_normal((takers, len(traits))) @ root.T
    scores: NDArray[np.float64] = 50 + norms.mean_lean + centred * sd
    return scores
