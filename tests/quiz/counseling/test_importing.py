"""Importing clients: first a page that shows what would be added, then all of it or nothing."""

import csv
import html
import io
import re

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from quiz.counseling import importing
from quiz.counseling.client_csv import MOST_BYTES, ClientRow
from quiz.counseling.importing import import_clients
from quiz.counseling.models import AuditEntry, Client, ClientGroup, Tag
from tests.factories import NOON, disclose, make_client, make_counselor
from tests.pages import text_of
from tests.quiz.counseling.pages import main_of
from tests.tasks import run_tasks

pytestmark = pytest.mark.both_databases

URL = "/counselor/clients/import/"
FILE = "name;email;group;tags\nKim Lee;kim@example.org;9b;autumn, new\nBo;;9B;Autumn\n"


def uploaded(desk, content):
    data = content if isinstance(content, bytes) else content.encode()
    return desk.post(URL, {"file": SimpleUploadedFile("clients.csv", data, "text/csv")})


def confirmed(desk, page, **more):
    """Press the button of the page that asks."""
    text = re.search('name="text" value="([^"]*)"', text_of(page))[1]
    return desk.post(URL, {"text": html.unescape(text), "confirmed": "1", **more}, follow=True)


def numbers_on(page):
    return tuple(
        map(int, re.search('data-new="(\\d+)" data-known="(\\d+)"', text_of(page)).groups())
    )


class TestBeforeItHappens:
    @pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["without BOM", "with BOM"])
    def test_page_shows_what_would_be_added_and_adds_nothing(self, desk, mark):
        page = uploaded(desk, mark + FILE)
        assert numbers_on(page) == (2, 0)
        for shown in ("Kim Lee", "kim@example.org", "autumn", "Groups that will be created"):
            assert shown in main_of(page)
        assert not Client.objects.exists()
        assert not ClientGroup.objects.exists()

    def test_largest_file_can_be_confirmed_as_browsers_send_it(self, desk):
        rows = "".join(f"Kim {number},{'x' * 380}\n" for number in range(500))
        file = "name,remark\n" + rows
        page = uploaded(desk, file + " " * (MOST_BYTES - len(file)))
        text = html.unescape(re.search('name="text" value="([^"]*)"', text_of(page))[1])
        desk.post(URL, {"text": text.replace("\n", "\r\n"), "confirmed": "1"})
        assert Client.objects.count() == 500

    def test_page_says_who_is_there_already_and_how_that_is_told(self, desk, counselor):
        make_client(counselor, "Kim", email="KIM@example.org", archived_at=NOON)
        page = uploaded(desk, FILE)
        assert numbers_on(page) == (1, 1)
        assert "<bdi>Kim Lee</bdi>" in main_of(page)
        assert "by name in rows without one" in main_of(page)

    def test_clients_of_a_colleague_do_not_count(self, desk):
        make_client(make_counselor(), "Bo", email="kim@example.org")
        assert numbers_on(uploaded(desk, FILE)) == (2, 0)

    def test_columns_that_are_not_read_are_named(self, desk):
        assert "data-ignored" in main_of(uploaded(desk, "name,phone\nKim,1"))

    def test_all_faults_are_listed_and_nothing_is_added(self, desk):
        response = uploaded(desk, "name,email\nKim,x\n,bo@example.org\nCy,cy@example.org")
        assert response.status_code == 400
        assert "Row 2, column email" in main_of(response)
        assert "Row 3, column name" in main_of(response)
        assert not Client.objects.exists()

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"  \n",
            "name\nMüller".encode("latin-1"),
            "name\nKim".encode("utf-16"),
            b"name\nK\0m",
            b"\x89PNG\r\n\x1a\n\0",
            b"name\n" + b"x" * MOST_BYTES,
            b'"',
        ],
        ids=["empty", "blank", "Latin-1", "UTF-16", "NUL", "picture", "too large", "open quote"],
    )
    def test_file_that_cannot_be_read_is_refused_with_what_to_do(self, desk, data):
        response = uploaded(desk, data)
        assert response.status_code == 400
        assert 'class="error-summary"' in main_of(response)

    def test_without_a_file_the_page_says_so(self, desk):
        assert desk.post(URL).status_code == 400

    def test_text_that_was_changed_on_the_way_is_checked_again(self, desk):
        response = desk.post(URL, {"text": "name,email\nKim,x", "confirmed": "1"})
        assert response.status_code == 400
        assert not Client.objects.exists()


class TestAdding:
    def test_clients_get_group_tags_and_an_invitation(self, desk, counselor):
        page = confirmed(desk, uploaded(desk, FILE))
        assert "You added 2 clients." in main_of(page)
        kim, bo = Client.objects.of(counselor).order_by("-folded")
        assert (kim.name, kim.email) == ("Kim Lee", "kim@example.org")
        assert kim.group == bo.group == counselor.groups.get()
        assert sorted(tag.name for tag in kim.tags.all()) == ["autumn", "new"]
        assert [tag.name for tag in bo.tags.all()] == ["autumn"]
        assert [client.invitations.count() for client in (kim, bo)] == [1, 1]
        assert "/invitation/" in text_of(desk.get(f"/counselor/clients/{kim.pk}/"))
        assert AuditEntry.objects.filter(action=AuditEntry.INVITED).count() == 2

    def test_existing_groups_and_tags_are_used_whatever_their_case(self, desk, counselor):
        group = counselor.groups.create(name="9B")
        counselor.tags.create(name="AUTUMN")
        confirmed(desk, uploaded(desk, FILE))
        assert group.clients.count() == 2
        assert sorted(tag.name for tag in Tag.objects.all()) == ["AUTUMN", "new"]

    def test_same_file_adds_no_one_twice(self, desk):
        page = uploaded(desk, FILE)
        confirmed(desk, page)
        again = confirmed(desk, page)
        assert "there already" in main_of(again)
        assert Client.objects.count() == 2
        assert numbers_on(uploaded(desk, FILE)) == (0, 2)

    def test_nothing_is_half_done(self, desk, monkeypatch):
        def full(*_arguments):
            raise OperationalError("database or disk is full")

        monkeypatch.setattr(importing, "invite_all", full)
        page = uploaded(desk, FILE)
        desk.raise_request_exception = False
        confirmed(desk, page)
        assert not Client.objects.exists()
        assert not ClientGroup.objects.exists()
        assert not Tag.objects.exists()

    def test_invitations_are_e_mailed_only_if_the_box_is_checked(self, desk):
        confirmed(desk, uploaded(desk, FILE))
        run_tasks()
        assert mail.outbox == []
        page = uploaded(desk, "name,email\nCy,cy@example.org\nDi,")
        confirmed(desk, page, sends_email="on")
        run_tasks()
        assert [each.to for each in mail.outbox] == [["cy@example.org"]]
        assert Client.objects.get(name="Cy").invitations.get().url in mail.outbox[0].body

    def test_formula_is_stored_as_typed_and_harmless_in_an_export(self, desk):
        typed = '=HYPERLINK("http://a.example")'
        quoted = typed.replace('"', '""')
        confirmed(desk, uploaded(desk, f'name,tags\n"{quoted}",@sum'))
        client = Client.objects.get()
        assert client.name == typed
        disclose(client)
        sent = b"".join(desk.get("/counselor/export.csv").streaming_content).decode("utf-8-sig")
        _heading, row, *_end = csv.reader(io.StringIO(sent))
        assert f"'{typed}" in row
        assert "'@sum" in row

    def test_many_rows_cost_as_many_queries_as_few(self, counselor):
        counts = []
        for size in (2, 40):
            rows = [
                ClientRow(n, f"Kim {size} {n}", f"{size}.{n}@example.org", "9b", (f"t{size}",))
                for n in range(size)
            ]
            with CaptureQueriesContext(connection) as queries:
                import_clients(counselor, rows, NOON, sends_email=True)
            counts.append(len(queries))
        # The group of the first file is there for the second.
        assert counts[1] <= counts[0]
