"""The six verdicts, as stored rows and files name them."""

import pytest

from quiz.core.scoring import Result, score
from quiz.core.verdict import Verdict
from tests.answers import SHIPPED, alike, leaning, towards


def test_order_is_the_order_of_stored_counts():
    assert [(verdict.order, verdict.heading) for verdict in Verdict] == [
        (0, "clear_sales"),
        (1, "leaning_sales"),
        (2, "close"),
        (3, "leaning_service"),
        (4, "clear_service"),
        (5, "insufficient"),
    ]


def test_verdicts_of_a_band_share_an_explanation():
    assert {verdict.explanation: verdict.band for verdict in Verdict} == {
        "clear_explained": "clear",
        "leaning_explained": "leaning",
        "close_explained": "close",
        "insufficient_explained": "insufficient",
    }


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        (towards("sales"), Verdict.CLEAR_SALES),
        (leaning("service", 7), Verdict.LEANING_SERVICE),
        (leaning("sales", 1), Verdict.CLOSE),
        (alike(3), Verdict.INSUFFICIENT),
    ],
)
def test_stored_result_keeps_its_verdict(answers, verdict):
    result = Result.from_data(score(SHIPPED, answers).to_data())
    assert result.verdict is verdict
    assert (verdict.band, verdict.field) == (result.band, result.field)


@pytest.mark.parametrize("stored", [("clear", ""), ("close", "sales"), ("", ""), (None, [])])
def test_finding_what_names_no_verdict_gives_none(stored):
    assert Verdict.find(*stored) is None


@pytest.mark.parametrize("verdict", Verdict)
def test_finding_by_band_and_field(verdict):
    assert Verdict.find(verdict.band, verdict.field) is verdict
