"""Reading answers from CSV, and the errors it reports."""

import math

import pytest

from quiz.evidence.response_table import (
    MOST_FAULTS,
    ResponseError,
    ScaleItems,
    analysed,
    parsed_scales,
)
from quiz.evidence.response_table import read_answers as read
from tests.quiz.evidence.factories import FIXTURE, lines_of

pytestmark = pytest.mark.pure


def values(lines, *keys, low=1, high=5):
    return [list(column) for column in read(lines, keys, low, high).values()]


def refusal(lines, *keys, low=1, high=5):
    with pytest.raises(ResponseError) as caught:
        read(lines, keys, low, high)
    return str(caught.value)


class TestScales:
    def test_a_minus_marks_a_reversed_item(self):
        (scale,) = parsed_scales(["A=A1-, A2,A3"])
        assert scale == ScaleItems("A", (("A1", True), ("A2", False), ("A3", False)))

    @pytest.mark.parametrize("text", ["A", "=A1", "A=", "A=A1,,A2", "A=-", ""])
    def test_invalid_scale_is_refused_with_an_example(self, text):
        with pytest.raises(ResponseError, match="A=A1-,A2,A3"):
            parsed_scales([text])

    def test_duplicate_item_in_a_scale_is_refused(self):
        with pytest.raises(ResponseError, match="scale A: A1 is there twice"):
            parsed_scales(["A=A1,A2,A1-"])

    def test_duplicate_scale_name_is_refused(self):
        with pytest.raises(ResponseError, match="scale A is there twice"):
            parsed_scales(["A=A1,A2", "A=A3,A4"])


class TestReading:
    def test_columns_are_found_by_their_names(self):
        assert values(["x,B, A ", "?,1,5", "?,2,4"], "A", "B") == [[5, 4], [1, 2]]

    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_other_delimiters_are_recognized(self, delimiter):
        lines = [text.replace(",", delimiter) for text in ["A,B", "1,2"]]
        assert values(lines, "A", "B") == [[1], [2]]

    @pytest.mark.parametrize("cell", ["", " ", "NA", "na", "NaN", "n/a", "NULL"])
    def test_missing_value_words_are_recognized(self, cell):
        assert math.isnan(values(["A,B", f"{cell},2"], "A")[0][0])

    def test_other_columns_may_hold_anything(self):
        assert values(["A,name", '1,"a ""b"", c"'], "A") == [[1]]

    def test_blank_lines_are_skipped(self):
        assert values(["A,B", "", "1,2", ",", "3,4"], "A") == [[1, 3]]

    def test_header_without_rows_has_no_answers(self):
        assert values(["A,B"], "A", "B") == [[], []]


class TestRefused:
    def test_error_names_row_and_column(self):
        found = refusal(["A,B", "1,2", "3,9", "x,0.5"], "A", "B")
        assert found.splitlines() == [
            "row 3, column B: 9 is no number from 1 to 5",
            "row 4, column A: x is no number from 1 to 5",
            "row 4, column B: 0.5 is no number from 1 to 5",
        ]

    @pytest.mark.parametrize("cell", ["inf", "-inf", "1e999", "1,5", "٣x"])
    def test_values_off_the_scale_are_refused(self, cell):
        assert "row 2, column A" in refusal(["A;B", f"{cell};1"], "A")

    def test_error_names_a_row_of_the_wrong_width(self):
        assert refusal(["A,B", "1,2,3"], "A") == "row 2: 3 cells, where the header has 2"

    def test_error_names_a_missing_column_and_the_existing_ones(self):
        assert refusal(["A,B"], "C", "A") == "row 1: no column C; there are A, B"

    def test_empty_file_has_no_columns(self):
        assert refusal([], "A") == "row 1: no column A; there are none"

    def test_error_names_a_duplicate_column(self):
        assert refusal(["A,A"], "A") == "row 1: column A is there twice"

    def test_error_names_the_line_of_an_unclosed_quote(self):
        assert refusal(["A,B", '"1,2'], "A").startswith("line 2: ")

    def test_long_list_of_errors_is_cut(self):
        faults = refusal(["A", *["9"] * 1000], "A").splitlines()
        assert (len(faults), faults[-1]) == (MOST_FAULTS + 1, "and more")

    def test_long_cell_is_cut_in_the_error(self):
        assert len(refusal(["A", "x" * 5000], "A")) < 100


class TestAnalysis:
    def scale(self, text, lines, low=1, high=5):
        (scale,) = parsed_scales([text])
        keys = [key for key, _is_reversed in scale.items]
        return analysed(read(lines, keys, low, high), scale, low, high)

    def test_analysis_matches_the_worked_example(self):
        found = self.scale("A=A1,A2,A3,A4", lines_of(FIXTURE))
        assert (found["n"], round(found["alpha"], 6)) == (8, 0.940774)
        assert list(found) == ["n", "alpha", "alpha_interval", "omega", "mean_r", "items"]
        assert list(found["items"]) == ["A1", "A2", "A3", "A4"]
        assert round(found["items"]["A2"]["item_rest"], 6) == 0.778055
        assert set(found["items"]["A1"]) == {"item_rest", "alpha_if_dropped", "mean", "sd"}

    @pytest.mark.parametrize(("low", "high"), [(1, 6), (0, 10), (-3, 3.5)])
    def test_reversed_items_are_recoded_on_any_scale(self, low, high):
        straight = FIXTURE * 0.5 + 0.5
        turned = straight.copy()
        turned[:, [1, 3]] = low + high - turned[:, [1, 3]]
        found = self.scale("A=A1,A2-,A3,A4-", lines_of(turned), low, high)
        assert found["alpha"] == pytest.approx(0.940774, abs=5e-7)
        means = [item["mean"] for item in found["items"].values()]
        assert means == pytest.approx(list(straight.mean(axis=0)))

    def test_person_with_a_missing_item_is_left_out_of_that_scale(self):
        lines = [*lines_of(FIXTURE), "more,NA,5,1,3", "more,1,1,,"]
        assert self.scale("A=A1,A2,A3,A4", lines)["n"] == 8
        assert self.scale("B=A2,A3", lines)["n"] == 9

    def test_undefined_statistics_are_none(self):
        found = self.scale("A=A1,A2", ["A1,A2", "3,3", "3,3"])
        assert (found["n"], found["alpha"], found["omega"]) == (2, None, None)
        assert found["items"]["A1"]["sd"] == 0
