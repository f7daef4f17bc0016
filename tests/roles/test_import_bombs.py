"""Files that would take far more memory than their size are refused before it grows."""

import zipfile

import pytest

from roles.importing import tables
from roles.importing.tables import TableError, read_sheet, read_tabs
from tests.roles.official_files import wages, write_xlsx

pytestmark = pytest.mark.pure

MB = 1024 * 1024
SHEET = "xl/worksheets/sheet1.xml"


def refused(read, *arguments):
    with pytest.raises(TableError) as refusal:
        read(*arguments)
    return str(refusal.value)


def is_header(cells):
    return "OCC_CODE" in cells


@pytest.fixture
def workbook(tmp_path):
    path = tmp_path / "national_M2026_dl.xlsx"
    write_xlsx(path, [wages("43-4051", "Customer Service Representatives")])
    return path


def with_part(path, name, replaced):
    """Replace or add a part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, old in (parts | {name: b""}).items():
            archive.writestr(each, replaced if each == name else old)


@pytest.fixture
def unopened(monkeypatch):
    monkeypatch.delattr(tables, "load_workbook")


def test_sound_workbook_is_read(workbook):
    assert len(read_sheet(workbook, is_header).rows) == 1


@pytest.mark.usefixtures("unopened")
@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", SHEET, "xl/media/picture.png"])
def test_part_that_unpacks_to_far_more_than_the_file_is_refused_unopened(workbook, part):
    with_part(workbook, part, bytes(20 * MB))
    assert f"{workbook.name} would unpack to 2" in refused(read_sheet, workbook, is_header)


@pytest.mark.usefixtures("unopened")
def test_workbook_that_unpacks_to_too_much_is_refused_unopened(workbook, monkeypatch):
    monkeypatch.setattr(tables, "MOST_UNPACKED", 1000)
    assert "too many for such a table" in refused(read_sheet, workbook, is_header)


def sheet_of(workbook):
    with zipfile.ZipFile(workbook) as archive:
        return archive.read(SHEET).decode()


def test_sheet_that_claims_a_million_rows_is_refused(workbook, monkeypatch):
    monkeypatch.setattr(tables, "MOST_CELLS", 100_000)
    sheet = sheet_of(workbook).replace('ref="A1:S2"', 'ref="A1:XFD1048576"')
    with_part(workbook, SHEET, sheet.replace('<row r="2"', '<row r="1048576"').encode())
    assert "has more than 100,000 cells" in refused(read_sheet, workbook, is_header)


def test_entities_that_multiply_are_refused(workbook):
    entities = ['<!ENTITY a0 "aaaaaaaaaa">']
    entities += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)]
    sheet = sheet_of(workbook).replace("U.S.", "&a9;")
    with_part(workbook, SHEET, f"<!DOCTYPE worksheet [{''.join(entities)}]>{sheet}".encode())
    assert "damaged" in refused(read_sheet, workbook, is_header)


@pytest.mark.parametrize("line", [b"," * 2000, b"\n" * 2000], ids=["columns", "lines"])
def test_csv_of_too_many_cells_is_refused(tmp_path, monkeypatch, line):
    monkeypatch.setattr(tables, "MOST_CELLS", 1000)
    path = tmp_path / "national_M2026_dl.csv"
    path.write_bytes(b"OCC_CODE,\n" + line)
    assert "has more than 1,000 cells" in refused(read_sheet, path, is_header)


def test_tab_separated_file_of_too_many_cells_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MOST_CELLS", 1000)
    path = tmp_path / "Skills.txt"
    path.write_bytes(b"\t" * 2000)
    assert "has more than 1,000 cells" in refused(read_tabs, path)


def test_file_that_is_too_large_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "LARGEST_FILE", 1000)
    path = tmp_path / "national_M2026_dl.csv"
    path.write_bytes(bytes(1001))
    assert "too large" in refused(read_sheet, path, is_header)
