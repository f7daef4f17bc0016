"""Reading answers from CSV, and the errors it reports."""

import math
import tracemalloc
from itertools import chain, repeat

import numpy as np
import pytest

from quiz.evidence import response_table
from quiz.evidence.response_table import (
    ADVICE,
    MOST_FAULTS,
    Coding,
    ResponseError,
    ScaleItems,
    analysed,
    parsed_number,
    parsed_scales,
    read_answers,
)
from tests.quiz.evidence.factories import FIXTURE, lines_of

pytestmark = pytest.mark.pure


def read(lines, keys, low, high, missing=(), delimiter=""):
    return read_answers(["\n".join(lines)], keys, Coding.of(low, high, missing), delimiter)


def columns(responses, keys):
    return [list(column) for column in np.concatenate(list(responses.tables(keys))).T]


def values(lines, *keys, low=1, high=5, **options):
    return columns(read(lines, keys, low, high, **options), keys)


def refusal(lines, *keys, low=1, high=5, **options):
    with pytest.raises(ResponseError) as caught:
        read(lines, keys, low, high, **options)
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
            "row 3, column B: 9 isn't a number from 1 to 5",
            "row 4, column A: x isn't a number from 1 to 5",
            "row 4, column B: 0.5 isn't a number from 1 to 5",
            ADVICE,
        ]

    @pytest.mark.parametrize(
        "cell",
        [
            "inf",
            "-inf",
            "1e999",
            "-4",
            "6",
            "0_4",
            "４",
            "٤",
            "4 5",
            "4%",
            "#NULL!",
            ".",
            "0x4",
            "+",
        ],
    )
    def test_cells_that_are_no_answer_are_refused(self, cell):
        assert "row 2, column A" in refusal(["A;B", f"{cell};1"], "A")

    def test_cell_with_line_breaks_stays_on_one_line_of_the_message(self):
        found = refusal(["A,B", '"x\ny\u2028z",1'], "A").splitlines()
        assert found == [r"row 2, column A: 'x\ny\u2028z' isn't a number from 1 to 5", ADVICE]

    def test_error_names_a_row_of_the_wrong_width(self):
        assert refusal(["A,B", "1,2,3"], "A") == "row 2: 3 cells, where the header has 2"

    def test_error_names_a_missing_column_and_the_existing_ones(self):
        found = refusal(["A,B"], "C", "A")
        assert found.startswith("row 1: no column C; there are A, B. ")
        assert "--delimiter" in found

    def test_long_header_is_cut_in_the_error(self):
        found = refusal([",".join(f"Q{n}" * 100 for n in range(1000))], "A")
        assert "and 980 more" in found
        assert len(found) < 1200

    def test_empty_file_has_no_columns(self):
        assert refusal([], "A").startswith("row 1: no column A; there are none. ")

    def test_error_names_a_duplicate_column(self):
        assert refusal(["A,A"], "A") == "row 1: column A is there twice"

    def test_error_names_the_line_of_an_unclosed_quote(self):
        found = refusal(["A,B", '"1,2'], "A")
        assert found.startswith("line 2: ")
        assert "check the quotation marks" in found

    def test_error_about_the_width_gives_no_advice_about_numbers(self):
        assert ADVICE not in refusal(["A,B", "1,2,3"], "A")

    def test_long_list_of_errors_is_cut(self):
        faults = refusal(["A", *["9"] * 1000], "A").splitlines()
        assert (len(faults), faults[-2:]) == (MOST_FAULTS + 2, ["and more", ADVICE])

    def test_long_cell_is_cut_in_the_error(self):
        assert len(refusal(["A", "x" * 5000], "A").splitlines()[0]) < 100


class TestDelimiter:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    @pytest.mark.parametrize(
        "heading",
        ["How I work, on most days; with whom", 'First\nsecond\t"third"|', "x,,,,,;;;;;||"],
    )
    def test_heading_in_quotes_may_hold_any_of_them(self, delimiter, heading):
        quoted = '"' + heading.replace('"', '""') + '"'
        lines = [delimiter.join(cells) for cells in ([quoted, "A1", "A2"], ["x", "4", "5"])]
        assert values(lines, "A1", "A2") == [[4], [5]]

    def test_the_asked_columns_decide(self):
        lines = ["a,b,c,d,e;A1;A2", "1,2,3;4;5"]
        assert values(lines, "A1", "A2") == [[4], [5]]

    def test_file_may_have_one_column(self):
        assert values(["A1", "4,0", "5"], "A1") == [[4, 5]]

    def test_space_after_a_delimiter_does_not_open_another_cell(self):
        assert values(['id, "How, I", A1', "1, x, 4"], "A1") == [[4]]

    @pytest.mark.parametrize("delimiter", [":", " ", "~", "§"])
    def test_any_other_can_be_given(self, delimiter):
        lines = [delimiter.join(cells) for cells in (["A1", "A2"], ["4", "5"])]
        assert "no column A1" in refusal(lines, "A1", "A2")
        assert values(lines, "A1", "A2", delimiter=delimiter) == [[4], [5]]

    def test_given_one_wins(self):
        assert "there are A;B" in refusal(["A;B", "1;2"], "A", delimiter=",")

    @pytest.mark.parametrize("first", ["sep=;", "SEP=;\r", "sep=|"])
    def test_line_that_names_it_for_excel_is_no_heading(self, first):
        delimiter = first.rstrip("\r")[-1]
        lines = [first, f"A{delimiter}B", f"4,0{delimiter}x"]
        assert values(lines, "A") == [[4]]

    @pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
    def test_lines_may_end_like_on_any_system(self, end):
        text = end.join(["A,B", "1,2", "3,4", ""])
        found = read_answers([text], ["A", "B"], Coding.of(1, 5))
        assert columns(found, ["A", "B"]) == [[1, 3], [2, 4]]


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            *(("4", 4), ("4.0", 4), ("4,0", 4), ("4.", 4), ("4.50", 4.5), ("4,50", 4.5)),
            *((".5", 0.5), ("-,5", -0.5), ("+4", 4), ("-99,00", -99), ("1e+05", 100_000)),
            *(("0,125", 0.125), ("1234", 1234), ("1234,567", 1234.567), ("04", 4)),
        ],
    )
    def test_decimal_point_and_comma_are_read(self, text, value):
        assert parsed_number(text) == value

    @pytest.mark.parametrize(
        "text",
        ["1,234", "-12,345", "1,234,567", "1.234,5", "0_4", "４", "٤", "", ".", "-", "1e", "nan"],
    )
    def test_anything_else_and_what_may_be_thousands_is_none(self, text):
        assert math.isnan(parsed_number(text))


class TestMissing:
    MISSING = ("-99", ".", "#NULL!", "No Answer")

    @pytest.mark.parametrize(
        "cell", ["-99", " -99 ", "-99.0", "-99,00", ".", "#NULL!", "#null!", "no answer", "NA", ""]
    )
    def test_given_words_and_numbers_are_missing(self, cell):
        first, second = values(["A;B", f"{cell};4"], "A", "B", missing=self.MISSING)
        assert math.isnan(first[0])
        assert second == [4]

    @pytest.mark.parametrize("cell", ["99", "-9", "x", "inf"])
    def test_others_are_still_refused(self, cell):
        assert "row 2, column A" in refusal(["A;B", f"{cell};4"], "A", missing=self.MISSING)

    def test_number_on_the_scale_can_mean_no_answer(self):
        assert math.isnan(values(["A", "5"], "A", missing=["5"])[0][0])


class TestExports:
    """Files as other programs write them."""

    @pytest.mark.parametrize(
        ("text", "missing"),
        [
            ('"","A1","A2","name"\n"1",4,5,"x, y"\n"2",NA,1,NA\n', ()),
            ('"";"A1";"A2"\n"1";4;5\n"2";NA;1\n', ()),
            ("id,A1,A2\r\n1,4.00,5.00\r\n2,#NULL!,1.00\r\n", ["#NULL!"]),
            ("id;A1;A2\r\n1;4,00;5,00\r\n2; ;1,00\r\n", ()),
            ("id;A1;A2\r\n1;4;5\r\n2;#NV;1\r\n;;\r\n", ["#NV"]),
            ("id\tA1\tA2\n1\t4\t5\n2\t.\t1\n", ["."]),
            (
                'id,A1,A2\nResponse ID,"I call, ""often""\nor not","I wait"\n'
                '"{""ImportId"":""_recordId""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"'
                "\nR_1,4,5\nR_2,,1\n",
                (),
            ),
        ],
        ids=["r", "r-csv2", "spss", "spss-europe", "excel-europe", "stata", "qualtrics"],
    )
    def test_file_is_read_as_it_is(self, text, missing):
        found = read_answers([text], ["A1", "A2"], Coding.of(1, 5, missing))
        first, second = columns(found, ["A1", "A2"])
        assert second == [5, 1]
        assert first[0] == 4
        assert math.isnan(first[1])

    def test_second_row_of_words_is_an_error_without_the_marks_of_qualtrics(self):
        assert "row 2, column A1" in refusal(["A1,A2", "I call,I wait", "4,5"], "A1")


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

    def test_large_answers_do_not_overflow(self):
        pairs = [(n % 3, n % 5 % 3) for n in range(8000)]
        small = self.scale("A=A1,A2", ["A1,A2", *(f"{a},{b}" for a, b in pairs)], 0, 2)
        lines = ["A1,A2", *(f"{a * 500_000},{b * 500_000}" for a, b in pairs)]
        large = self.scale("A=A1,A2", lines, 0, 1_000_000)
        assert large["alpha"] == pytest.approx(small["alpha"])
        assert large["items"]["A1"]["sd"] == pytest.approx(500_000 * small["items"]["A1"]["sd"])

    def test_undefined_statistics_are_none(self):
        found = self.scale("A=A1,A2", ["A1,A2", "3,3", "3,3"])
        assert (found["n"], found["alpha"], found["omega"]) == (2, None, None)
        assert found["items"]["A1"]["sd"] == 0


class TestBlocks:
    """Long files are read, kept and added up block by block."""

    SCALES = ("A=A1,A2-,A3", "B=A3,A4")

    def analyses(self, lines, low, high):
        keys = ["A1", "A2", "A3", "A4"]
        found = read_answers((f"{line}\n" for line in lines), keys, Coding.of(low, high))
        return found, [analysed(found, scale, low, high) for scale in parsed_scales(self.SCALES)]

    @pytest.mark.parametrize(
        ("low", "high", "step"),
        [(1, 5, 1), (-128, 127, 1), (0, 1000, 7), (0, 1_000_000, 500), (0, 5, 0.1), (-3, 3.5, 0.5)],
    )
    def test_figures_are_those_of_one_block_to_the_last_digit(self, monkeypatch, low, high, step):
        random = np.random.default_rng(3)
        table = low + step * random.integers(0, int((high - low) / step), (300, 4), endpoint=True)
        cells = [[f"{each:.6g}" for each in row] for row in table.tolist()]
        for place in range(0, 300, 11):
            cells[place][place % 4] = "NA"
        lines = ["A1,A2,A3,A4", *map(",".join, cells)]
        whole, expected = self.analyses(lines, low, high)
        monkeypatch.setattr(response_table, "BLOCK_CELLS", 40)
        cut, found = self.analyses(lines, low, high)
        assert (len(whole.blocks), len(cut.blocks)) == (1, 31)
        assert found == expected
        assert found[0]["n"] < 300

    def test_blocks_with_and_without_fractions_can_follow_each_other(self, monkeypatch):
        lines = ["A1,A2,A3,A4", "1,2,3,4", "5,NA,3,1.5", "2,4,1,1", "4,4,5,2"]
        _whole, expected = self.analyses(lines, 1, 5)
        monkeypatch.setattr(response_table, "BLOCK_CELLS", 4)
        cut, found = self.analyses(lines, 1, 5)
        assert [block.dtype for block in cut.blocks[:2]] == [np.int8, np.float64]
        assert found == expected

    @pytest.mark.parametrize(
        ("low", "high", "kind"),
        [
            *((1, 6, np.int8), (-127, 127, np.int8), (-128, 5, np.int16), (0, 128, np.int16)),
            *((0, 1_000_000, np.int32), (0, 2**40, np.int64)),
        ],
    )
    def test_whole_numbers_take_the_fewest_bytes_that_hold_the_scale(self, low, high, kind):
        found = read_answers([f"A\n{low}\n{high}\nNA\n"], ["A"], Coding.of(low, high))
        assert found.blocks[0].dtype == kind
        (column,) = columns(found, ["A"])
        assert column[:2] == [low, high]
        assert math.isnan(column[2])

    def test_faults_in_later_blocks_name_their_rows(self, monkeypatch):
        monkeypatch.setattr(response_table, "BLOCK_CELLS", 4)
        lines = ["A,B", *["1,2"] * 9, "3,9", "1,2", "1"]
        assert refusal(lines, "A", "B").splitlines() == [
            "row 11, column B: 9 isn't a number from 1 to 5",
            "row 13: 1 cells, where the header has 2",
            ADVICE,
        ]

    def test_memory_grows_by_a_byte_for_each_answer(self, monkeypatch):
        monkeypatch.setattr(response_table, "BLOCK_CELLS", 2400)
        keys = [f"A{n}" for n in range(24)]
        scale = ScaleItems("A", tuple((key, False) for key in keys))

        def peak(rows):
            row = ",".join("12345"[n % 5] for n in range(24)) + "\n"
            blocks = chain([",".join(keys) + "\n"], repeat(row, rows))
            tracemalloc.start()
            analysed(read_answers(blocks, keys, Coding.of(1, 5)), scale, 1, 5)
            _now, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            return most

        peak(100)
        assert peak(2500) - peak(500) < 1.5 * 24 * 2000
