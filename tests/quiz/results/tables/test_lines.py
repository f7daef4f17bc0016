"""Lines of CSV, safe from formula injection."""

import csv
import io

import pytest

from quiz.counseling.models import ClientGroup
from quiz.results.tables.lines import SEMICOLONS, kept_text, line, safe_text
from tests.answers import leaning
from tests.factories import disclose, make_client
from tests.quiz.counseling.exporting.files import results, whole

pytestmark = pytest.mark.both_databases


class TestLine:
    def test_lines_follow_rfc_4180(self):
        rows = [["a", 'b"c', "d,e", "f\ng", "", "h\r"], ["1"]]
        written = io.StringIO(newline="")
        csv.writer(written).writerows(rows)
        assert "".join(map(line, rows)) == written.getvalue()

    def test_other_dialects_separate_cells_by_semicolons(self):
        assert line(["a", "b;c", "d,e"], SEMICOLONS) == 'a;"b;c";"d,e"\r\n'


class TestKeptText:
    @pytest.mark.parametrize(
        "text",
        [
            *("1-2", "3/4", "1.2", "1,5", "1.50", ".5", "12-3-2026", "2026-11-29", "29.11.2026"),
            *("1 - 2", "29.11.", "2026-11-29 10:30", "2026-11-29T10:30:00Z", "10:30", "9 am", "7p"),
            *(
                "1E5",
                "1e-5",
                "1.5E+3",
                "00123",
                "007",
                "1234567890123456",
                "5%",
                "(5)",
                "$5",
                "5 €",
            ),
            *(
                "1,000",
                "1.000,50",
                "1 1/2",
                "1.000.000",
                "1'000",
                "Mar 1",
                "MARCH1",
                "SEPT2",
                "1 May",
                "1. März",
                "Mai 5",
            ),
            *("May 2026", "1-Mar-26", "Dec. 5, 2026", "TRUE", "false", " 1-2 "),
        ],
        ids=repr,
    )
    def test_text_that_a_spreadsheet_would_convert_gets_an_apostrophe(self, text):
        assert kept_text(text) == f"'{text}"

    @pytest.mark.parametrize(
        "text",
        [
            *("", "5", "12", "O'Brien", "'Ndrangheta", "'t Hooft", "Anna-Maria", "Class 4", "4b"),
            *("May", "June Poe", "Marie 2", "Augusta 3", "5 Marches", "kim-1@example.org", "3-4 b"),
            *("autumn; 1-2", "True Poe", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "1-2-3-4", "'1-2"),
        ],
        ids=repr,
    )
    def test_other_text_stays_unchanged(self, text):
        assert kept_text(text) == text

    def test_names_groups_and_tags_are_kept(self, counselor):
        group = ClientGroup.objects.create(counselor=counselor, name="3/4")
        client = make_client(counselor, "1-2", group=group)
        client.tags.add(counselor.tags.create(name="2026-11"))
        disclose(client)
        (row,) = results(whole(counselor))
        assert (row["client_name"], row["group"], row["tags"]) == ("'1-2", "'3/4", "'2026-11")


class TestFormulas:
    @pytest.mark.parametrize(
        "text",
        [
            *("=1+1", "+1", "-1", "@sum(a1)", "\t=1", "\rname", "\tname", "  =1", "\n=1"),
            *(
                "＝1",
                "＋1",
                "－1",
                "＠x",
                "\u200b=1",
                "\u202e=1",
                "\ufeff=1",
                "\xa0=1",
                "=HYPERLINK()",
            ),
        ],
        ids=repr,
    )
    def test_text_that_starts_like_a_formula_gets_an_apostrophe(self, text):
        assert safe_text(text).startswith("'")
        assert safe_text(text).replace("'", "") == text

    @pytest.mark.parametrize("text", ["a;=1+1", "a; =1", "a\n=1", "a\t@x", 'a";-1;"', "a,=1"])
    def test_formula_after_a_possible_separator_gets_an_apostrophe(self, text):
        made_safe = safe_text(text)
        assert made_safe.replace("'", "") == text
        assert made_safe != text

    @pytest.mark.parametrize(
        "text", ["", "Kim", "a=b", "a - b", "a@b.org", "5", "'=1", "Ümit", "()"]
    )
    def test_other_text_stays_unchanged(self, text):
        assert safe_text(text) == text

    @pytest.mark.parametrize("place", ["client_name", "email", "group", "tags"])
    def test_every_typed_text_is_made_safe(self, counselor, place):
        group = ClientGroup.objects.create(counselor=counselor, name="=2+2")
        client = make_client(counselor, "=2+2", email="=2+2", group=group)
        client.tags.add(counselor.tags.create(name="=2+2"))
        disclose(client)
        (row,) = results(whole(counselor))
        assert row[place] == "'=2+2"

    def test_negative_number_stays_a_number(self, counselor):
        disclose(make_client(counselor), answers=leaning("service", 9))
        (row,) = results(whole(counselor))
        assert row["lean"].startswith("-")
