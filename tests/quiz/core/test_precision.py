"""The range of an agreement: by assumption, and by the size of the sample behind the norms."""

import dataclasses
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.core.precision import _assumed_slopes, agreement_range, default_norms, precision
from tests.answers import SHIPPED

pytestmark = pytest.mark.pure

DEFAULTS = default_norms(SHIPPED)


def measured(people, **changes):
    return dataclasses.replace(DEFAULTS, number=1, people=people, **changes)


class TestAssumed:
    @pytest.mark.parametrize(
        ("lean", "low", "high"),
        [
            (2.5, 0.56365, 0.67375),
            (4.97, 0.62496, 0.81466),
            (7.03125, 0.67387, 0.89733),
            (12.13, 0.78154, 0.98555),
            (18.28125, 0.87933, 0.99950),
            (20.625, 0.90689, 0.99990),
        ],
    )
    def test_worked_examples_of_the_method(self, lean, low, high):
        for side in (1, -1):
            found = agreement_range(SHIPPED, DEFAULTS, side * lean)
            assert found == pytest.approx((low, high), abs=1e-5)

    def test_range_is_what_the_errors_of_all_27_assumptions_give(self):
        found = [
            precision(
                SHIPPED,
                dataclasses.replace(
                    DEFAULTS,
                    sd=dict.fromkeys(DEFAULTS.sd, sd),
                    reliability=dict.fromkeys(DEFAULTS.reliability, reliability),
                    correlations=dict.fromkeys(DEFAULTS.correlations, r),
                ),
            ).agreement(9.0)
            for sd in (14, 18, 22)
            for reliability in (0.6, 0.7, 0.8)
            for r in (0.1, 0.3, 0.5)
        ]
        low, high = agreement_range(SHIPPED, DEFAULTS, 9.0)
        assert (low, high) == pytest.approx((min(found), max(found)), abs=1e-12)

    def test_lean_of_zero_is_an_even_chance(self):
        assert agreement_range(SHIPPED, DEFAULTS, 0.0) == (0.5, 0.5)

    @given(st.floats(-50, 50))
    def test_range_holds_the_point(self, lean):
        low, high = agreement_range(SHIPPED, DEFAULTS, lean)
        assert low <= precision(SHIPPED, DEFAULTS).agreement(lean) <= high

    def test_slopes_depend_on_the_weights_alone(self):
        assert _assumed_slopes((0.35, 0.30, 0.35)) != _assumed_slopes((0.5, 0.25, 0.25))


class TestMeasured:
    @given(st.floats(-50, 50), st.integers(200, 100_000))
    def test_interval_holds_the_point(self, lean, people):
        norms = measured(people)
        low, high = agreement_range(SHIPPED, norms, lean)
        point = precision(SHIPPED, norms).agreement(lean)
        assert low - 1e-9 <= point <= high + 1e-9

    def test_interval_narrows_with_the_root_of_the_sample(self):
        def width(people):
            low, high = agreement_range(SHIPPED, measured(people), 8.0)
            return high - low

        assert width(200) / width(20_000) == pytest.approx(10, rel=0.05)

    def test_interval_covers_the_true_agreement_in_about_95_of_100_samples(self):
        """Draw norms as samples of 300 people would give them, with the stated errors."""
        draw = random.Random(7)
        people, lean = 300, 8.0
        truth = precision(SHIPPED, measured(people)).agreement(lean)
        k = 8
        covered = 0
        for _ in range(600):
            norms = measured(
                people,
                sd={key: 18 * (1 + draw.gauss(0, 1) / (2 * people) ** 0.5) for key in DEFAULTS.sd},
                reliability={
                    key: 1 - 0.3 * 2.718281828 ** draw.gauss(0, (2 * k / (k - 1) / people) ** 0.5)
                    for key in DEFAULTS.sd
                },
                correlations={
                    pair: 0.3 + draw.gauss(0, 0.91 / people**0.5) for pair in DEFAULTS.correlations
                },
                mean_lean=draw.gauss(0, 13.16 / people**0.5),
            )
            low, high = agreement_range(SHIPPED, norms, lean)
            covered += low <= truth <= high
        assert 0.92 <= covered / 600 <= 0.98
