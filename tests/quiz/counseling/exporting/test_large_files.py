"""Exports of many results: made by a task, kept for a day, gone when a client stops sharing."""

import csv
import io
import re
from datetime import timedelta

import openpyxl
import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from quiz.counseling.clients import delete_client
from quiz.counseling.exporting import kept, making
from quiz.counseling.exporting.kept import ExportChunk, ExportFile
from quiz.counseling.handover import Part, hand_over
from quiz.counseling.models import AuditEntry, ClientGroup
from quiz.visitor.own_attempt import _signer
from tests.factories import disclose, make_client, make_clients, make_counselor, signed_in
from tests.tasks import run_tasks

pytestmark = pytest.mark.both_databases

PAGE, CSV, XLSX, MAKE = (
    *("/counselor/export/", "/counselor/export.csv"),
    *("/counselor/export.xlsx", "/counselor/export/make/"),
)


@pytest.fixture(autouse=True)
def many(monkeypatch, counselor):
    """Three results, where two are what a page makes at once."""
    monkeypatch.setattr(making, "MOST_AT_ONCE", 2)
    return [disclose(client) for client in make_clients(counselor, ["A", "B", "C"])]


def ask(desk, form="csv", **query):
    """Press the button; return the address of the file's page."""
    return desk.post(MAKE, {"form": form, **query}).url


def state_of(desk, page) -> str:
    return re.search('data-file="([a-z]+)"', desk.get(page).content.decode())[1]


def rows_of(response) -> list[str]:
    text = response.getvalue().decode("utf-8-sig")
    return [row["client_name"] for row in csv.DictReader(io.StringIO(text))][:-1]


class TestPages:
    @pytest.mark.parametrize("address", [CSV, XLSX])
    def test_large_export_is_offered_as_a_file_to_be_made(self, desk, counselor, address):
        page = desk.get(address).content.decode()
        assert f'action="{MAKE}"' in page
        assert "It has 3 results." in page
        assert page.count("<h1") == 1
        assert not ExportFile.objects.exists()
        assert not AuditEntry.objects.filter(action=AuditEntry.EXPORTED).exists()

    def test_smaller_export_is_made_immediately(self, desk, monkeypatch):
        monkeypatch.setattr(making, "MOST_AT_ONCE", 3)
        assert rows_of(desk.get(CSV)) == ["A", "B", "C"]

    def test_page_says_that_the_file_is_being_made_then_that_it_is_ready(self, desk, counselor):
        page = ask(desk)
        assert state_of(desk, page) == "waiting"
        assert desk.get(f"{page}file/").url == page
        run_tasks()
        assert state_of(desk, page) == "ready"
        response = desk.get(f"{page}file/")
        assert rows_of(response) == ["A", "B", "C"]
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert re.search(r"results-[0-9-]+\.csv", response["Content-Disposition"])
        (entry,) = AuditEntry.objects.filter(action=AuditEntry.EXPORTED)
        assert entry.detail == "CSV: 3 results"

    def test_file_is_the_same_as_if_it_had_been_made_immediately(self, desk, monkeypatch):
        page = ask(desk, decimal="comma")
        run_tasks()
        made = desk.get(f"{page}file/").getvalue()
        monkeypatch.setattr(making, "MOST_AT_ONCE", 3)
        assert desk.get(f"{CSV}?decimal=comma").getvalue() == made

    def test_spreadsheet_opens(self, desk, monkeypatch):
        monkeypatch.setattr(kept, "CHUNK", 1000)
        page = ask(desk, "xlsx")
        run_tasks()
        assert ExportChunk.objects.count() > 2
        file = io.BytesIO(desk.get(f"{page}file/").getvalue())
        assert openpyxl.load_workbook(file)["results"].max_row == 4

    def test_choice_of_a_group_is_kept(self, desk, counselor, monkeypatch):
        monkeypatch.setattr(making, "MOST_AT_ONCE", 0)
        group = ClientGroup.objects.create(counselor=counselor, name="9b")
        disclose(make_client(counselor, "In it", group=group))
        assert f'name="group" value="{group.pk}"' in desk.get(f"{CSV}?group={group.pk}").text
        page = ask(desk, group=str(group.pk))
        run_tasks()
        assert rows_of(desk.get(f"{page}file/")) == ["In it"]

    def test_double_click_makes_one_file(self, desk):
        assert ask(desk) == ask(desk)
        assert ask(desk, "xlsx") != ask(desk)
        assert DBTaskResult.objects.count() == 2

    def test_failed_file_says_so_and_can_be_asked_for_again(self, desk):
        page = ask(desk)
        DBTaskResult.objects.update(status="FAILED")
        assert state_of(desk, page) == "failed"
        assert ask(desk) != page

    @pytest.mark.parametrize("values", [{"form": "exe"}, {"form": "csv", "group": "9" * 30}, {}])
    def test_impossible_choice_is_a_missing_page(self, desk, values):
        assert desk.post(MAKE, values).status_code == 404

    def test_group_that_is_deleted_in_the_meantime_fails_the_file(self, desk, counselor):
        group = ClientGroup.objects.create(counselor=counselor, name="9b")
        page = ask(desk, group=str(group.pk))
        group.delete()
        run_tasks()
        assert state_of(desk, page) == "failed"

    def test_colleague_cannot_open_the_file(self, desk):
        page = ask(desk)
        run_tasks()
        other = signed_in(make_counselor("Sam Poe"))
        assert other.get(page).status_code == 404
        assert other.get(f"{page}file/").status_code == 404


class TestDeletion:
    @pytest.fixture
    def file(self, desk):
        page = ask(desk)
        run_tasks()
        return page

    @pytest.mark.parametrize(
        "path_and_data",
        [
            ("/quiz/withdraw/", {}),
            ("/quiz/data/delete/", {"is_sure": "on"}),
            ("/quiz/disclose/", {"scope": "verdict"}),
        ],
        ids=["stops sharing", "deletes everything", "shares less"],
    )
    def test_file_is_gone_when_a_client_in_it(
        self, desk, file, many, client_class, settings, path_and_data
    ):
        visitor = client_class()
        visitor.cookies[settings.ATTEMPT_COOKIE_NAME] = _signer().sign(many[0].attempt.code)
        path, data = path_and_data
        assert visitor.post(path, data).status_code == 302
        assert desk.get(file).status_code == 404
        assert not ExportChunk.objects.exists()

    def test_file_is_gone_when_the_counselor_deletes_a_client(self, desk, file, many):
        delete_client(many[0].client)
        assert not ExportFile.objects.exists()

    def test_file_is_gone_when_a_client_is_handed_over(self, desk, file, many):
        giver = many[0].client.counselor
        hand_over(giver, make_counselor("Sam Poe"), Part({many[0].client.pk}))
        assert not ExportFile.objects.exists()

    def test_files_of_other_counselors_stay(self, desk, file, many):
        other = make_client(make_counselor("Sam Poe"))
        delete_client(other)
        assert ExportFile.objects.exists()

    def test_file_is_not_made_when_a_client_stops_sharing_in_the_meantime(
        self, desk, many, monkeypatch
    ):
        page = ask(desk)
        csv_file = making.csv_file

        def stops_halfway(*arguments):
            yield from csv_file(*arguments)
            delete_client(many[0].client)

        monkeypatch.setattr(making, "csv_file", stops_halfway)
        run_tasks()
        assert desk.get(page).status_code == 404
        assert not ExportChunk.objects.exists()
        assert DBTaskResult.objects.get().status == "SUCCESSFUL"

    def test_file_is_kept_for_less_than_a_day(self, file):
        assert timedelta(hours=23) > kept.KEPT
        ExportFile.objects.update(created_at=timezone.now() - timedelta(hours=21))
        making.drop_old_exports.call()
        assert ExportFile.objects.exists()
        ExportFile.objects.update(created_at=timezone.now() - timedelta(hours=23))
        assert making.drop_old_exports.call() == 1
        assert not ExportChunk.objects.exists()
