import pytest

from quiz.core.verdict import Verdict
from quiz.results.verdict_shares import verdict_shares

pytestmark = pytest.mark.pure


def test_equal_counts_have_equal_percents():
    shares = verdict_shares([2, 2, 2, 0, 0, 0])
    assert [round(each.percent) for each in shares] == [33, 33, 33, 0, 0, 0]
    assert [each.kind for each in shares[:3]] == ["clear_sales", "leaning_sales", "close"]


def test_segments_follow_the_order_of_the_verdicts():
    found = verdict_shares([1, 3], [Verdict.INSUFFICIENT, Verdict.CLEAR_SALES])
    assert [(each.band, each.field, each.count) for each in found] == [
        ("insufficient", "", 1),
        ("clear", "sales", 3),
    ]
    assert [(each.piece.x, each.piece.width) for each in found] == [("0", "100"), ("100", "300")]


def test_no_one_has_no_percents():
    assert {each.percent for each in verdict_shares([0] * 6)} == {0}
