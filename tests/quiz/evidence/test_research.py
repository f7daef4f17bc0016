"""The export of results shared for research."""

import csv
import hashlib
import io
import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quiz.attempts.models import Attempt
from quiz.core.suggestions import FIELDS_AND_LEVELS
from quiz.evidence.models import Interest
from quiz.evidence.research import FILES, export
from tests.answers import SHIPPED, leaning
from tests.factories import NOON, finished_attempt, make_client, make_counselor, started_attempt
from tests.plans import large_table_of_attempts, plan_of, reading_all_attempts
from tests.quiz.counseling.exporting.files import ITEM_CELLS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]


def given(values=None, at=NOON, **changes) -> Attempt:
    """Add a result with consent for research."""
    attempt = finished_attempt(answers=values, at=at)
    Attempt.objects.filter(pk=attempt.pk).update(allows_research=True, **changes)
    return Attempt.objects.get(code_hash=changes.get("code_hash", attempt.code_hash))


@pytest.fixture
def export_to(tmp_path):
    """Export into a folder of this name, and return the output and the files' rows."""

    def run(name="out", **options):
        said = io.StringIO()
        call_command("export_research_data", str(tmp_path / name), stdout=said, **options)
        return said.getvalue(), [read(tmp_path / name / file) for file in FILES]

    return run


def read(path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class TestConsent:
    def test_export_has_only_finished_results_with_consent(self, export_to):
        mine = given(values=leaning("service", 8))
        finished_attempt()
        unfinished = started_attempt()
        Attempt.objects.filter(pk=unfinished.pk).update(allows_research=True)
        _said, (wide, long, _codebook) = export_to()
        assert [float(row["lean"]) for row in wide] == [mine.result["lean"]]
        assert {row["id"] for row in long} == {wide[0]["id"]}

    def test_withdrawn_result_is_missing_from_the_next_export(self, export_to):
        attempt = given()
        export_to("before")
        attempt.allow_research(False)
        _said, (wide, long, _codebook) = export_to("after")
        assert (wide, long) == ([], [])

    def test_result_withdrawn_during_the_export_is_left_out(self, export_to, monkeypatch):
        monkeypatch.setattr(export, "BATCH", 1)
        attempts = sorted((given(), given()), key=lambda each: each.code_hash)
        withdrawn, make = attempts[1], export._new_id

        def withdraw_first():
            withdrawn.allow_research(False)
            return make()

        monkeypatch.setattr(export, "_new_id", withdraw_first)
        _said, (wide, _long, _codebook) = export_to()
        assert len(wide) == 1

    def test_large_export_reads_batch_by_batch(self, export_to, monkeypatch):
        monkeypatch.setattr(export, "BATCH", 2)
        for _each in range(5):
            given()
        with CaptureQueriesContext(connection) as queries:
            _said, (wide, long, _codebook) = export_to()
        assert (len(wide), len(long)) == (5, 5 * len(SHIPPED.items))
        assert len([query for query in queries if "LIMIT 2" in query["sql"]]) == 4


class TestPrivacy:
    def test_files_contain_nothing_that_identifies_a_person(self, export_to, tmp_path):
        client = make_client(make_counselor("Dana Reed"), "Zoltan Quux", email="z@example.org")
        attempt = given(background={"B3": "assoc"}, client=client, id=987_654_321)
        Interest.objects.create(attempt=attempt, role="sales-manager", answer="yes", said_at=NOON)
        export_to()
        text = "".join((tmp_path / "out" / file).read_text("utf-8-sig") for file in FILES)
        for telling in (
            *(attempt.code_hash, attempt.person, attempt.mark, client.pk.hex, str(client.pk)),
            *("Zoltan", "z@example.org", "Dana", "assoc", "B3"),
            *("987654321", "2026-11-24", "12:00", str(int(NOON.timestamp()))),
        ):
            assert telling not in text
        assert "2026-11" in text

    def test_order_of_rows_is_not_chronological(self, export_to):
        leans = {}
        for place, code_hash in enumerate(("c" * 64, "a" * 64, "b" * 64)):
            attempt = given(
                values=leaning("sales", 5 + 4 * place),
                at=NOON + timedelta(days=place),
                code_hash=code_hash,
            )
            leans[code_hash] = attempt.result["lean"]
        _said, (wide, long, _codebook) = export_to()
        assert [float(row["lean"]) for row in wide] == [leans[key] for key in sorted(leans)]
        assert list(dict.fromkeys(row["id"] for row in long)) == [row["id"] for row in wide]

    def test_ids_join_the_files_but_differ_between_exports(self, export_to):
        given()
        given()
        first, second = (
            ({row["id"] for row in wide}, {row["id"] for row in long})
            for _said, (wide, long, _codebook) in (export_to("first"), export_to("second"))
        )
        assert first[0] == first[1]
        assert second[0] == second[1]
        assert len(first[0] | second[0]) == 4

    def test_times_are_whole_seconds_and_empty_where_unknown(self, export_to):
        attempt = given()
        for key, ms in (("P1", 7_499), ("P2", 7_500), ("P3", None)):
            attempt.answers[key]["ms"] = ms
        Attempt.objects.filter(pk=attempt.pk).update(answers=attempt.answers)
        _said, ((wide,), long, _codebook) = export_to()
        by_item = {row["item"]: row["seconds"] for row in long}
        for key, seconds in (("P1", "7"), ("P2", "8"), ("P3", "")):
            assert (wide[f"seconds_{key}"], by_item[key]) == (seconds, seconds)


class TestTheTables:
    def test_wide_row_has_result_answers_and_interest(self, export_to):
        attempt = given(is_first=False)
        Interest.objects.create(
            attempt=attempt, role="sales-manager", answer="unsure", said_at=NOON
        )
        _said, ((wide,), _long, _codebook) = export_to()
        result = attempt.result
        assert (wide["questionnaire"], wide["language"], wide["month"]) == ("1", "en", "2026-11")
        assert (wide["is_first"], wide["norms"], wide["flags"]) == ("0", "0", "")
        assert (wide["band"], wide["field"]) == (result["band"], result["field"])
        for column in ("lean", "lean_se", "agreement"):
            assert float(wide[column]) == round(result[column], 6)
        assert float(wide["score_targets"]) == result["scores"]["targets"]
        assert float(wide["sem_targets"]) == round(result["sem"]["targets"], 6)
        assert [int(wide[cell]) for cell in ITEM_CELLS] == [
            attempt.answers[item.key]["value"] for item in SHIPPED.items
        ]
        said = {role: wide[f"fit_{role}"] for role in FIELDS_AND_LEVELS}
        assert said == dict.fromkeys(FIELDS_AND_LEVELS, "") | {"sales-manager": "unsure"}

    def test_long_row_has_an_answer_with_position_and_keying(self, export_to):
        attempt = given()
        _said, (_wide, long, _codebook) = export_to()
        rows = [(r["item"], r["trait"], r["keying"], r["position"], r["answer"]) for r in long]
        assert rows == [
            (item.key, item.trait, str(item.keying), str(place), str(attempt.values()[item.key]))
            for place, item in enumerate(SHIPPED.items, start=1)
        ]

    def test_versions_leave_columns_of_other_versions_empty(self, export_to, draft):
        one, two = given(), given()
        draft.items.filter(key="P1").update(key="P9")
        draft.publish()
        Attempt.objects.filter(pk=one.pk).update(answers={"P1": {"value": 2}})
        Attempt.objects.filter(pk=two.pk).update(answers={"P9": {"value": 4}}, version=draft)
        _said, (wide, long, codebook) = export_to()
        asked = {row["questionnaire"]: (row["item_P1"], row["item_P9"]) for row in wide}
        assert asked == {"1": ("2", ""), "2": ("", "4")}
        assert {r["questionnaire"] for r in long if r["item"] == "P9"} == {"2"}
        listed = {row["column"]: row["versions"] for row in codebook}
        assert (listed["item_P1"], listed["item_P9"], listed["item_P2"]) == ("1", "2", "2, 1")

    def test_version_without_a_shared_result_has_no_columns(self, export_to, draft):
        _mine, two = given(), given()
        draft.items.filter(key="P1").update(key="P9")
        draft.publish()
        Attempt.objects.filter(pk=two.pk).update(allows_research=False, version=draft)
        _said, (wide, _long, codebook) = export_to()
        assert len(wide) == 1
        assert "item_P9" not in wide[0]
        assert {row["column"] for row in codebook}.isdisjoint({"item_P9"})

    def test_no_statement_reads_all_attempts(self, export_to):
        given()
        large_table_of_attempts(NOON)
        with CaptureQueriesContext(connection) as captured:
            export_to()
        assert reading_all_attempts(captured) == []
        (first,) = [
            each["sql"]
            for each in captured.captured_queries
            if "version_id" in each["sql"] and " + 0" in each["sql"]
        ]
        assert "attempt_for_research" in plan_of(first)

    @pytest.mark.parametrize("damaged", [[], "x", {"lean": "far", "band": 3}, 7])
    def test_damaged_data_leaves_cells_empty(self, export_to, damaged):
        given(result=damaged, answers={"P1": {"value": "x"}})
        given()
        _said, (wide, long, _codebook) = export_to()
        broken, whole = sorted(wide, key=lambda row: row["lean"])
        assert (broken["lean"], broken["band"], broken["item_P1"]) == ("", "", "")
        assert whole["item_P1"]
        assert [row["answer"] for row in long if row["id"] == broken["id"]] == [""] * 24

    def test_files_are_plain_csv_without_mark_or_closing_line(self, export_to, tmp_path):
        given()
        export_to()
        for name, lines in (("wide.csv", 1), ("long.csv", 24)):
            file = (tmp_path / "out" / name).read_bytes()
            assert file.isascii()
            assert file.startswith(b"id,questionnaire,")
            assert len({row.count(b",") for row in file.splitlines()}) == 1
            assert file.count(b"\r\n") == 1 + lines


class TestTheCodebook:
    def test_codebook_explains_every_column_in_order(self, export_to):
        given()
        _said, (wide, long, codebook) = export_to()
        assert all(row["meaning"] for row in codebook)
        for name, columns in (("wide", wide[0]), ("long", long[0])):
            listed = dict.fromkeys(r["column"] for r in codebook if name in r["files"].split(", "))
            assert [*listed] == [*columns, "#left_out", "#use"]

    def test_codebook_has_statements_and_omissions(self, export_to):
        given()
        _said, (_wide, _long, codebook) = export_to()
        rows = {row["column"]: row for row in codebook}
        for column in ("item_P1", "seconds_P1"):
            assert rows[column]["statement"] == SHIPPED.items_by_key["P1"].text["en"]
        assert "the month, the language" in rows["#left_out"]["meaning"]


class TestTheFiles:
    def test_command_prints_rows_and_checksums(self, export_to, tmp_path):
        given()
        said, (_wide, _long, codebook) = export_to()
        sums = {
            name: hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest()
            for name in FILES
        }
        assert said.splitlines() == [
            f"wide.csv: 1 rows, SHA-256 {sums['wide.csv']}",
            f"long.csv: 24 rows, SHA-256 {sums['long.csv']}",
            f"codebook.csv: {len(codebook)} rows, SHA-256 {sums['codebook.csv']}",
        ]

    def test_files_are_readable_by_their_owner_only(self, export_to, tmp_path):
        export_to()
        modes = {(tmp_path / "out" / name).stat().st_mode & 0o777 for name in FILES}
        assert modes == {0o600}

    def test_existing_files_need_force(self, export_to, tmp_path):
        (tmp_path / "out").mkdir()
        there = tmp_path / "out" / "long.csv"
        there.write_text("mine")
        with pytest.raises(CommandError, match=r"long\.csv exists already"):
            export_to()
        assert [path.name for path in there.parent.iterdir()] == ["long.csv"]
        assert there.read_text() == "mine"
        export_to(force=True)
        assert there.read_text().startswith("id,")

    def test_failed_export_leaves_old_files_untouched(self, export_to, tmp_path, monkeypatch):
        given()
        export_to()
        before = (tmp_path / "out" / "wide.csv").read_bytes()

        def fail():
            raise RuntimeError("in the middle")

        monkeypatch.setattr(export, "_new_id", fail)
        with pytest.raises(RuntimeError):
            export_to(force=True)
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(FILES)
        assert (tmp_path / "out" / "wide.csv").read_bytes() == before

    def test_error_names_a_folder_that_cannot_be_created(self, export_to, tmp_path):
        (tmp_path / "out").write_text("a file")
        with pytest.raises(CommandError, match=re.escape(str(tmp_path / "out"))):
            export_to()
