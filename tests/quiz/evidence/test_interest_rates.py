"""Published rates of interest in roles."""

import pytest

from quiz.core.verdict import CLEAR, CLOSE, LEANING, SALES, SERVICE
from quiz.evidence.interest_rates import (
    ANSWERS,
    FEWEST_RATED,
    NO,
    SUGGESTED,
    UNSURE,
    YES,
    Cell,
    cell_of,
    cell_of_person,
    fit_step,
    rates_by_band_and_fit,
)

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("lean_towards", "step"),
    [(-50, 0), (-40.01, 0), (-40, 10), (0, 50), (9.99, 50), (10, 60), (49, 90), (50, 90)],
)
def test_fit_is_fifty_and_the_lean_in_steps_of_ten(lean_towards, step):
    assert fit_step(lean_towards) == step


def test_fit_just_below_a_step_by_rounding_error_counts_in_it():
    assert fit_step(10 - 1e-12) == 60
    assert fit_step(10 - 1e-6) == 50


@pytest.mark.parametrize(
    ("band", "suggested", "lean", "field", "cell"),
    [
        (CLEAR, SALES, 21, SALES, Cell(CLEAR, "suggested", 70, YES)),
        (CLEAR, SALES, 21, SERVICE, Cell(CLEAR, "other", 20, YES)),
        (LEANING, SERVICE, -7, SERVICE, Cell(LEANING, "suggested", 50, YES)),
        (LEANING, SERVICE, -7, SALES, Cell(LEANING, "other", 40, YES)),
        (CLOSE, "", 3, SERVICE, Cell(CLOSE, "neither", 40, YES)),
    ],
)
def test_answer_counts_by_the_result_of_its_person(band, suggested, lean, field, cell):
    assert cell_of(band, suggested, lean, field, YES) == cell


def people(count, band=CLEAR):
    return cell_of_person(band), count


ENOUGH = people(FEWEST_RATED)


def clear(fit, answer, count):
    return Cell(CLEAR, SUGGESTED, fit, answer), count


def by_band(rates):
    return {(row.band, row.side): row.rate.n for row in rates.by_band if row.rate.n}


def by_fit(rates):
    return {(row.low, row.high): row.rate.n for row in rates.by_fit if row.rate.n}


class TestMinimumCounts:
    def test_minimum_counts_people_not_answers(self):
        said = [clear(60, YES, 98)]
        assert rates_by_band_and_fit([people(49), *said]) is None
        assert rates_by_band_and_fit([people(20), people(30, CLOSE), *said]).people == 50

    def test_row_of_fewer_than_five_answers_is_withheld(self):
        counts = [ENOUGH, clear(70, YES, 60), clear(10, NO, 5), clear(30, NO, 1), clear(90, NO, 3)]
        assert by_fit(rates_by_band_and_fit(counts)) == {(60, 80): 60}
        assert by_fit(rates_by_band_and_fit([*counts, clear(30, NO, 1)])) == {
            (60, 80): 60,
            (0, 20): 5,
        }

    def test_row_that_could_be_derived_is_withheld_too(self):
        counts = [ENOUGH, clear(70, YES, 60), clear(50, NO, 9), clear(10, NO, 4)]
        assert by_fit(rates_by_band_and_fit(counts)) == {(60, 80): 60}

    def test_empty_row_withholds_no_other_row(self):
        assert by_fit(rates_by_band_and_fit([ENOUGH, clear(70, YES, 60), clear(50, NO, 9)])) == {
            (60, 80): 60,
            (40, 60): 9,
        }


class TestRates:
    def rate(self, *counts):
        cells = zip(ANSWERS, counts, strict=True)
        rates = rates_by_band_and_fit(
            [ENOUGH, *(clear(60, answer, count) for answer, count in cells)]
        )
        return next(row.rate for row in rates.by_band if row.rate.n)

    def test_shares_add_up_and_fill_the_bar(self):
        rate = self.rate(20, 20, 20)
        assert rate.n == 60
        assert sum(share.percent for share in rate.shares) == 100
        assert [share.answer for share in rate.shares] == [YES, UNSURE, NO]
        assert [(s.piece.x, s.piece.width) for s in self.rate(30, 15, 15).shares] == [
            ("0", "200"),
            ("200", "100"),
            ("300", "100"),
        ]

    def test_two_steps_of_fit_are_published_as_one(self):
        steps = [clear(fit, YES, 10) for fit in range(0, 100, 10)]
        rates = rates_by_band_and_fit([ENOUGH, *steps])
        assert by_fit(rates) == dict.fromkeys(
            [(0, 20), (20, 40), (40, 60), (60, 80), (80, 100)], 20
        )

    def test_suggested_and_other_field_have_separate_rows(self):
        counts = [
            (cell_of(band, suggested, lean, field, answer), count)
            for band, suggested, lean, field, answer, count in [
                (CLEAR, SALES, 20, SALES, YES, 40),
                (CLEAR, SALES, 20, SERVICE, NO, 30),
                (LEANING, SERVICE, -7, SERVICE, YES, 20),
                (LEANING, SERVICE, -7, SALES, NO, 10),
                (CLOSE, "", 1, SALES, YES, 6),
                (CLOSE, "", 1, SERVICE, YES, 7),
            ]
        ]
        assert by_band(rates_by_band_and_fit([ENOUGH, *counts])) == {
            (CLEAR, "suggested"): 40,
            (CLEAR, "other"): 30,
            (LEANING, "suggested"): 20,
            (LEANING, "other"): 10,
            (CLOSE, "neither"): 13,
        }
