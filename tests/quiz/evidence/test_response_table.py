"""Answers from a CSV file: what is read, what is refused and by which words."""

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
    def test_what_is_none_is_refused_with_an_example(self, text):
        with pytest.raises(ResponseError, match="A=A1-,A2,A3"):
            parsed_scales([text])

    def test_an_item_is_in_a_scale_once(self):
        with pytest.raises(ResponseError, match="scale A: A1 is there twice"):
            parsed_scales(["A=A1,A2,A1-"])

    def test_a_name_is_given_once(self):
        with pytest.raises(ResponseError, match="scale A is there twice"):
            parsed_scales(["A=A1,A2", "A=A3,A4"])


class TestReading:
    def test_columns_are_found_by_their_names(self):
        assert values(["x,B, A ", "?,1,5", "?,2,4"], "A", "B") == [[5, 4], [1, 2]]

    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_cells_may_be_parted_otherwise(self, delimiter):
        lines = [text.replace(",", delimiter) for text in ["A,B", "1,2"]]
        assert values(lines, "A", "B") == [[1], [2]]

    @pytest.mark.parametrize("cell", ["", " ", "NA", "na", "NaN", "n/a", "NULL"])
    def test_a_cell_may_say_that_there_is_no_answer(self, cell):
        assert math.isnan(values(["A,B", f"{cell},2"], "A")[0][0])

    def test_other_columns_may_hold_anything(self):
        assert values(["A,name", '1,"a ""b"", c"'], "A") == [[1]]

    def test_lines_without_anything_are_passed_over(self):
        assert values(["A,B", "", "1,2", ",", "3,4"], "A") == [[1, 3]]

    def test_a_header_alone_is_nobody(self):
        assert values(["A,B"], "A", "B") == [[], []]


class TestRefused:
    def test_row_and_column_are_named(self):
        found = refusal(["A,B", "1,2", "3,9", "x,0.5"], "A", "B")
        assert found.splitlines() == [
            "row 3, column B: 9 is no number from 1 to 5",
            "row 4, column A: x is no number from 1 to 5",
            "row 4, column B: 0.5 is no number from 1 to 5",
        ]

    @pytest.mark.parametrize("cell", ["inf", "-inf", "1e999", "1,5", "٣x"])
    def test_no_such_number_is_one(self, cell):
        assert "row 2, column A" in refusal(["A;B", f"{cell};1"], "A")

    def test_a_row_of_another_width_is_named(self):
        assert refusal(["A,B", "1,2,3"], "A") == "row 2: 3 cells, where the header has 2"

    def test_a_column_that_is_missing_is_named_with_those_there_are(self):
        assert refusal(["A,B"], "C", "A") == "row 1: no column C; there are A, B"

    def test_a_file_without_anything_has_no_columns(self):
        assert refusal([], "A") == "row 1: no column A; there are none"

    def test_a_column_that_is_there_twice_is_named(self):
        assert refusal(["A,A"], "A") == "row 1: column A is there twice"

    def test_a_quote_that_never_ends_is_named_by_its_line(self):
        assert refusal(["A,B", '"1,2'], "A").startswith("line 2: ")

    def test_of_very_many_faults_the_first_are_told(self):
        told = refusal(["A", *["9"] * 1000], "A").splitlines()
        assert (len(told), told[-1]) == (MOST_FAULTS + 1, "and more")

    def test_a_long_cell_is_cut(self):
        assert len(refusal(["A", "x" * 5000], "A")) < 100


class TestAnalysed:
    def scale(self, text, lines, low=1, high=5):
        (scale,) = parsed_scales([text])
        keys = [key for key, _is_reversed in scale.items]
        return analysed(read(lines, keys, low, high), scale, low, high)

    def test_the_fixture(self):
        found = self.scale("A=A1,A2,A3,A4", lines_of(FIXTURE))
        assert (found["n"], round(found["alpha"], 6)) == (8, 0.940774)
        assert list(found) == ["n", "alpha", "alpha_interval", "omega", "mean_r", "items"]
        assert list(found["items"]) == ["A1", "A2", "A3", "A4"]
        assert round(found["items"]["A2"]["item_rest"], 6) == 0.778055
        assert set(found["items"]["A1"]) == {"item_rest", "alpha_if_dropped", "mean", "sd"}

    @pytest.mark.parametrize(("low", "high"), [(1, 6), (0, 10), (-3, 3.5)])
    def test_reversed_items_are_turned_on_any_scale(self, low, high):
        straight = FIXTURE * 0.5 + 0.5
        turned = straight.copy()
        turned[:, [1, 3]] = low + high - turned[:, [1, 3]]
        found = self.scale("A=A1,A2-,A3,A4-", lines_of(turned), low, high)
        assert found["alpha"] == pytest.approx(0.940774, abs=5e-7)
        means = [item["mean"] for item in found["items"].values()]
        assert means == pytest.approx(list(straight.mean(axis=0)))

    def test_whoever_left_one_item_out_is_not_in_that_scale(self):
        lines = [*lines_of(FIXTURE), "more,NA,5,1,3", "more,1,1,,"]
        assert self.scale("A=A1,A2,A3,A4", lines)["n"] == 8
        assert self.scale("B=A2,A3", lines)["n"] == 9

    def test_what_is_undefined_is_none(self):
        found = self.scale("A=A1,A2", ["A1,A2", "3,3", "3,3"])
        assert (found["n"], found["alpha"], found["omega"]) == (2, None, None)
        assert found["items"]["A1"]["sd"] == 0
