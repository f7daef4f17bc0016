"""Reading clients from CSV: separators, headings, and every fault by row and column."""

import pytest

from quiz.counseling.client_csv import MOST_ROWS, ClientRow, read_sheet


def faults(text):
    return [(fault.row, fault.column) for fault in read_sheet(text).faults]


@pytest.mark.parametrize(
    "text",
    [
        'name,email,group,tags\nKim Lee,kim@example.org,9b,"autumn, new"\n',
        "tags;group;email;name\nautumn, new;9b;kim@example.org;Kim Lee",
        'NAME;E-mail;Group;Tags\r\n"Kim Lee";kim@example.org;9b;"autumn;new"\r\n',
        'Name,phone,E-Mail Address,group,tag\nKim Lee,1,kim@example.org,9b,"autumn,new"',
        'name,email,group,tags\n\n,,,\n Kim  Lee ,mailto:kim@example.org,9b,"autumn,Autumn,new"',
    ],
    ids=["commas", "semicolons, other order", "as from Excel", "more columns", "untidy"],
)
def test_client_is_read(text):
    sheet = read_sheet(text)
    assert sheet.faults == []
    (row,) = sheet.rows
    assert (row.name, row.email, row.group) == ("Kim Lee", "kim@example.org", "9b")
    assert row.tags == ("autumn", "new")


def test_name_alone_is_enough():
    assert read_sheet("name\nKim\nBo").rows == [ClientRow(2, "Kim"), ClientRow(3, "Bo")]


def test_other_columns_are_named():
    assert read_sheet("name,phone,born\nKim,1,2").ignored == ["phone", "born"]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", [(1, "")]),
        ("Kim,kim@example.org", [(1, "")]),
        ("name,Name\nKim,Bo", [(1, "name")]),
        ("name\n", [(0, "")]),
        ("name,email\nKim,kim@", [(2, "email")]),
        ("name,email\n,kim@example.org", [(2, "name")]),
        ("name,group\nKim," + "x" * 121, [(2, "group")]),
        ("name,tags\nKim," + "x" * 41, [(2, "tags")]),
        ("name\n!!", [(2, "name")]),
        ("name,email\nKim,a@b.example,Bo", [(2, "")]),
        ('name\n"Kim', [(2, "")]),
        ('name\nKim\n"Bo" x', [(3, "")]),
        ("name,email\nKim,a@b.example\nBo,A@B.example", [(3, "email")]),
        ("name\nKim\nBo\nKÍM", [(4, "name")]),
    ],
)
def test_fault_names_its_row_and_column(text, places):
    assert faults(text) == places


def test_every_fault_is_found():
    text = "name,email,tags\n,x,\nKim,kim@example.org,\nBo,y," + "z" * 50
    assert faults(text) == [(2, "name"), (2, "email"), (4, "email"), (4, "tags")]


def test_row_number_is_that_of_a_spreadsheet():
    assert faults("name,email\n\nKim,x") == [(3, "email")]


def test_same_name_with_different_addresses_is_no_fault():
    assert faults("name,email\nKim,a@b.example\nKim,c@b.example\nKim,") == []


def test_as_many_rows_as_are_allowed_are_read_and_one_more_is_not():
    names = "name\n" + "\n".join(f"Kim {number}" for number in range(MOST_ROWS))
    assert len(read_sheet(names).rows) == MOST_ROWS
    assert faults(f"{names}\nBo") == [(MOST_ROWS + 2, "")]


def test_fault_says_where_and_what_to_do():
    (fault,) = read_sheet("name,email\nKim,kim@").faults
    assert str(fault).startswith("Row 2, column email: This isn't an e-mail address.")
