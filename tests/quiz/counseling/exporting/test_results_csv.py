"""The file of CSV."""

import hashlib
import types

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quiz.core.scopes import SCOPES
from quiz.counseling.exporting import Selection, csv_file, selection
from quiz.results.tables.lines import BYTE_ORDER_MARK
from tests.factories import disclose, make_client, make_clients
from tests.quiz.counseling.exporting.files import AWKWARD_NAMES, table, whole

pytestmark = pytest.mark.both_databases


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
        of_batches = [query for query in queries if "quiz_disclosure" in query["sql"]]
        shared_by_all = ["quiz_clientgroup", "quiz_tag", "quiz_questionnaireversion"]
        assert len(of_batches) == 2
        assert len(queries) == 2 + len(shared_by_all)

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
