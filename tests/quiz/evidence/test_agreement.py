"""How often two halves of the items agree: predicted, observed, and how sure that is."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quiz.core.precision import Norms, default_norms, precision
from quiz.evidence.figures import (
    AGREEMENT_BINS,
    AgreementBin,
    agreement_bins,
    estimated_norms,
    of_half,
)
from quiz.evidence.simulation import answers_from_norms
from quiz.evidence.tally import LEAN_STEP, LEAN_STEPS, TallyCounts
from tests.answers import SHIPPED
from tests.quiz.evidence.factories import answering, tally_of

pytestmark = pytest.mark.pure

CLOSE_TO = 1e-9
KEYS = [trait.key for trait in SHIPPED.traits]

norms_of_any_kind = st.builds(
    lambda sds, reliabilities, r, mean_lean: Norms(
        number=3,
        sd=dict(zip(KEYS, sds, strict=True)),
        reliability=dict(zip(KEYS, reliabilities, strict=True)),
        correlations={(KEYS[0], KEYS[1]): r, (KEYS[0], KEYS[2]): r / 2, (KEYS[1], KEYS[2]): -r},
        mean_lean=mean_lean,
    ),
    st.lists(st.floats(5, 30), min_size=3, max_size=3),
    st.lists(st.floats(0, 0.99), min_size=3, max_size=3),
    st.floats(0, 0.4),
    st.floats(-20, 20),
)


class TestHalfAsManyItems:
    @given(norms_of_any_kind)
    def test_doubling_a_half_restores_the_reliability(self, norms):
        """Spearman-Brown (1910): 2 r / (1 + r)."""
        half = of_half(norms)
        for key, reliability in norms.reliability.items():
            own = half.reliability[key]
            assert 2 * own / (1 + own) == pytest.approx(reliability, abs=CLOSE_TO)

    @given(norms_of_any_kind)
    def test_mean_of_two_halves_has_the_sd_of_the_whole(self, norms):
        half = of_half(norms)
        for key, sd in norms.sd.items():
            # The correlation of two halves equals the reliability of each.
            variance = half.sd[key] ** 2 * (1 + half.reliability[key]) / 2
            assert math.sqrt(variance) == pytest.approx(sd)
        for (a, b), r in norms.correlations.items():
            assert half.correlation(a, b) * half.sd[a] * half.sd[b] == pytest.approx(
                r * norms.sd[a] * norms.sd[b]
            )

    @given(norms_of_any_kind)
    def test_half_has_twice_the_error_variance(self, norms):
        assume(max(norms.reliability.values()) > 0.1)
        whole, half = precision(SHIPPED, norms), precision(SHIPPED, of_half(norms))
        assert half.lean_se**2 == pytest.approx(2 * whole.lean_se**2)
        assert half.lean_sd**2 * half.rho == pytest.approx(
            whole.lean_sd**2 * whole.rho, abs=CLOSE_TO
        )
        assert (half.mean_lean, of_half(norms).number) == (norms.mean_lean, norms.number)


class TestPredictedAgreement:
    """Predictions from half of the items hold if people match the norms."""

    @pytest.mark.parametrize(
        ("reliability", "r", "mean_lean"),
        [(0.7, 0.3, 0), (0.7, 0.3, 4), (0.85, 0.1, -3), (0.4, 0.3, 0)],
    )
    def test_prediction_holds_for_normal_distributions(self, reliability, r, mean_lean):
        norms = Norms(
            number=1,
            sd={"proactive": 14, "persuasion": 20, "targets": 17},
            reliability=dict.fromkeys(KEYS, reliability),
            correlations={(a, b): r for a in KEYS for b in KEYS if a < b},
            mean_lean=mean_lean,
        )
        no_one = TallyCounts.of(SHIPPED, [])
        tally = dataclasses.replace(no_one, halves=normal_halves(norms, 400_000))
        found = list(agreement_bins(tally, SHIPPED, norms))
        assert len(found) >= 5
        for each in found:
            assert abs(each.observed - each.predicted) < 4 * each.error, each

    @pytest.mark.slow
    def test_prediction_holds_for_answers_on_the_scale(self):
        random = np.random.default_rng(2)
        answers = answers_from_norms(SHIPPED, default_norms(SHIPPED), 20_000, random)
        tally = tally_of(SHIPPED, answers)
        found = list(agreement_bins(tally, SHIPPED, estimated_norms(tally, SHIPPED, 1).norms))
        assert len(found) == len(AGREEMENT_BINS) - 1
        for each in found:
            assert abs(each.observed - each.predicted) < 4 * each.error, each

    def test_wrong_norms_are_noticed(self):
        """Shows that the two tests above can fail."""
        norms = default_norms(SHIPPED)
        tally = dataclasses.replace(
            TallyCounts.of(SHIPPED, []), halves=normal_halves(norms, 400_000)
        )
        wider = of_half(of_half(norms))
        found = list(agreement_bins(tally, SHIPPED, wider))
        assert max(abs(each.observed - each.predicted) / each.error for each in found) > 10


def normal_halves(norms, count):
    """Return `halves` for people whose scores by each half match the norms."""
    random = np.random.default_rng(20)
    sd = np.array([norms.sd[key] for key in KEYS])
    errors = 2 * sd**2 * (1 - np.array([norms.reliability[key] for key in KEYS]))
    shared = np.outer(sd, sd) * [[norms.correlation(a, b) for b in KEYS] for a in KEYS]
    shared[np.diag_indices(3)] -= errors / 2
    true = random.multivariate_normal(np.zeros(3), shared, count)
    weights = np.array([trait.weight for trait in SHIPPED.traits])
    first, second = (
        norms.mean_lean + (true + random.normal(0, np.sqrt(errors), true.shape)) @ weights
        for _ in range(2)
    )
    rows = np.clip(np.floor(first / LEAN_STEP) + LEAN_STEPS // 2, 0, LEAN_STEPS - 1).astype(int)
    halves = np.zeros((LEAN_STEPS, 3), dtype=np.int64)
    np.add.at(halves, (rows, np.where(second > 0, 2, 0)), 1)
    return halves


def test_certainty_counts_in_the_last_bin():
    norms = dataclasses.replace(default_norms(SHIPPED), reliability=dict.fromkeys(KEYS, 0.99))
    assert precision(SHIPPED, of_half(norms)).agreement(49.75) == 1
    people = [answering([3 + 2 * item.keying for item in SHIPPED.items])] * 30
    (only,) = agreement_bins(TallyCounts.of(SHIPPED, people), SHIPPED, norms)
    assert (only.high, only.people, only.predicted, only.observed) == (1, 30, 1, 1)


class TestInterval:
    """Wilson's interval: at each end, the observed share is 1.96 errors away."""

    @pytest.mark.parametrize(("observed", "n"), [(0.5, 30), (0.9, 200), (0.985, 1000)])
    def test_interval_ends_match_their_own_error(self, observed, n):
        for end in AgreementBin(0.5, 0.6, n, 0.55, observed, 0.0).interval:
            error = (end * (1 - end) / n) ** 0.5
            assert abs(observed - end) == pytest.approx(1.959964 * error, rel=1e-9)

    def test_interval_has_a_width_when_all_agree(self):
        low, high = AgreementBin(0.95, 1, 40, 0.97, 1.0, 0.0).interval
        assert high == 1
        assert low == pytest.approx(0.9124, abs=1e-4)
