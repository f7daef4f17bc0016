"""Statistics of items and scales: published values, and properties of any table."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from quiz.evidence.reliability import (
    Moments,
    alpha,
    alpha_interval,
    beta_share,
    f_quantile,
    omega,
    one_factor,
    scale_statistics,
)
from tests.quiz.evidence.factories import FIXTURE

pytestmark = pytest.mark.pure

tables = arrays(
    np.int64,
    st.tuples(st.integers(2, 12), st.integers(2, 6)),
    elements=st.integers(1, 5),
)


class TestFixture:
    moments = Moments.of(FIXTURE)
    found = scale_statistics(moments)

    def test_variances_match_the_worked_example(self):
        assert np.trace(self.moments.covariances) == pytest.approx(8.196429, abs=5e-7)
        assert self.moments.covariances.sum() == pytest.approx(27.839286, abs=5e-7)

    def test_scale_statistics_match_the_worked_example(self):
        assert self.found.n == 8
        assert self.found.alpha == pytest.approx(0.940774, abs=5e-7)
        assert self.found.mean_r == pytest.approx(0.803490, abs=5e-7)
        assert self.found.standardised_alpha == pytest.approx(0.942380, abs=5e-7)

    def test_item_statistics_match_the_worked_example(self):
        rest = [0.975151, 0.778055, 0.810478, 0.889511]
        dropped = [0.883436, 0.948052, 0.938547, 0.916225]
        assert [item.item_rest for item in self.found.items] == pytest.approx(rest, abs=5e-7)
        assert [item.alpha_if_dropped for item in self.found.items] == pytest.approx(
            dropped, abs=5e-7
        )

    @pytest.mark.parametrize(
        ("n", "low", "high"), [(50, 0.630, 0.842), (200, 0.694, 0.799), (1000, 0.726, 0.773)]
    )
    def test_feldt_interval_matches_published_values(self, n, low, high):
        assert alpha_interval(0.75, n, 8) == pytest.approx((low, high), abs=5e-4)


class TestMoments:
    @given(tables)
    def test_moments_give_the_same_statistics_as_the_table(self, table):
        moments = Moments.of(table)
        assert moments.means == pytest.approx(table.mean(axis=0))
        assert moments.covariances == pytest.approx(np.cov(table, rowvar=False), abs=1e-9)

    @given(tables, st.data())
    def test_moments_of_parts_add_and_subtract(self, table, data):
        cut = data.draw(st.integers(0, len(table)))
        first, second = Moments.of(table[:cut]), Moments.of(table[cut:])
        together = Moments.none(table.shape[1]) + second + first
        assert_same(together, Moments.of(table))
        assert_same(together - second, first)

    @given(tables, st.data())
    def test_turning_moments_equals_turning_answers(self, table, data):
        count = table.shape[1]
        which = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
        turned = np.where(which, 6 - table, table)
        assert_same(Moments.of(table).turned(which, 6), Moments.of(turned))

    @given(tables, st.data())
    def test_moments_of_some_items_match_those_columns(self, table, data):
        places = data.draw(st.permutations(range(table.shape[1])).map(lambda all_: all_[:2]))
        assert_same(Moments.of(table).of_items(places), Moments.of(table[:, places]))


def assert_same(a: Moments, b: Moments) -> None:
    assert a.n == b.n
    assert np.array_equal(a.sums, b.sums)
    assert np.array_equal(a.products, b.products)


class TestAnyTable:
    """Compared with each formula, computed from the people's answers."""

    @given(tables)
    def test_alpha_matches_its_definition(self, table):
        count = table.shape[1]
        total = table.sum(axis=1).var(ddof=1)
        found = scale_statistics(Moments.of(table)).alpha
        if total == 0:
            assert found is None
        else:
            direct = count / (count - 1) * (1 - table.var(axis=0, ddof=1).sum() / total)
            assert found == pytest.approx(direct, abs=1e-9)

    @pytest.mark.slow
    @given(tables)
    def test_item_rest_matches_its_definition(self, table):
        for place, item in enumerate(scale_statistics(Moments.of(table)).items):
            own, rest = table[:, place], np.delete(table, place, 1)
            if own.std() == 0 or rest.sum(axis=1).std() == 0:
                assert item.item_rest is None
            else:
                direct = np.corrcoef(own, rest.sum(axis=1))[0, 1]
                assert item.item_rest == pytest.approx(direct, abs=1e-9)
            dropped = scale_statistics(Moments.of(rest)).alpha if rest.shape[1] > 1 else None
            assert item.alpha_if_dropped == pytest.approx(dropped, abs=1e-9)

    @given(tables)
    def test_statistics_are_finite_or_none(self, table):
        found = scale_statistics(Moments.of(table))
        numbers = [found.alpha, found.omega, found.mean_r, found.standardised_alpha]
        numbers += [value for item in found.items for value in vars_of(item)]
        assert all(math.isfinite(number) for number in numbers if number is not None)


def vars_of(item):
    return [item.mean, item.sd, item.item_rest, item.alpha_if_dropped]


class TestUndefined:
    def test_without_people_there_is_no_reliability(self):
        found = scale_statistics(Moments.none(3))
        assert (found.n, found.alpha, found.alpha_interval, found.omega) == (0, None, None, None)
        assert {value for item in found.items for value in vars_of(item)} == {None}

    def test_one_person_only_gives_means(self):
        found = scale_statistics(Moments.of(np.array([[1, 2, 3]])))
        assert [item.mean for item in found.items] == [1, 2, 3]
        assert (found.alpha, found.items[0].sd) == (None, None)

    def test_identical_answers_have_no_reliability(self):
        found = scale_statistics(Moments.of(np.full((9, 3), 4)))
        assert (found.alpha, found.omega, found.mean_r) == (None, None, None)

    def test_one_item_has_no_reliability(self):
        found = scale_statistics(Moments.of(np.array([[1], [2], [3]])))
        assert (found.alpha, found.mean_r, found.items[0].item_rest) == (None, None, None)

    def test_two_items_have_alpha_but_no_omega(self):
        found = scale_statistics(Moments.of(FIXTURE[:, :2]))
        assert (found.alpha is None, found.omega) == (False, None)


class TestOneFactor:
    @given(st.lists(st.floats(-0.95, 0.95), min_size=3, max_size=9))
    def test_one_factor_recovers_the_loadings(self, loadings):
        loadings = np.array(loadings)
        if np.sort(np.abs(loadings))[-3] < 0.2:
            return  # with fewer than three loadings, they are not determined
        correlations = np.outer(loadings, loadings)
        np.fill_diagonal(correlations, 1)
        found = one_factor(correlations)
        assert np.outer(found, found) == pytest.approx(np.outer(loadings, loadings), abs=1e-4)

    def test_omega_of_equal_loadings_is_alpha(self):
        correlations = np.full((5, 5), 0.4)
        np.fill_diagonal(correlations, 1)
        assert omega(correlations) == pytest.approx(alpha(correlations))

    def test_residuals_are_minimal(self):
        correlations = np.array(
            [[1, 0.5, 0.4, 0.3], [0.5, 1, 0.35, 0.2], [0.4, 0.35, 1, 0.45], [0.3, 0.2, 0.45, 1]]
        )
        best = one_factor(correlations)
        off = ~np.eye(4, dtype=bool)

        def residual(loadings):
            return ((correlations - np.outer(loadings, loadings))[off] ** 2).sum()

        for place in range(4):
            for step in (-0.001, 0.001):
                moved = best.copy()
                moved[place] += step
                assert residual(moved) > residual(best)


class TestF:
    @pytest.mark.parametrize(
        ("share", "d1", "d2", "value"),
        # From published tables of the F distribution.
        [
            (0.95, 1, 1, 161.4476),
            (0.95, 5, 10, 3.3258),
            (0.975, 10, 20, 2.7737),
            (0.99, 30, 120, 1.8600),
            (0.05, 10, 5, 1 / 3.3258),
        ],
    )
    def test_quantiles_match_published_tables(self, share, d1, d2, value):
        assert f_quantile(share, d1, d2) == pytest.approx(value, rel=5e-5)

    @given(st.floats(0.5, 200), st.floats(0.5, 200), st.floats(0.001, 0.999))
    def test_beta_share_is_symmetrical(self, a, b, x):
        assert beta_share(a, b, x) == pytest.approx(1 - beta_share(b, a, 1 - x), abs=1e-9)

    @given(st.integers(1, 12), st.integers(1, 12), st.floats(0.01, 0.99))
    def test_beta_share_of_integers_is_a_binomial_sum(self, a, b, x):
        n = a + b - 1
        direct = sum(math.comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))
        assert beta_share(a, b, x) == pytest.approx(direct, abs=1e-10)

    def test_quantiles_work_for_many_people(self):
        low, high = alpha_interval(0.75, 1_000_000, 8)
        assert 0.749 < low < 0.75 < high < 0.751


def test_constant_sum_of_varying_items_has_no_alpha():
    """Rounding can make the variance of the sum slightly positive or negative."""
    rows = [[1, 2, 4], [1, 4, 2], [2, 1, 4], [2, 4, 1], [4, 1, 2], [4, 2, 1]] * 6
    found = scale_statistics(Moments.of(np.array(rows)))
    assert found.alpha is None
    assert found.alpha_interval is None
