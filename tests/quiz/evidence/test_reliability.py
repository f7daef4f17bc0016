"""Statistics of items and scales: numbers from elsewhere, and what must hold of any table."""

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

    def test_variances(self):
        assert np.trace(self.moments.covariances) == pytest.approx(8.196429, abs=5e-7)
        assert self.moments.covariances.sum() == pytest.approx(27.839286, abs=5e-7)

    def test_the_scale(self):
        assert self.found.n == 8
        assert self.found.alpha == pytest.approx(0.940774, abs=5e-7)
        assert self.found.mean_r == pytest.approx(0.803490, abs=5e-7)
        assert self.found.standardised_alpha == pytest.approx(0.942380, abs=5e-7)

    def test_each_item(self):
        rest = [0.975151, 0.778055, 0.810478, 0.889511]
        dropped = [0.883436, 0.948052, 0.938547, 0.916225]
        assert [item.item_rest for item in self.found.items] == pytest.approx(rest, abs=5e-7)
        assert [item.alpha_if_dropped for item in self.found.items] == pytest.approx(
            dropped, abs=5e-7
        )

    @pytest.mark.parametrize(
        ("n", "low", "high"), [(50, 0.630, 0.842), (200, 0.694, 0.799), (1000, 0.726, 0.773)]
    )
    def test_feldt_s_interval_around_three_quarters_of_eight_items(self, n, low, high):
        assert alpha_interval(0.75, n, 8) == pytest.approx((low, high), abs=5e-4)


class TestMoments:
    @given(tables)
    def test_they_give_what_the_table_itself_gives(self, table):
        moments = Moments.of(table)
        assert moments.means == pytest.approx(table.mean(axis=0))
        assert moments.covariances == pytest.approx(np.cov(table, rowvar=False), abs=1e-9)

    @given(tables, st.data())
    def test_people_can_come_in_any_parts_and_be_taken_out_again(self, table, data):
        cut = data.draw(st.integers(0, len(table)))
        first, second = Moments.of(table[:cut]), Moments.of(table[cut:])
        together = Moments.none(table.shape[1]) + second + first
        assert_same(together, Moments.of(table))
        assert_same(together - second, first)

    @given(tables, st.data())
    def test_answers_turned_afterwards_are_answers_turned_before(self, table, data):
        count = table.shape[1]
        which = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
        turned = np.where(which, 6 - table, table)
        assert_same(Moments.of(table).turned(which, 6), Moments.of(turned))

    @given(tables, st.data())
    def test_some_items_are_those_columns(self, table, data):
        places = data.draw(st.permutations(range(table.shape[1])).map(lambda all_: all_[:2]))
        assert_same(Moments.of(table).of_items(places), Moments.of(table[:, places]))


def assert_same(a: Moments, b: Moments) -> None:
    assert a.n == b.n
    assert np.array_equal(a.sums, b.sums)
    assert np.array_equal(a.products, b.products)


class TestAnyTable:
    """Against each formula written out over the people themselves."""

    @given(tables)
    def test_alpha(self, table):
        count = table.shape[1]
        total = table.sum(axis=1).var(ddof=1)
        found = scale_statistics(Moments.of(table)).alpha
        if total == 0:
            assert found is None
        else:
            direct = count / (count - 1) * (1 - table.var(axis=0, ddof=1).sum() / total)
            assert found == pytest.approx(direct, abs=1e-9)

    @given(tables)
    def test_item_and_rest(self, table):
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
    def test_nothing_is_ever_a_number_that_is_none(self, table):
        found = scale_statistics(Moments.of(table))
        numbers = [found.alpha, found.omega, found.mean_r, found.standardised_alpha]
        numbers += [value for item in found.items for value in vars_of(item)]
        assert all(math.isfinite(number) for number in numbers if number is not None)


def vars_of(item):
    return [item.mean, item.sd, item.item_rest, item.alpha_if_dropped]


class TestUndefined:
    def test_nobody_has_a_reliability(self):
        found = scale_statistics(Moments.none(3))
        assert (found.n, found.alpha, found.alpha_interval, found.omega) == (0, None, None, None)
        assert {value for item in found.items for value in vars_of(item)} == {None}

    def test_one_person_has_means_alone(self):
        found = scale_statistics(Moments.of(np.array([[1, 2, 3]])))
        assert [item.mean for item in found.items] == [1, 2, 3]
        assert (found.alpha, found.items[0].sd) == (None, None)

    def test_answers_that_are_all_alike_have_none(self):
        found = scale_statistics(Moments.of(np.full((9, 3), 4)))
        assert (found.alpha, found.omega, found.mean_r) == (None, None, None)

    def test_one_item_has_none(self):
        found = scale_statistics(Moments.of(np.array([[1], [2], [3]])))
        assert (found.alpha, found.mean_r, found.items[0].item_rest) == (None, None, None)

    def test_two_items_have_an_alpha_and_no_omega(self):
        found = scale_statistics(Moments.of(FIXTURE[:, :2]))
        assert (found.alpha is None, found.omega) == (False, None)


class TestOneFactor:
    @given(st.lists(st.floats(-0.95, 0.95), min_size=3, max_size=9))
    def test_correlations_made_of_loadings_give_them_back(self, loadings):
        loadings = np.array(loadings)
        if np.sort(np.abs(loadings))[-3] < 0.2:
            return  # fewer than three that load: not determined
        correlations = np.outer(loadings, loadings)
        np.fill_diagonal(correlations, 1)
        found = one_factor(correlations)
        assert np.outer(found, found) == pytest.approx(np.outer(loadings, loadings), abs=1e-4)

    def test_omega_of_equal_loadings_is_alpha(self):
        correlations = np.full((5, 5), 0.4)
        np.fill_diagonal(correlations, 1)
        assert omega(correlations) == pytest.approx(alpha(correlations))

    def test_its_residuals_are_the_least_there_are(self):
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
        # Tables of the F distribution.
        [
            (0.95, 1, 1, 161.4476),
            (0.95, 5, 10, 3.3258),
            (0.975, 10, 20, 2.7737),
            (0.99, 30, 120, 1.8600),
            (0.05, 10, 5, 1 / 3.3258),
        ],
    )
    def test_its_quantiles_are_those_of_the_tables(self, share, d1, d2, value):
        assert f_quantile(share, d1, d2) == pytest.approx(value, rel=5e-5)

    @given(st.floats(0.5, 200), st.floats(0.5, 200), st.floats(0.001, 0.999))
    def test_the_beta_share_mirrors(self, a, b, x):
        assert beta_share(a, b, x) == pytest.approx(1 - beta_share(b, a, 1 - x), abs=1e-9)

    @given(st.integers(1, 12), st.integers(1, 12), st.floats(0.01, 0.99))
    def test_the_beta_share_of_whole_numbers_is_a_sum_of_binomials(self, a, b, x):
        n = a + b - 1
        direct = sum(math.comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))
        assert beta_share(a, b, x) == pytest.approx(direct, abs=1e-10)

    def test_many_people_are_no_trouble(self):
        low, high = alpha_interval(0.75, 1_000_000, 8)
        assert 0.749 < low < 0.75 < high < 0.751


def test_items_that_vary_while_their_sum_does_not_have_no_alpha():
    """Rounding leaves a sum's variance a hair off zero, on either side."""
    rows = [[1, 2, 4], [1, 4, 2], [2, 1, 4], [2, 4, 1], [4, 1, 2], [4, 2, 1]] * 6
    found = scale_statistics(Moments.of(np.array(rows)))
    assert found.alpha is None
    assert found.alpha_interval is None
