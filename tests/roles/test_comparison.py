from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roles.comparison import MUST_AGREE, difference, line_up

pytestmark = pytest.mark.pure


@dataclass(frozen=True)
class Fact:
    measure: str = "median_pay"
    category: str = ""
    value: Decimal | None = Decimal(100)
    unit: str = "year"
    currency: str = "USD"
    source_key: str = "bls"
    region: str = "US"
    period: str = "2025"


A_FEW = st.sampled_from
FACTS = st.builds(
    Fact,
    measure=A_FEW(["pay", "rating", "outlook"]),
    category=A_FEW(["", "Persuasion"]),
    value=A_FEW([Decimal(1), Decimal(2), None]),
    unit=A_FEW(["year", "percent"]),
    currency=A_FEW(["USD", "CAD", ""]),
    source_key=A_FEW(["bls", "zippia"]),
    region=A_FEW(["US", "Canada"]),
    period=A_FEW(["", "2024", "2025"]),
)
COLUMNS = st.lists(st.lists(FACTS, max_size=6), min_size=1, max_size=4)
ACROSS = {"groups_across": frozenset({"outlook"}), "rows_across": frozenset({"rating"})}


def cells(groups):
    return [cell for group in groups for row in group.rows for cell in row.cells]


def test_equal_kinds_stand_in_one_row_and_a_gap_is_none():
    pay, jobs = Fact(), Fact(measure="jobs", unit="jobs", currency="")
    (group,) = line_up([[pay], [pay, jobs]])
    assert [row.cells for row in group.rows] == [(pay, pay), (None, jobs)]


@pytest.mark.parametrize("name", ["source_key", "region", "period"])
def test_figures_of_different_origin_stand_in_different_groups(name):
    groups = line_up([[Fact()], [replace(Fact(), **{name: "other"})]])
    assert [row.cells.count(None) for group in groups for row in group.rows] == [1, 1]
    assert len(groups) == 2


@pytest.mark.parametrize("name", ["currency", "unit", "category", "measure"])
def test_figures_of_different_kind_stand_in_different_rows(name):
    (group,) = line_up([[Fact()], [replace(Fact(), **{name: "other"})]])
    assert len(group.rows) == 2


def test_rows_stand_in_the_order_that_is_asked_for():
    facts = [Fact(category=name) for name in ("b", "c", "a")]
    (group,) = line_up([facts], order=lambda measure, category: category)
    assert [row.category for row in group.rows] == ["a", "b", "c"]


def test_measures_may_share_a_group_across_periods_but_not_a_row():
    facts = [Fact("jobs", period="2024"), Fact("jobs", period="2034")]
    (group,) = line_up([facts], groups_across={"jobs"})
    assert [row.period for row in group.rows] == ["2024", "2034"]
    assert group.period is None


def test_a_row_across_periods_has_no_period_of_its_own():
    (group,) = line_up(
        [[Fact("rating", period="2016")], [Fact("rating", period="2020")]], rows_across={"rating"}
    )
    assert [row.period for row in group.rows] == [None]


def test_a_row_across_periods_keeps_one_that_agrees():
    (group,) = line_up([[Fact("rating")], [Fact("rating")]], rows_across={"rating"})
    assert group.period == "2025"


def test_undated_is_a_period_too():
    (group,) = line_up([[Fact(period="")]])
    assert group.period == ""


@given(COLUMNS)
def test_every_figure_is_lined_up_exactly_once(columns):
    shown = Counter(cell for cell in cells(line_up(columns, **ACROSS)) if cell)
    assert shown == Counter(figure for column in columns for figure in column)


@given(COLUMNS)
def test_a_figure_stays_in_its_column(columns):
    for group in line_up(columns, **ACROSS):
        for row in group.rows:
            assert len(row.cells) == len(columns)
            for column, cell in zip(columns, row.cells, strict=True):
                assert cell is None or cell in column


@given(COLUMNS)
def test_no_row_mixes_sources_regions_currencies_or_units(columns):
    for group in line_up(columns, **ACROSS):
        for row in group.rows:
            present = [cell for cell in row.cells if cell]
            for name in MUST_AGREE[:-1]:
                assert len({getattr(cell, name) for cell in present}) == 1, name
            if row.measure not in ACROSS["rows_across"]:
                assert {cell.period for cell in present} == {row.period}


@given(COLUMNS)
def test_no_row_is_empty(columns):
    for group in line_up(columns):
        assert all(any(row.cells) for row in group.rows)


def test_figures_that_agree_are_subtracted():
    more = difference(Fact(value=Decimal(72)), Fact(value=Decimal(44)))
    assert (more.value, more.differs) == (28, ())


@pytest.mark.parametrize("name", ["source_key", "region", "period", "currency", "unit", "measure"])
def test_figures_that_do_not_agree_are_not_subtracted_and_it_says_why(name):
    outcome = difference(Fact(), replace(Fact(), **{name: "other"}))
    assert (outcome.value, outcome.differs) == (None, (name,))


def test_a_missing_number_is_not_subtracted():
    assert difference(Fact(), Fact(value=None)).value is None


@given(FACTS, FACTS)
def test_a_difference_has_a_value_only_when_nothing_differs(first, second):
    outcome = difference(first, second)
    if outcome.value is not None:
        assert outcome.differs == ()
        assert outcome.value == -difference(second, first).value
