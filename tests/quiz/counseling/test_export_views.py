"""Export pages: own clients only, and every export in the log."""

import csv
import io
import re
from uuid import uuid4

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quiz.counseling.models import AuditEntry, ClientGroup
from quiz.counseling.views import export as views
from tests.factories import disclose, make_client, make_clients, make_counselor

pytestmark = pytest.mark.both_databases

PAGE, CSV, XLSX, CODEBOOK = (
    *("/counselor/export/", "/counselor/export.csv"),
    *("/counselor/export.xlsx", "/counselor/export-codebook.csv"),
)


def names_in(response) -> list[str]:
    text = response.getvalue().decode("utf-8-sig")
    return [row["client_name"] for row in csv.DictReader(io.StringIO(text))][:-1]


def logged(counselor) -> list[str]:
    entries = AuditEntry.objects.filter(counselor=counselor, action=AuditEntry.EXPORTED)
    return list(entries.values_list("detail", flat=True))


class TestExport:
    def test_no_shared_results_offer_no_export(self, desk):
        page = desk.get(PAGE).content.decode()
        assert 'class="filters"' not in page
        assert 'class="btn btn-quiet" href="/counselor/"' in page
        assert "export.csv" not in page

    def test_page_counts_the_results_and_links_the_files(self, desk, counselor):
        for client in make_clients(counselor, ["A", "B"]):
            disclose(client)
        disclose(make_client(make_counselor("Sam Poe")))
        page = desk.get(PAGE).content.decode()
        assert "share 2 results" in page
        assert all(address in page for address in (CSV, XLSX, CODEBOOK))

    def test_page_offers_only_own_groups_and_tags(self, desk, counselor):
        disclose(make_client(counselor))
        for owner, name in ((counselor, "Own"), (make_counselor("Sam Poe"), "Theirs")):
            ClientGroup.objects.create(counselor=owner, name=f"{name} class")
            owner.tags.create(name=f"{name} tag")
        page = desk.get(PAGE).content.decode()
        assert re.findall(r">(Own \w+|Theirs \w+)<", page) == ["Own class", "Own tag"]

    def test_page_has_one_top_heading(self, desk):
        assert desk.get(PAGE).content.decode().count("<h1") == 1

    def test_opening_the_page_is_not_logged(self, desk, counselor):
        desk.get(PAGE)
        assert logged(counselor) == []


class TestExportCsv:
    def test_file_has_only_own_clients(self, desk, counselor):
        disclose(make_client(counselor, "Own"))
        disclose(make_client(make_counselor("Sam Poe"), "Theirs"))
        assert names_in(desk.get(CSV)) == ["Own"]

    def test_file_is_a_streamed_download_that_is_not_cached(self, desk, counselor):
        response = desk.get(CSV)
        assert response.streaming
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert re.fullmatch(
            r'attachment; filename="results-\d{4}-\d\d-\d\d\.csv"', response["Content-Disposition"]
        )
        assert response["Cache-Control"] == "no-store"

    def test_rows_are_read_while_streaming(self, desk, counselor):
        disclose(make_client(counselor))
        with CaptureQueriesContext(connection) as queries:
            response = desk.get(CSV)
        assert not any('"quiz_attempt"."result"' in query["sql"] for query in queries)
        with CaptureQueriesContext(connection) as queries:
            assert len(names_in(response)) == 1
        assert sum('"quiz_attempt"."result"' in query["sql"] for query in queries) == 1

    def test_group_and_tag_filter_the_file(self, desk, counselor):
        group = ClientGroup.objects.create(counselor=counselor, name="Class")
        tag = counselor.tags.create(name="autumn")
        disclose(make_client(counselor, "Both", group=group)).client.tags.add(tag)
        disclose(make_client(counselor, "Group", group=group))
        disclose(make_client(counselor, "Tag")).client.tags.add(tag)
        assert names_in(desk.get(CSV, {"group": group.pk, "tag": "autumn"})) == ["Both"]

    @pytest.mark.parametrize("address", [CSV, CODEBOOK])
    def test_numbers_with_commas_are_for_both_csv_files(self, desk, counselor, address):
        disclose(make_client(counselor))
        file = b"".join(desk.get(address, {"decimal": "comma"}))
        heading, *_rest = file.decode("utf-8-sig").splitlines()
        assert ";" in heading
        assert "," not in heading

    def test_empty_filters_mean_all(self, desk, counselor):
        disclose(make_client(counselor, "Own"))
        assert names_in(desk.get(CSV, {"group": "", "tag": ""})) == ["Own"]


class TestExportXlsx:
    def test_file_has_only_own_clients(self, desk, counselor):
        disclose(make_client(counselor, "Own"))
        disclose(make_client(make_counselor("Sam Poe"), "Theirs"))
        response = desk.get(XLSX)
        sheet = openpyxl.load_workbook(io.BytesIO(response.getvalue()))["results"]
        assert [row[1].value for row in sheet.iter_rows(min_row=2)] == ["Own"]
        assert response["Content-Type"].endswith("spreadsheetml.sheet")
        assert ".xlsx" in response["Content-Disposition"]

    def test_too_many_rows_for_a_sheet_are_refused(self, desk, counselor, monkeypatch):
        monkeypatch.setattr(views, "MOST_ROWS", 1)
        for client in make_clients(counselor, ["A", "B"]):
            disclose(client)
        response = desk.get(XLSX)
        assert response.status_code == 400
        assert 'class="lede"' in response.content.decode()
        assert logged(counselor) == []


class TestExportCodebook:
    def test_codebook_explains_the_columns(self, desk, counselor):
        disclose(make_client(counselor))
        text = desk.get(CODEBOOK).content.decode("utf-8-sig")
        columns = [row["column"] for row in csv.DictReader(io.StringIO(text))]
        assert columns[0] == "client_id"
        assert "item_P1" in columns

    def test_codebook_is_not_logged(self, desk, counselor):
        desk.get(CODEBOOK)
        assert logged(counselor) == []


class TestLog:
    @pytest.mark.parametrize(("address", "form"), [(CSV, "CSV"), (XLSX, "XLSX")])
    def test_export_is_logged_once_with_format_and_count(self, desk, counselor, address, form):
        for client in make_clients(counselor, ["A", "B"]):
            disclose(client)
        desk.get(address).getvalue()
        assert logged(counselor) == [f"{form}: 2 results"]

    @pytest.mark.parametrize("address", [CSV, XLSX])
    def test_head_request_is_not_logged(self, desk, counselor, address):
        disclose(make_client(counselor))
        assert desk.head(address).status_code == 200
        assert logged(counselor) == []

    def test_unfinished_download_is_logged(self, desk, counselor):
        disclose(make_client(counselor))
        chunks = iter(desk.get(CSV))
        next(chunks)
        assert logged(counselor) == ["CSV: 1 result"]
        # Left to garbage collection, its end would set a context variable at any moment. While
        # another one is being set, that makes CPython 3.11 crash.
        list(chunks)


@pytest.mark.parametrize("address", [CSV, XLSX, CODEBOOK])
class TestFilters:
    def test_group_of_a_colleague_is_not_found(self, desk, counselor, address):
        theirs = ClientGroup.objects.create(counselor=make_counselor("Sam Poe"), name="Theirs")
        answers = [desk.get(address, {"group": pk}) for pk in (theirs.pk, uuid4(), "x")]
        assert {answer.status_code for answer in answers} == {404}
        assert logged(counselor) == []

    def test_tag_of_a_colleague_is_not_found(self, desk, counselor, address):
        make_counselor("Sam Poe").tags.create(name="theirs")
        answers = [desk.get(address, {"tag": name}) for name in ("theirs", "none")]
        assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize("address", [PAGE, CSV, XLSX, CODEBOOK])
class TestAccess:
    def test_visitor_is_redirected_to_the_login(self, client, content, address):
        response = client.get(address)
        assert response.status_code == 302
        assert "login" in response.url

    def test_post_is_not_allowed(self, desk, address):
        assert desk.post(address).status_code == 405
