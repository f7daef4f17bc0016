"""The export as a spreadsheet."""

import hashlib
from datetime import UTC, datetime

import openpyxl
import pytest

from quiz.core.scopes import SCOPES
from quiz.counseling.exporting import Selection, codebook_file
from quiz.results.tables.lines import BYTE_ORDER_MARK, line
from quiz.results.tables.sheets import letters, text_xml
from tests.answers import leaning
from tests.factories import disclose, make_client
from tests.quiz.counseling.exporting.files import (
    AWKWARD_NAMES,
    ITEM_CELLS,
    as_text,
    disclose_under,
    sheets_of,
    table,
    whole,
)


class TestTheSpreadsheet:
    def test_rows_match_the_csv_file(self, counselor):
        for scope, name in zip(SCOPES, AWKWARD_NAMES, strict=False):
            disclose(make_client(counselor, name), scope, leaning("service", 9))
        sheet = sheets_of(counselor)["results"]
        read = [list(map(as_text, row)) for row in sheet.values]
        assert read == table(whole(counselor))[:-1]

    def test_times_are_time_cells(self, counselor):
        moment = datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC)
        disclose(make_client(counselor), at=moment)
        sheet = sheets_of(counselor)["results"]
        cells = {sheet.cell(1, cell.column).value: cell for cell in sheet[2]}
        for name in ("shared_at", "finished_at"):
            assert cells[name].is_date
            assert cells[name].value == moment.replace(tzinfo=None)
            assert cells[name].number_format.replace("\\", "") == "yyyy-mm-dd hh:mm:ss"

    def test_checksum_matches_the_csv_file(self, counselor):
        disclose(make_client(counselor))
        heading, check = sheets_of(counselor)["check"].values
        assert heading == ("rows", "sha256", "use")
        checksum = table(whole(counselor))[-1][2].removeprefix("sha256=")
        assert check == (1, checksum, "not for hiring")

    def test_checksum_can_be_computed_from_the_cells(self, counselor):
        disclose(make_client(counselor, "Two\nlines"), answers=leaning("service", 9))
        book = sheets_of(counselor)
        rows = [list(map(as_text, row)) for row in book["results"].values]
        file = BYTE_ORDER_MARK + "".join(map(line, rows)).encode()
        assert hashlib.sha256(file).hexdigest() == book["check"]["B2"].value

    def test_only_numbers_are_number_cells(self, counselor):
        disclose(make_client(counselor, "=1+1"), answers=leaning("service", 9))
        sheet = sheets_of(counselor)["results"]
        cells = {sheet.cell(1, cell.column).value: cell for cell in sheet[2]}
        assert cells["client_name"].data_type == "s"
        assert cells["lean"].value < 0
        assert all(type(cells[name].value) is int for name in ITEM_CELLS)

    @pytest.mark.parametrize(
        "name", [*AWKWARD_NAMES, "a\x0bb", "_x0041_", "12", "true", "1-2", "007"]
    )
    def test_stored_name_survives_the_file_unchanged(self, counselor, name):
        disclose_under(name, counselor)
        cell = sheets_of(counselor)["results"]["B2"]
        assert openpyxl.utils.escape.unescape(cell.value) == name

    def test_spreadsheet_has_the_codebook(self, counselor):
        disclose(make_client(counselor))
        book = sheets_of(counselor)
        assert book.sheetnames == ["results", "codebook", "check"]
        read = [["" if cell is None else cell for cell in row] for row in book["codebook"].values]
        assert read == table(codebook_file(Selection.of(counselor), "en"))

    @pytest.mark.parametrize(
        ("place", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
    )
    def test_columns_are_named_by_letters(self, place, name):
        assert letters(place) == name == openpyxl.utils.get_column_letter(place + 1)

    def test_text_too_long_for_a_cell_ends_with_an_ellipsis(self):
        assert text_xml("a" * 40_000) == "a" * 32_766 + "…"
