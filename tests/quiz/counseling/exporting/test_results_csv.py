"""The export as CSV."""

import hashlib
import re
import types

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quiz.core.scopes import SCOPES
from quiz.counseling.exporting import Selection, csv_file, selection
from quiz.results.tables.lines import BYTE_ORDER_MARK, SEMICOLONS
from tests.answers import leaning
from tests.factories import disclose, make_client, make_clients
from tests.quiz.counseling.exporting.files import AWKWARD_NAMES, table, whole

pytestmark = pytest.mark.both_databases


class TestSemicolons:
    def test_cells_are_the_same_with_other_separators_and_decimals(self, counselor):
        for name in [*AWKWARD_NAMES, "1-2", "=1+1"]:
            disclose(make_client(counselor, name), answers=leaning("service", 9))
        heading, *rows, _end = table(whole(counselor))
        european, *others, _end = table(whole(counselor, SEMICOLONS), ";")
        assert european == heading
        assert others == [
            [cell.replace(".", ",") if is_decimal(cell) else cell for cell in row] for row in rows
        ]

    def test_numbers_have_a_decimal_comma_and_no_quotes(self, counselor):
        disclose(make_client(counselor), answers=leaning("service", 9))
        (row,) = [row for row in whole(counselor, SEMICOLONS).splitlines() if b"service" in row]
        assert re.search(rb";-\d+,\d+;", row)

    def test_file_has_mark_row_count_and_checksum(self, counselor):
        disclose(make_client(counselor))
        file = whole(counselor, SEMICOLONS)
        above = file[: file.rindex(b"#end")]
        checksum = hashlib.sha256(above).hexdigest()
        assert file.startswith(BYTE_ORDER_MARK)
        assert table(file, ";")[-1][:3] == ["#end", "rows=1", f"sha256={checksum}"]
        assert {len(row) for row in table(file, ";")} == {len(table(file, ";")[0])}


def is_decimal(cell: str) -> bool:
    return re.fullmatch(r"-?\d+\.\d+", cell) is not None


class TestTheCsvFile:
    def test_file_starts_with_a_byte_order_mark(self, counselor):
        assert whole(counselor).startswith(BYTE_ORDER_MARK + b"client_id,")

    def test_last_line_has_row_count_and_checksum(self, counselor):
        for name in AWKWARD_NAMES:
            disclose(make_client(counselor, name))
        file = whole(counselor)
        above = file[: file.rindex(b"#end")]
        end, rows, checksum, use, *rest = table(file)[-1]
        assert (end, rows) == ("#end", f"rows={len(AWKWARD_NAMES)}")
        assert checksum == f"sha256={hashlib.sha256(above).hexdigest()}"
        assert use == "use=not for hiring"
        assert not any(rest)

    def test_every_line_is_as_wide_as_the_heading(self, counselor):
        for scope in SCOPES:
            disclose(make_client(counselor, 'a,"b"'), scope)
        widths = {len(row) for row in table(whole(counselor))}
        assert widths == {20 + 2 * 3 + 24}

    def test_file_without_results_has_a_heading(self, counselor):
        assert [row[0] for row in table(whole(counselor))] == ["client_id", "#end"]

    def test_file_is_yielded_in_parts(self, counselor, monkeypatch):
        monkeypatch.setattr(selection, "BATCH", 2)
        for client in make_clients(counselor, list("ABCDE")):
            disclose(client)
        file = csv_file(Selection.of(counselor))
        assert isinstance(file, types.GeneratorType)
        assert [part.count(b"\r\n") for part in file] == [1, 2, 2, 1, 1]

    def test_batch_takes_one_query(self, counselor, monkeypatch):
        monkeypatch.setattr(selection, "BATCH", 3)
        for client in make_clients(counselor, list("ABCDEF")):
            disclose(client)
        chosen = Selection.of(counselor)
        with CaptureQueriesContext(connection) as queries:
            list(csv_file(chosen))
        of_batches = [query for query in queries if "quiz_disclosure" in query["sql"]]
        shared_by_all = ["quiz_clientgroup", "quiz_tag", "quiz_questionnaireversion"]
        assert len(of_batches) == 2
        assert len(queries) == 2 + len(shared_by_all)

    def test_batch_is_looked_up_by_attempt(self, counselor):
        disclose(make_client(counselor))
        chosen = Selection.of(counselor)
        with CaptureQueriesContext(connection) as queries:
            list(csv_file(chosen))
        assert "+ 0" in queries[0]["sql"]
        if connection.vendor != "sqlite":
            return  # PostgreSQL's plan depends on the content of its tables
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {queries[0]['sql']}")
            plan = [row[-1] for row in cursor.fetchall()]
        assert any("quiz_disclosure" in step and "attempt_id=?" in step for step in plan)
        assert not any("counselor_id" in step for step in plan)
