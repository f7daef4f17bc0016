import math

import pytest
from hypothesis import given

from quiz.core.numbers import fixed_text
from quiz.core.scoring import score
from quiz.results.report import report
from tests.answers import SHIPPED, alike, scoring, towards
from tests.strategies import ANSWERS

pytestmark = pytest.mark.pure

# Answers in the order shown, with almost no lean and no flags.
PATTERN = [1, 1, 5, 2, 4, 3, 3, 3] * 3
CLOSE = {item.key: value for item, value in zip(SHIPPED.items, PATTERN, strict=True)}


def report_of(answers, **kwargs):
    return report(score(SHIPPED, answers, **kwargs), SHIPPED, answers, "en")


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        (towards("sales"), "clear_sales"),
        (towards("service"), "clear_service"),
        (scoring(68.75, 40.625, 59.375), "leaning_sales"),
        (scoring(31.25, 59.375, 40.625), "leaning_service"),
        (CLOSE, "close"),
        (alike(3), "insufficient"),
    ],
)
def test_verdict_names_field_and_band(answers, verdict):
    assert report_of(answers).verdict == SHIPPED.texts[verdict]["en"]


def test_only_a_clear_or_leaning_band_is_a_suggestion():
    assert report_of(scoring(68.75, 40.625, 59.375)).is_suggestion
    assert not report_of(CLOSE).is_suggestion
    assert not report_of(alike(3)).is_suggestion


@given(ANSWERS)
def test_the_contributions_shown_add_up_to_the_lean_shown(answers):
    found = report_of(answers)
    shown = math.fsum(trait.contribution_shown for trait in found.traits)
    assert round(shown, 6) == found.lean_shown
    assert abs(found.lean_shown - found.result.lean) <= 0.05 + 1e-9


@given(ANSWERS)
def test_bands_of_error_are_cut_at_the_ends_of_the_scale(answers):
    for trait in report_of(answers).traits:
        assert 0 <= trait.error_from <= trait.score <= trait.error_to <= 100


def test_reasons_are_sorted_by_size():
    reasons = report_of(scoring(31.25, 21.875, 40.625)).reasons
    assert [reason.key for reason in reasons] == ["persuasion", "proactive", "targets"]
    assert [reason.towards for reason in reasons] == ["service"] * 3
    assert reasons[0].gloss == SHIPPED.traits[1].low_gloss["en"]


def test_trait_in_the_middle_points_to_no_field():
    trait = report_of(alike(3)).traits[0]
    assert (trait.towards, trait.gloss, trait.strength) == ("", "", 0)


def test_strongest_pulls_have_statement_and_answer():
    answers = alike(3) | {"P1": 5, "P2": 5, "E1": 4}
    sales, service = report_of(answers).pulls
    # P1 and P2 pull equally; E1's 0.9 points tip the lean to sales, which comes first.
    assert sales.field == "sales"
    assert [(pull.statement, pull.answer) for pull in sales.answers] == [
        (SHIPPED.items_by_key[key].text["en"], SHIPPED.scale[value - 1].label["en"])
        for key, value in (("P1", 5), ("E1", 4))
    ]
    assert [pull.points for pull in service.answers] == [2.2]
    assert service.more == 0


def test_equally_strong_pulls_are_counted():
    sales, service = report_of(towards("sales")).pulls
    # 16 answers pull 2.1875 points and 8 pull 1.875; three are shown.
    assert (len(sales.answers), sales.more) == (3, 13)
    assert service.answers == ()


def test_nearest_tip_comes_first_in_whole_numbers():
    nearest = report_of(scoring(68.75, 40.625, 59.375)).tips[0]
    assert (nearest.trait, nearest.digits) == (SHIPPED.traits[0].name["en"], 0)
    assert nearest.score == 68.75
    assert nearest.tips_at == pytest.approx(68.75 - 7.03125 / 0.35)


def test_tip_shows_decimals_if_whole_numbers_look_equal():
    # A lean of 0.15625: less than half a point on the first trait.
    tips = report_of(scoring(46.875, 53.125, 50.0) | {}).tips
    assert [tip.digits for tip in tips] == [1, 1, 0]
    shown = [(fixed_text(t.score, t.digits), fixed_text(t.tips_at, t.digits)) for t in tips]
    assert all(score != tips_at for score, tips_at in shown)


def test_agreement_is_at_most_99_in_100():
    found = report_of(towards("sales"))
    assert found.result.agreement > 0.995
    assert found.agreement_in_100 == 99


def test_fits_for_both_fields_add_up_to_100():
    found = report_of(scoring(68.75, 40.625, 59.375))
    assert found.fit_sales == pytest.approx(57.03125)
    assert found.fit_sales + found.fit_service == 100


def test_exact_numbers_have_a_decimal_point_and_full_precision():
    found = report_of(scoring(68.75, 40.625, 59.375))
    assert found.lean_exact == repr(found.result.lean)
    assert found.traits[1].score_exact == "40.625"
    assert float(found.agreement_exact) == found.result.agreement
