"""Lines of CSV, and that no cell in them can do harm."""

import csv
import io

import pytest

from quiz.counseling.models import ClientGroup
from quiz.results.tables.lines import line, safe_text
from tests.answers import leaning
from tests.factories import disclose, make_client
from tests.quiz.counseling.exporting.files import results, whole

pytestmark = pytest.mark.both_databases


class TestLine:
    def test_its_lines_are_those_of_the_standard(self):
        rows = [["a", 'b"c', "d,e", "f\ng", "", "h\r"], ["1"]]
        written = io.StringIO(newline="")
        csv.writer(written).writerows(rows)
        assert "".join(map(line, rows)) == written.getvalue()


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
    def test_a_text_that_begins_like_one_gets_an_apostrophe(self, text):
        assert safe_text(text).startswith("'")
        assert safe_text(text).replace("'", "") == text

    @pytest.mark.parametrize("text", ["a;=1+1", "a; =1", "a\n=1", "a\t@x", 'a";-1;"'])
    def test_one_behind_a_place_where_other_settings_split_does_too(self, text):
        made_safe = safe_text(text)
        assert made_safe.replace("'", "") == text
        assert made_safe != text

    @pytest.mark.parametrize(
        "text", ["", "Kim", "a=b", "a - b", "a@b.org", "5", "'=1", "Ümit", "()"]
    )
    def test_any_other_text_stays_as_it_is(self, text):
        assert safe_text(text) == text

    @pytest.mark.parametrize("place", ["client_name", "email", "group", "tags"])
    def test_every_text_that_somebody_typed_is_made_safe(self, counselor, place):
        group = ClientGroup.objects.create(counselor=counselor, name="=2+2")
        client = make_client(counselor, "=2+2", email="=2+2", group=group)
        client.tags.add(counselor.tags.create(name="=2+2"))
        disclose(client)
        (row,) = results(whole(counselor))
        assert row[place] == "'=2+2"

    def test_a_number_below_zero_stays_a_number(self, counselor):
        disclose(make_client(counselor), answers=leaning("service", 9))
        (row,) = results(whole(counselor))
        assert row["lean"].startswith("-")
