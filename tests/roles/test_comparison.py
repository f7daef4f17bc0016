from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roles.comparison import MUST_AGREE, line_up, subtract

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


def test_comparable_figures_share_a_row_and_a_gap_is_none():
    pay, jobs = Fact(), Fact(measure="jobs", unit="jobs", currency="")
    (group,) = line_up([[pay], [pay, jobs]])
    assert [row.cells for row in group.rows] == [(pay, pay), (None, jobs)]


@pytest.mark.parametrize("name", ["source_key", "region", "period"])
def test_figures_of_different_origin_go_into_different_groups(name):
    groups = line_up([[Fact()], [replace(Fact(), **{name: "other"})]])
    assert [row.cells.count(None) for group in groups for row in group.rows] == [1, 1]
    assert len(groups) == 2


@pytest.mark.parametrize("name", ["currency", "unit", "category", "measure"])
def test_figures_of_different_kind_go_into_different_rows(name):
    (group,) = line_up([[Fact()], [replace(Fact(), **{name: "other"})]])
    assert len(group.rows) == 2


def test_rows_are_sorted_by_the_given_key():
    facts = [Fact(category=name) for name in ("b", "c", "a")]
    (group,) = line_up([facts], order=lambda measure, category: category)
    assert [row.category for row in group.rows] == ["a", "b", "c"]


def test_groups_across_periods_keep_one_period_per_row():
    facts = [Fact("jobs", period="2024"), Fact("jobs", period="2034")]
    (group,) = line_up([facts], groups_across={"jobs"})
    assert [row.period for row in group.rows] == ["2024", "2034"]
    assert group.period is None


def test_row_with_different_periods_has_none_itself():
    (group,) = line_up(
        [[Fact("rating", period="2016")], [Fact("rating", period="2020")]], rows_across={"rating"}
    )
    assert [row.period for row in group.rows] == [None]


def test_row_across_periods_keeps_the_period_its_cells_share():
    (group,) = line_up([[Fact("rating")], [Fact("rating")]], rows_across={"rating"})
    assert group.period == "2025"


def test_undated_counts_as_a_period():
    (group,) = line_up([[Fact(period="")]])
    assert group.period == ""


@pytest.mark.slow
@given(COLUMNS)
def test_every_figure_appears_exactly_once(columns):
    shown = Counter(cell for cell in cells(line_up(columns, **ACROSS)) if cell)
    assert shown == Counter(figure for column in columns for figure in column)


@given(COLUMNS)
def test_every_figure_stays_in_its_column(columns):
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


@pytest.mark.slow
@given(COLUMNS)
def test_no_row_is_empty(columns):
    for group in line_up(columns):
        assert all(any(row.cells) for row in group.rows)


def test_figures_of_same_kind_and_origin_are_subtracted():
    more = subtract(Fact(value=Decimal(72)), Fact(value=Decimal(44)))
    assert (more.value, more.differs) == (28, ())


@pytest.mark.parametrize("name", ["source_key", "region", "period", "currency", "unit", "measure"])
def test_figures_that_differ_are_not_subtracted_and_the_reason_is_named(name):
    outcome = subtract(Fact(), replace(Fact(), **{name: "other"}))
    assert (outcome.value, outcome.differs) == (None, (name,))


def test_missing_number_is_not_subtracted():
    assert subtract(Fact(), Fact(value=None)).value is None


@given(FACTS, FACTS)
def test_subtraction_has_a_value_only_if_nothing_differs(first, second):
    outcome = subtract(first, second)
    if outcome.value is not None:
        assert outcome.differs == ()
        assert outcome.value == -subtract(second, first).value
