"""The statistics of scales against those of pingouin, and against what it builds on.

Run by `make crosscheck`, in an environment of its own.
"""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pingouin
import pytest
from scipy.special import betainc
from scipy.stats import f
from statsmodels.multivariate.factor import Factor

from quiz.evidence.reliability import alpha_interval, beta_share, f_quantile
from quiz.evidence.response_table import Responses, ScaleItems, analysed

LOW, HIGH = 1, 5
SHAPES = [(30, 2), (50, 8), (200, 8), (1000, 5), (400, 24), (35, 3)]


def table(people, items, missing=0.0):
    """Return answers to items of one factor, every third reversed, as each side reads them."""
    random = np.random.default_rng(people * items)
    loadings = random.uniform(0.3, 0.9, items)
    wanted = (
        3.2 + random.normal(size=(people, 1)) * loadings + random.normal(0, 0.9, (people, items))
    )
    keyed = np.clip(np.rint(wanted), LOW, HIGH)
    is_reversed = np.arange(items) % 3 == 1
    raw = np.where(is_reversed, LOW + HIGH - keyed, keyed)
    gone = random.random(raw.shape) < missing
    names = [f"I{place}" for place in range(items)]
    return SimpleNamespace(
        turned=pd.DataFrame(np.where(gone, math.nan, keyed), columns=names),
        answers=Responses(names, -1, [np.where(gone, math.nan, raw)]),
        scale=ScaleItems("A", tuple(zip(names, is_reversed.tolist(), strict=True))),
    )


def found_of(own):
    return analysed(own.answers, own.scale, LOW, HIGH)


@pytest.mark.parametrize(("people", "items"), SHAPES)
class TestScale:
    def test_alpha(self, people, items):
        own = table(people, items)
        alpha, _interval = pingouin.cronbach_alpha(own.turned)
        assert found_of(own)["alpha"] == pytest.approx(alpha, abs=1e-9)

    def test_alpha_where_answers_are_missing(self, people, items):
        own = table(people, items, missing=0.15 / items)
        assert own.turned.isna().any(axis=None)
        alpha, _interval = pingouin.cronbach_alpha(own.turned, nan_policy="listwise")
        found = found_of(own)
        assert found["alpha"] == pytest.approx(alpha, abs=1e-9)
        assert found["n"] == len(own.turned.dropna())

    def test_feldt_s_interval(self, people, items):
        """Only for complete tables, because pingouin counts the people it leaves out."""
        own = table(people, items)
        _alpha, interval = pingouin.cronbach_alpha(own.turned)
        # It rounds to three digits.
        assert found_of(own)["alpha_interval"] == pytest.approx(interval, abs=0.0005 + 1e-9)

    def test_feldt_s_interval_to_the_last_digits(self, people, items):
        own = table(people, items)
        alpha, _interval = pingouin.cronbach_alpha(own.turned)
        freedom = people - 1, (people - 1) * (items - 1)
        ends = [1 - (1 - alpha) * f.ppf(share, *freedom) for share in (0.975, 0.025)]
        assert found_of(own)["alpha_interval"] == pytest.approx(ends, abs=1e-9)

    def test_items(self, people, items):
        own = table(people, items)
        for name, item in found_of(own)["items"].items():
            column, others = own.turned[name], own.turned.drop(columns=name)
            assert item["mean"] == pytest.approx(column.mean())
            assert item["sd"] == pytest.approx(column.std())
            assert item["item_rest"] == pytest.approx(column.corr(others.sum(axis=1)), abs=1e-9)
            if items > 2:
                alpha, _interval = pingouin.cronbach_alpha(others)
                assert item["alpha_if_dropped"] == pytest.approx(alpha, abs=1e-9)


@pytest.mark.parametrize(("people", "items"), [shape for shape in SHAPES if shape[1] > 3])
def test_omega_is_that_of_the_loadings_by_iterated_principal_axes(people, items):
    """These come to the loadings of least residuals too."""
    own = table(people, items)
    fitted = Factor(own.turned.to_numpy(), n_factor=1, method="pa").fit(maxiter=10_000, tol=1e-12)
    loadings = fitted.loadings[:, 0]
    common = loadings.sum() ** 2
    omega = common / (common + (1 - loadings**2).sum())
    assert found_of(own)["omega"] == pytest.approx(omega, abs=1e-6)


@pytest.mark.parametrize("share", [0.001, 0.025, 0.5, 0.975, 0.999])
@pytest.mark.parametrize(("d1", "d2"), [(1, 1), (7, 3), (29, 29), (199, 1393), (99_999, 699_993)])
def test_quantiles_of_f_are_those_of_scipy(share, d1, d2):
    assert f_quantile(share, d1, d2) == pytest.approx(f.ppf(share, d1, d2), rel=1e-7)


@pytest.mark.parametrize("x", [0.01, 0.3, 0.5, 0.9, 0.999])
@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (2, 7), (100, 700), (4_000, 30)])
def test_beta_shares_are_those_of_scipy(x, a, b):
    assert beta_share(a, b, x) == pytest.approx(betainc(a, b, x), abs=1e-10)


@pytest.mark.parametrize("items", [2, 8, 24])
def test_intervals_of_as_many_people_as_may_ever_come(items):
    freedom = 999_999, 999_999 * (items - 1)
    ends = [1 - 0.25 * f.ppf(share, *freedom) for share in (0.975, 0.025)]
    assert alpha_interval(0.75, 1_000_000, items) == pytest.approx(ends, abs=1e-8)
