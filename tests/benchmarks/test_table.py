"""How figures become a table."""

import pytest

from benchmarks.table import Goal, Row, markdown, percentile, spread

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("values", "digits", "shown"),
    [
        ([3.0, 1.0, 2.0], 1, "2.0 (1.0-3.0)"),
        ([2.04, 2.01], 1, "2.0"),
        ([12345.6], 0, "12,346"),
        ([], 1, ""),
    ],
)
def test_spread_shows_the_median_and_both_ends_where_they_differ(values, digits, shown):
    assert spread(values, digits) == shown


@pytest.mark.parametrize(
    ("count", "percent", "found"), [(100, 99, 99), (101, 99, 100), (1, 99, 1), (4, 50, 2)]
)
def test_percentile_is_the_nearest_rank(count, percent, found):
    assert percentile(range(count, 0, -1), percent) == found


@pytest.mark.parametrize(
    ("goal", "is_met"),
    [
        (None, None),
        (Goal(6), True),
        (Goal(5.9), False),
        (Goal(6, is_floor=True), True),
        (Goal(6.1, is_floor=True), False),
        (Goal(2, is_ratio=True), True),
        (Goal(1.9, is_ratio=True), False),
    ],
)
def test_goal_is_compared_with_the_median_or_with_the_ratio(goal, is_met):
    assert Row("cost", [6.0, 9.0, 2.0], [3.0, 3.0, 3.0], goal).is_met is is_met


def test_ratio_compares_figures_of_the_same_turn():
    slow_and_fast_turn = Row("cost", [40.0, 10.0], [20.0, 5.0])
    assert slow_and_fast_turn.ratios == [2.0, 2.0]


def test_figure_without_a_counterpart_has_no_ratio():
    assert Row("persons", [100.0]).ratios == []
    assert Row("files", [4.0], [0.0]).ratios == []
    assert Row("waits", [4.0], [5000.0], has_ratio=False).ratios == []


def test_table_is_markdown_with_columns_of_one_width():
    rows = [
        Row("server CPU, ms", [8.0, 6.0], [4.0, 4.0], Goal(2, is_ratio=True)),
        Row("bytes", [4413.0], goal=Goal(800), digits=0),
    ]
    assert markdown(rows).splitlines() == [
        "| measurement    | this site     | least app | ratio           | goal | met |",
        "| -------------- | ------------- | --------- | --------------- | ---- | --- |",
        "| server CPU, ms | 7.0 (6.0-8.0) | 4.0       | 1.8 (1.5-2.0) × | 2 ×  | yes |",
        "| bytes          | 4,413         |           |                 | 800  | no  |",
    ]
