"""The pages of an export: own clients alone, and each export in the log."""

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
    def test_without_anything_shared_there_is_nothing_to_press(self, desk):
        page = desk.get(PAGE).content.decode()
        assert "nothing to export yet" in page
        assert "export.csv" not in page

    def test_it_says_how_many_results_there_are_and_leads_to_the_files(self, desk, counselor):
        for client in make_clients(counselor, ["A", "B"]):
            disclose(client)
        disclose(make_client(make_counselor("Sam Poe")))
        page = desk.get(PAGE).content.decode()
        assert "share 2 results" in page
        assert all(address in page for address in (CSV, XLSX, CODEBOOK))

    def test_it_offers_own_groups_and_tags_alone(self, desk, counselor):
        disclose(make_client(counselor))
        for owner, name in ((counselor, "Own"), (make_counselor("Sam Poe"), "Theirs")):
            ClientGroup.objects.create(counselor=owner, name=f"{name} class")
            owner.tags.create(name=f"{name} tag")
        page = desk.get(PAGE).content.decode()
        assert re.findall(r">(Own \w+|Theirs \w+)<", page) == ["Own class", "Own tag"]

    def test_it_has_one_heading_of_the_first_level(self, desk):
        assert desk.get(PAGE).content.decode().count("<h1") == 1

    def test_it_writes_nothing(self, desk, counselor):
        desk.get(PAGE)
        assert logged(counselor) == []


class TestExportCsv:
    def test_it_holds_own_clients_alone(self, desk, counselor):
        disclose(make_client(counselor, "Own"))
        disclose(make_client(make_counselor("Sam Poe"), "Theirs"))
        assert names_in(desk.get(CSV)) == ["Own"]

    def test_it_is_streamed_to_be_saved_and_kept_by_no_cache(self, desk, counselor):
        response = desk.get(CSV)
        assert response.streaming
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert re.fullmatch(
            r'attachment; filename="results-\d{4}-\d\d-\d\d\.csv"', response["Content-Disposition"]
        )
        assert response["Cache-Control"] == "no-store"

    def test_no_row_is_read_before_it_is_sent(self, desk, counselor):
        disclose(make_client(counselor))
        with CaptureQueriesContext(connection) as queries:
            response = desk.get(CSV)
        assert not any('"quiz_attempt"."result"' in query["sql"] for query in queries)
        with CaptureQueriesContext(connection) as queries:
            assert len(names_in(response)) == 1
        assert sum('"quiz_attempt"."result"' in query["sql"] for query in queries) == 1

    def test_a_group_and_a_tag_narrow_it(self, desk, counselor):
        group = ClientGroup.objects.create(counselor=counselor, name="Class")
        tag = counselor.tags.create(name="autumn")
        disclose(make_client(counselor, "Both", group=group)).client.tags.add(tag)
        disclose(make_client(counselor, "Group", group=group))
        disclose(make_client(counselor, "Tag")).client.tags.add(tag)
        assert names_in(desk.get(CSV, {"group": group.pk, "tag": "autumn"})) == ["Both"]

    def test_nothing_chosen_means_all(self, desk, counselor):
        disclose(make_client(counselor, "Own"))
        assert names_in(desk.get(CSV, {"group": "", "tag": ""})) == ["Own"]


class TestExportXlsx:
    def test_it_holds_own_clients_alone(self, desk, counselor):
        disclose(make_client(counselor, "Own"))
        disclose(make_client(make_counselor("Sam Poe"), "Theirs"))
        response = desk.get(XLSX)
        sheet = openpyxl.load_workbook(io.BytesIO(response.getvalue()))["results"]
        assert [row[1].value for row in sheet.iter_rows(min_row=2)] == ["Own"]
        assert response["Content-Type"].endswith("spreadsheetml.sheet")
        assert ".xlsx" in response["Content-Disposition"]

    def test_more_rows_than_a_sheet_holds_are_refused_not_cut(self, desk, counselor, monkeypatch):
        monkeypatch.setattr(views, "MOST_ROWS", 1)
        for client in make_clients(counselor, ["A", "B"]):
            disclose(client)
        response = desk.get(XLSX)
        assert response.status_code == 400
        assert "Too many results" in response.content.decode()
        assert logged(counselor) == []


class TestExportCodebook:
    def test_it_explains_the_columns(self, desk, counselor):
        disclose(make_client(counselor))
        text = desk.get(CODEBOOK).content.decode("utf-8-sig")
        columns = [row["column"] for row in csv.DictReader(io.StringIO(text))]
        assert columns[0] == "client_id"
        assert "item_P1" in columns

    def test_it_is_no_export(self, desk, counselor):
        desk.get(CODEBOOK)
        assert logged(counselor) == []


class TestWhatIsLogged:
    @pytest.mark.parametrize(("address", "form"), [(CSV, "CSV"), (XLSX, "XLSX")])
    def test_each_export_once_with_its_form_and_count(self, desk, counselor, address, form):
        for client in make_clients(counselor, ["A", "B"]):
            disclose(client)
        desk.get(address).getvalue()
        assert logged(counselor) == [f"{form}: 2 results"]

    @pytest.mark.parametrize("address", [CSV, XLSX])
    def test_not_where_the_head_alone_is_asked_for(self, desk, counselor, address):
        disclose(make_client(counselor))
        assert desk.head(address).status_code == 200
        assert logged(counselor) == []

    def test_also_one_that_nobody_reads_to_its_end(self, desk, counselor):
        disclose(make_client(counselor))
        next(iter(desk.get(CSV)))
        assert logged(counselor) == ["CSV: 1 result"]


@pytest.mark.parametrize("address", [CSV, XLSX, CODEBOOK])
class TestWhatIsChosen:
    def test_a_colleagues_group_is_as_good_as_none(self, desk, counselor, address):
        theirs = ClientGroup.objects.create(counselor=make_counselor("Sam Poe"), name="Theirs")
        answers = [desk.get(address, {"group": pk}) for pk in (theirs.pk, uuid4(), "x")]
        assert {answer.status_code for answer in answers} == {404}
        assert logged(counselor) == []

    def test_a_colleagues_tag_is_as_good_as_none(self, desk, counselor, address):
        make_counselor("Sam Poe").tags.create(name="theirs")
        answers = [desk.get(address, {"tag": name}) for name in ("theirs", "none")]
        assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize("address", [PAGE, CSV, XLSX, CODEBOOK])
class TestWhoMay:
    def test_a_stranger_is_led_to_the_login(self, client, content, address):
        response = client.get(address)
        assert response.status_code == 302
        assert "login" in response.url

    def test_nothing_can_be_posted(self, desk, address):
        assert desk.post(address).status_code == 405
