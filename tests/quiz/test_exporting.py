"""Exports: what is in a file, and that no cell of it can do harm."""

import csv
import hashlib
import io
import types
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quiz.exporting import Selection, codebook_file, csv_file, selection, write_xlsx
from quiz.exporting.columns import Columns
from quiz.exporting.expressions import MOST_PATHS, ValuesAt
from quiz.exporting.lines import BYTE_ORDER_MARK, line, safe_text
from quiz.exporting.rows import RowReader, _number_cells, numbers_of
from quiz.exporting.sheets import letters, text_xml
from quiz.models import Attempt, ClientGroup, Disclosure, QuestionnaireVersion
from quiz.scopes import ANSWERS, SCOPES, TRAITS, VERDICT
from tests.quiz.answer_sets import SHIPPED, leaning
from tests.quiz.counseling_rows import disclose, make_client, make_clients
from tests.quiz.counselors import make_counselor
from tests.quiz.visits import NOON

TRAIT_CELLS = ["score_proactive", "score_persuasion", "score_targets"]
ITEM_CELLS = [f"item_{item.key}" for item in SHIPPED.items]

AWKWARD_NAMES = [
    'Quote "this"',
    "Comma, semicolon; tab",
    "Two\nlines",
    "Carriage\r\nreturn",
    "Zoë 👩‍💻",
    "עברית من",
    "\u202eright to left",
    "  spaces  ",
    "O'Neil <b>&amp;</b>",
]


@pytest.fixture
def counselor(content):
    return make_counselor()


def whole(counselor, **chosen) -> bytes:
    return b"".join(csv_file(Selection.of(counselor, **chosen)))


def table(file: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def results(file: bytes) -> list[dict[str, str]]:
    heading, *rows, _last = table(file)
    return [dict(zip(heading, row, strict=True)) for row in rows]


def sheets_of(counselor) -> openpyxl.Workbook:
    file = io.BytesIO()
    write_xlsx(file, Selection.of(counselor), "en")
    return openpyxl.load_workbook(file)


class TestWhoseResults:
    def test_a_row_is_a_result_that_a_client_shares(self, counselor):
        shared = disclose(make_client(counselor, "Kim", email="kim@example.org"))
        (row,) = results(whole(counselor))
        assert row["client_id"] == str(shared.client.pk)
        assert (row["client_name"], row["email"]) == ("Kim", "kim@example.org")

    def test_a_colleagues_clients_are_not_there(self, counselor):
        disclose(make_client(make_counselor("Sam Poe"), "Theirs"))
        disclose(make_client(counselor, "Own"))
        assert [row["client_name"] for row in results(whole(counselor))] == ["Own"]

    def test_what_was_withdrawn_is_gone(self, counselor):
        disclose(make_client(counselor)).delete()
        assert results(whole(counselor)) == []

    def test_what_is_withdrawn_after_the_export_began_is_left_out(self, counselor):
        gone, _stays = (disclose(client) for client in make_clients(counselor, ["Gone", "Stays"]))
        chosen = Selection.of(counselor)
        gone.delete()
        rows = results(b"".join(csv_file(chosen)))
        assert [row["client_name"] for row in rows] == ["Stays"]

    def test_a_client_handed_over_after_the_export_began_is_left_out(self, counselor):
        shared = disclose(make_client(counselor))
        chosen = Selection.of(counselor)
        shared.client.counselor = make_counselor("Sam Poe")
        shared.client.save()
        assert results(b"".join(csv_file(chosen))) == []

    def test_a_result_shared_anew_meanwhile_comes_once(self, counselor, monkeypatch):
        monkeypatch.setattr(selection, "BATCH", 1)
        first, _second = (disclose(client) for client in make_clients(counselor, ["A", "B"]))
        parts = csv_file(Selection.of(counselor))
        read = [next(parts), next(parts)]
        attempt, client = first.attempt, first.client
        first.delete()
        Disclosure.objects.create(attempt=attempt, client=client, scope=ANSWERS, at=NOON)
        rows = results(b"".join([*read, *parts]))
        assert [row["client_name"] for row in rows] == ["A", "B"]

    def test_each_result_of_a_client_is_a_row(self, counselor):
        client = make_client(counselor)
        for days in range(3):
            disclose(client, at=NOON + timedelta(days=days))
        finished = [row["finished_at"] for row in results(whole(counselor))]
        assert finished == [f"2026-11-{day}T12:00:00Z" for day in (24, 25, 26)]

    def test_a_group_is_taken_out_alone(self, counselor):
        group = ClientGroup.objects.create(counselor=counselor, name="Class")
        disclose(make_client(counselor, "In", group=group))
        disclose(make_client(counselor, "Out"))
        assert [row["client_name"] for row in results(whole(counselor, group=group))] == ["In"]

    def test_a_tag_is_taken_out_alone(self, counselor):
        tag, other = (counselor.tags.create(name=name) for name in ("autumn", "other"))
        tagged = disclose(make_client(counselor, "In"))
        tagged.client.tags.add(tag, other)
        disclose(make_client(counselor, "Out")).client.tags.add(other)
        assert [row["client_name"] for row in results(whole(counselor, tag=tag))] == ["In"]


def flag(shared: Disclosure, **levels: str) -> None:
    """Let the shared result have these flags of careless answers (index=level)."""
    flags = [{"index": index, "level": level} for index, level in levels.items()]
    result = shared.attempt.result | {"flags": flags, "band": "insufficient", "field": ""}
    Attempt.objects.filter(pk=shared.attempt.pk).update(result=result)


class TestScopes:
    def row(self, counselor, scope) -> dict[str, str]:
        disclose(make_client(counselor), scope, leaning("service", 9))
        (row,) = results(whole(counselor))
        return row

    @pytest.mark.parametrize("scope", SCOPES)
    def test_the_verdict_is_there_in_every_scope(self, counselor, scope):
        row = self.row(counselor, scope)
        assert row["scope"] == scope
        assert (row["field"], row["band"]) == ("service", "leaning")
        assert float(row["lean"]) < 0 < float(row["agreement"]) < 1

    @pytest.mark.parametrize(("scope", "are_there"), [(VERDICT, 0), (TRAITS, 3), (ANSWERS, 3)])
    def test_scores_stand_in_their_scopes_alone(self, counselor, scope, are_there):
        row = self.row(counselor, scope)
        for kind in ("score", "sem"):
            cells = [row[name] for name in row if name.startswith(f"{kind}_")]
            assert (len(cells), len(list(filter(None, cells)))) == (3, are_there)

    @pytest.mark.parametrize(("scope", "are_there"), [(VERDICT, 0), (TRAITS, 0), (ANSWERS, 24)])
    def test_answers_stand_in_their_scope_alone(self, counselor, scope, are_there):
        row = self.row(counselor, scope)
        assert len(list(filter(None, (row[name] for name in ITEM_CELLS)))) == are_there

    @pytest.mark.parametrize("scope", [VERDICT, TRAITS])
    @pytest.mark.parametrize(
        ("levels", "told"),
        [
            ({}, ""),
            ({"time": "review"}, "review"),
            ({"spread": "invalid"}, "invalid"),
            ({"time": "review", "spread": "invalid"}, "invalid"),
            ({"spread": "invalid", "time": "review"}, "invalid"),
        ],
        ids=str,
    )
    def test_without_the_answers_the_highest_level_stands_for_all_flags(
        self, counselor, scope, levels, told
    ):
        flag(disclose(make_client(counselor), scope), **levels)
        (row,) = results(whole(counselor))
        assert row["flags"] == told

    @pytest.mark.parametrize(("scope", "leaves"), [(VERDICT, 0), (TRAITS, 0), (ANSWERS, 1)])
    def test_which_flags_there_are_leaves_the_database_with_the_answers_alone(
        self, counselor, scope, leaves
    ):
        flag(disclose(make_client(counselor), scope), spread="invalid")
        reader = RowReader(counselor, Selection.of(counselor).columns)
        (found,) = reader._found([Attempt.objects.get().pk])
        assert str(found).count("spread") == leaves

    def test_what_is_out_of_scope_does_not_leave_the_database(self, counselor):
        disclose(make_client(counselor), VERDICT)
        reader = RowReader(counselor, Selection.of(counselor).columns)
        (found,) = reader._found([Attempt.objects.get().pk])
        assert found[-2:] == (None, None)


class TestCells:
    def test_numbers_are_those_of_the_result(self, counselor):
        shared = disclose(make_client(counselor))
        (row,) = results(whole(counselor))
        result = shared.attempt.result
        assert float(row["lean"]) == result["lean"]
        assert float(row["agreement"]) == result["agreement"]
        assert [float(row[name]) for name in TRAIT_CELLS] == list(result["scores"].values())

    def test_answers_are_those_given_in_the_questionnaires_order(self, counselor):
        values = leaning("sales", 12)
        disclose(make_client(counselor), answers=values)
        (row,) = results(whole(counselor))
        assert [name for name in row if name.startswith("item_")] == ITEM_CELLS
        assert [row[name] for name in ITEM_CELLS] == [str(values[i.key]) for i in SHIPPED.items]

    def test_sitting_and_version_are_told(self, counselor):
        disclose(make_client(counselor), at=NOON)
        (row,) = results(whole(counselor))
        told = ("questionnaire", "norms", "language", "is_first", "shared_at", "finished_at")
        noon = "2026-11-24T12:00:00Z"
        assert [row[name] for name in told] == ["1", "0", "en", "1", noon, noon]

    def test_flags_are_told_in_words(self, counselor):
        shared = disclose(make_client(counselor))
        flag(shared, time="review", spread="invalid")
        (row,) = results(whole(counselor))
        assert row["flags"] == "time: review; spread: invalid"
        assert (row["band"], row["field"]) == ("insufficient", "")

    def test_group_and_tags_stand_by_the_alphabet(self, counselor):
        group = ClientGroup.objects.create(counselor=counselor, name="Class 4")
        client = make_client(counselor, group=group)
        client.tags.add(*(counselor.tags.create(name=name) for name in ("zeal", "Autumn", "may")))
        disclose(client)
        (row,) = results(whole(counselor))
        assert (row["group"], row["tags"]) == ("Class 4", "Autumn; may; zeal")

    @pytest.mark.parametrize("name", AWKWARD_NAMES)
    def test_a_name_comes_back_as_it_was(self, counselor, name):
        disclose(make_client(counselor, name))
        (row,) = results(whole(counselor))
        assert row["client_name"] == name

    def test_a_version_has_its_own_items_and_the_others_stay_empty(self, counselor, live, draft):
        disclose(make_client(counselor, "Old"))
        draft.items.filter(key="P1").update(key="P9")
        draft.publish()
        new = draft.questionnaire()
        values = {item.key: 3 + item.keying for item in new.items}
        attempt, _code = Attempt.objects.start(draft.pk, language="en", is_first=False, now=NOON)
        answers = {key: {"value": value} for key, value in values.items()}
        Attempt.objects.filter(pk=attempt.pk).update(
            answers=answers,
            result=Attempt.objects.first().result | {"questionnaire": 2},
            finished_at=NOON,
        )
        client = make_client(counselor, "New")
        Disclosure.objects.create(attempt=attempt, client=client, scope=ANSWERS, at=NOON)
        old, young = results(whole(counselor))
        assert [name for name in old if name.startswith("item_")] == [
            *(f"item_{item.key}" for item in new.items),
            "item_P1",
        ]
        assert (old["questionnaire"], old["item_P9"] == "", old["item_P1"] != "") == (
            "1",
            True,
            True,
        )
        assert (young["questionnaire"], young["item_P1"]) == ("2", "")
        assert (young["item_P9"], young["is_first"]) == (str(values["P9"]), "0")


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

    def test_what_is_no_number_where_one_should_be_leaves_its_cell_empty(self):
        lists = ['[1, "=2+2", -3.5]', "[null, true]"]
        assert _number_cells(lists) == "1,,-3.5,,"


class TestTheCsvFile:
    def test_it_begins_with_the_mark_by_which_spreadsheets_know_its_letters(self, counselor):
        assert whole(counselor).startswith(BYTE_ORDER_MARK + b"client_id,")

    def test_its_last_line_counts_the_rows_and_sums_up_all_bytes_above(self, counselor):
        for name in AWKWARD_NAMES:
            disclose(make_client(counselor, name))
        file = whole(counselor)
        above = file[: file.rindex(b"#end")]
        end, rows, checksum, *rest = table(file)[-1]
        assert (end, rows) == ("#end", f"rows={len(AWKWARD_NAMES)}")
        assert checksum == f"sha256={hashlib.sha256(above).hexdigest()}"
        assert not any(rest)

    def test_every_line_is_as_wide_as_the_heading(self, counselor):
        for scope in SCOPES:
            disclose(make_client(counselor, 'a,"b"'), scope)
        widths = {len(row) for row in table(whole(counselor))}
        assert widths == {18 + 2 * 3 + 24}

    def test_its_lines_are_those_of_the_standard(self):
        rows = [["a", 'b"c', "d,e", "f\ng", "", "h\r"], ["1"]]
        written = io.StringIO(newline="")
        csv.writer(written).writerows(rows)
        assert "".join(map(line, rows)) == written.getvalue()

    def test_nobody_shares_anything_yet(self, counselor):
        assert [row[0] for row in table(whole(counselor))] == ["client_id", "#end"]

    def test_it_comes_in_parts(self, counselor, monkeypatch):
        monkeypatch.setattr(selection, "BATCH", 2)
        for client in make_clients(counselor, list("ABCDE")):
            disclose(client)
        file = csv_file(Selection.of(counselor))
        assert isinstance(file, types.GeneratorType)
        assert [part.count(b"\r\n") for part in file] == [1, 2, 2, 1, 1]

    def test_a_batch_is_one_statement(self, counselor, monkeypatch):
        monkeypatch.setattr(selection, "BATCH", 3)
        for client in make_clients(counselor, list("ABCDEF")):
            disclose(client)
        chosen = Selection.of(counselor)
        with CaptureQueriesContext(connection) as queries:
            list(csv_file(chosen))
        assert len(queries) == 2

    def test_a_batch_is_found_by_its_attempts_and_not_by_all_that_a_counselor_has(self, counselor):
        disclose(make_client(counselor))
        chosen = Selection.of(counselor)
        with CaptureQueriesContext(connection) as queries:
            list(csv_file(chosen))
        assert "+ 0" in queries[0]["sql"]
        if connection.vendor != "sqlite":
            return  # PostgreSQL plans by what is in its tables
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {queries[0]['sql']}")
            plan = [row[-1] for row in cursor.fetchall()]
        assert any("quiz_disclosure" in step and "attempt_id=?" in step for step in plan)
        assert not any("counselor_id" in step for step in plan)


class TestManyColumns:
    def test_more_values_than_a_function_takes_are_read_in_parts(self):
        keys = tuple(f"I{number}" for number in range(2 * MOST_PATHS + 1))
        widths = [len(numbers.paths) for numbers in numbers_of(Columns(("t",), keys))]
        assert widths == [2, MOST_PATHS, MOST_PATHS, 1]

    def test_a_value_alone_is_a_list_too(self, counselor):
        shared = disclose(make_client(counselor))
        one = ValuesAt("answers", [("P1", "value")])
        value = shared.attempt.answers["P1"]["value"]
        assert Attempt.objects.values_list(one, flat=True).get() == f"[{value}]"

    def test_newer_versions_come_first(self, live, draft):
        draft.items.filter(key="P1").update(key="P9")
        draft.publish()
        versions = QuestionnaireVersion.objects.order_by("number")
        columns = Columns.of(version.questionnaire() for version in versions)
        assert (columns.item_keys[0], columns.item_keys[-1]) == ("P9", "P1")


class TestTheSpreadsheet:
    def test_its_rows_are_those_of_the_csv_file(self, counselor):
        for scope, name in zip(SCOPES, AWKWARD_NAMES, strict=False):
            disclose(make_client(counselor, name), scope, leaning("service", 9))
        sheet = sheets_of(counselor)["results"]
        read = [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
        assert read == table(whole(counselor))[:-1]

    def test_its_checksum_is_that_of_the_csv_file(self, counselor):
        disclose(make_client(counselor))
        heading, told = sheets_of(counselor)["check"].values
        assert heading == ("rows", "sha256")
        assert told == (1, table(whole(counselor))[-1][2].removeprefix("sha256="))

    def test_its_checksum_can_be_made_again_from_its_cells(self, counselor):
        disclose(make_client(counselor, "Two\nlines"), answers=leaning("service", 9))
        book = sheets_of(counselor)
        rows = [
            ["" if cell is None else str(cell) for cell in row] for row in book["results"].values
        ]
        file = BYTE_ORDER_MARK + "".join(map(line, rows)).encode()
        assert hashlib.sha256(file).hexdigest() == book["check"]["B2"].value

    def test_numbers_are_numbers_and_all_else_is_text(self, counselor):
        disclose(make_client(counselor, "=1+1"), answers=leaning("service", 9))
        sheet = sheets_of(counselor)["results"]
        cells = {sheet.cell(1, cell.column).value: cell for cell in sheet[2]}
        assert cells["client_name"].data_type == "s"
        assert cells["lean"].value < 0
        assert all(type(cells[name].value) is int for name in ITEM_CELLS)

    @pytest.mark.parametrize("name", [*AWKWARD_NAMES, "a\x0bb", "_x0041_", "12", "true"])
    def test_a_name_comes_back_as_it_was(self, counselor, name):
        disclose(make_client(counselor, name))
        cell = sheets_of(counselor)["results"]["B2"]
        assert openpyxl.utils.escape.unescape(cell.value) == name

    def test_it_holds_the_codebook(self, counselor):
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

    def test_a_text_too_long_for_a_cell_ends_with_an_ellipsis(self):
        assert text_xml("a" * 40_000) == "a" * 32_766 + "…"


class TestTheCodebook:
    def rows(self, counselor) -> list[dict[str, str]]:
        heading, *rows = table(codebook_file(Selection.of(counselor), "en"))
        return [dict(zip(heading, row, strict=True)) for row in rows]

    def test_it_explains_every_column_in_order(self, counselor):
        disclose(make_client(counselor))
        told = list(dict.fromkeys(row["column"] for row in self.rows(counselor)))
        assert told == [*table(whole(counselor))[0], "#end"]
        assert all(row["meaning"] for row in self.rows(counselor))

    def test_it_says_that_flags_are_not_named_in_every_scope(self, counselor):
        (row,) = [row for row in self.rows(counselor) if row["column"] == "flags"]
        assert "Where the scope is not answers, it is the highest level alone" in row["meaning"]

    def test_it_has_each_statement_with_its_keying_and_the_words_of_the_scale(self, counselor):
        disclose(make_client(counselor))
        rows = {row["column"]: row for row in self.rows(counselor)}
        for item in SHIPPED.items:
            row = rows[f"item_{item.key}"]
            assert (row["statement"], row["trait"]) == (item.text["en"], item.trait)
            assert ("raises" in row["keying"]) == (item.keying > 0)
            assert "5: Strongly agree" in row["range"]

    def test_a_statement_that_differs_between_versions_stands_there_for_each(
        self, counselor, live, draft
    ):
        disclose(make_client(counselor))
        draft.items.filter(key="P1").update(text_en="Other words")
        draft.publish()
        attempt = Attempt.objects.get()
        Attempt.objects.create(
            **{
                field.attname: getattr(attempt, field.attname)
                for field in Attempt._meta.concrete_fields
                if field.attname not in ("id", "code_hash", "version_id")
            },
            code_hash="0" * 64,
            version_id=draft.pk,
        )
        Disclosure.objects.create(
            attempt=Attempt.objects.last(), client=make_client(counselor), scope=VERDICT, at=NOON
        )
        rows = [row for row in self.rows(counselor) if row["column"] in ("item_P1", "item_P2")]
        assert [(row["column"], row["versions"]) for row in rows] == [
            ("item_P1", "2"),
            ("item_P1", "1"),
            ("item_P2", "2, 1"),
        ]
        assert rows[0]["statement"] == "Other words"
