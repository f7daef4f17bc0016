"""The log: own entries, newest first, without the names of handed over clients."""

import re
from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.admin.models import ADDITION, LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quiz.counseling.handover import Part, hand_over
from quiz.counseling.models import AuditEntry, CounselorInvitation
from tests.factories import disclose, make_client, make_counselor
from tests.tasks import run_tasks

pytestmark = pytest.mark.both_databases

URL = "/counselor/log/"


def rows_on(response) -> list[str]:
    return re.findall(r"<tr>\s*(<th scope=\"row\".*?)</tr>", response.content.decode(), re.S)


def log(counselor, count, action=AuditEntry.SAW, client=None):
    for number in range(count):
        AuditEntry.objects.log(counselor, action, client, detail=f"entry {number}")


class TestLog:
    def test_log_starts_empty(self, desk):
        response = desk.get(URL)
        assert rows_on(response) == []
        assert "<table" not in response.content.decode()

    def test_reading_the_log_adds_no_entry(self, desk):
        desk.get(URL)
        assert not AuditEntry.objects.exists()

    def test_opening_a_result_is_logged_with_the_client(self, desk, counselor):
        disclosure = disclose(make_client(counselor, "Kim"))
        desk.get(f"/counselor/results/{disclosure.pk}/")
        (row,) = rows_on(desk.get(URL))
        entry = AuditEntry.objects.get()
        assert entry.action == AuditEntry.SAW
        assert entry.get_action_display() in row
        assert ">Kim</a>" in row

    def test_opening_a_client_page_is_logged(self, desk, counselor):
        client = make_client(counselor, "Kim")
        disclose(client)
        desk.get(f"/counselor/clients/{client.pk}/")
        (row,) = rows_on(desk.get(URL))
        assert "Opened a result · on the client&#x27;s page" in row

    def test_invitations_are_logged_in_words(self, desk, counselor):
        client = make_client(counselor, email="kim@example.org")
        desk.post(f"/counselor/clients/{client.pk}/invite/", {"id": uuid4(), "email": "1"})
        run_tasks()
        by_email, by_link = rows_on(desk.get(URL))
        assert "Invitation · sent by e-mail" in by_email
        assert "Invitation · new link" in by_link

    @pytest.mark.parametrize("name", ["email", "link", "page", "taken back"])
    def test_group_name_is_not_read_as_a_detail_key(self, desk, counselor, name):
        group = counselor.groups.create(name=name)
        for number in range(5):
            disclose(make_client(counselor, f"Kim {number}", group=group))
        desk.get(f"/counselor/groups/{group.pk}/report/")
        desk.post(f"/counselor/groups/{group.pk}/link/", {"id": uuid4(), "places": "5"})
        invited, reported = rows_on(desk.get(URL))
        assert re.search(rf"Opened a group report · {name}\s*<", reported)
        assert re.search(rf"Invitation · group {name}\s*<", invited)

    def test_entries_hold_no_name_of_a_group_or_a_person(self, desk, counselor):
        group = counselor.groups.create(name="Class 9b")
        client = make_client(counselor, "Kim", group=group)
        for number in range(5):
            disclose(make_client(counselor, f"Sam {number}", group=group))
        desk.get(f"/counselor/groups/{group.pk}/report/")
        desk.post(f"/counselor/groups/{group.pk}/link/", {"id": uuid4(), "places": "5"})
        hand_over(counselor, make_counselor("Ana Diaz"), Part({client.pk}))
        details = " ".join(AuditEntry.objects.values_list("detail", flat=True))
        assert details
        # Whole words: an id of the log can hold "9b" by chance.
        assert not re.search(r"\b(Class|9b|Ana|Dana|Kim|Sam)\b", details)

    def test_group_is_shown_with_its_name_of_today_until_it_is_deleted(self, desk, counselor):
        group = counselor.groups.create(name="Class 9b")
        desk.post(f"/counselor/groups/{group.pk}/link/", {"id": uuid4(), "places": "5"})
        desk.post(f"/counselor/groups/{group.pk}/edit/", {"name": "Class 10b"})
        (row,) = rows_on(desk.get(URL))
        assert "group Class 10b" in row
        desk.post(f"/counselor/groups/{group.pk}/delete/")
        (row,) = rows_on(desk.get(URL))
        assert "a deleted group" in row
        assert "10b" not in row

    def test_colleague_is_named_in_both_logs(self, desk, counselor):
        hand_over(counselor, make_counselor("Ana Diaz"), Part({make_client(counselor, "Kim").pk}))
        (row,) = rows_on(desk.get(URL))
        assert "to Ana Diaz" in row

    @pytest.mark.parametrize("detail", ["group ", "group x", "to ", "to 999999", "from abc"])
    def test_entry_about_what_is_gone_is_still_listed(self, desk, counselor, detail):
        AuditEntry.objects.log(counselor, AuditEntry.HANDED_OVER, None, detail=detail)
        assert len(rows_on(desk.get(URL))) == 1

    def test_only_own_entries_are_listed(self, desk, counselor):
        log(make_counselor(), 3)
        log(counselor, 1)
        assert len(rows_on(desk.get(URL))) == 1

    def test_handed_over_client_is_not_named(self, desk, counselor):
        client = make_client(counselor, "Kim")
        log(counselor, 1, client=client)
        hand_over(counselor, make_counselor("Ana Diaz"), Part({client.pk}))
        rows = rows_on(desk.get(URL))
        assert len(rows) == 2
        assert all("Kim" not in row and 'class="none"' in row for row in rows)

    def test_entry_survives_deleting_the_client(self, desk, counselor):
        client = make_client(counselor, "Kim")
        log(counselor, 1, client=client)
        desk.post(f"/counselor/clients/{client.pk}/delete/")
        rows = rows_on(desk.get(URL))
        assert len(rows) == 2
        assert all("Kim" not in row for row in rows)

    def test_names_are_escaped(self, desk, counselor):
        bad = "<script>alert(1)</script>"
        AuditEntry.objects.log(counselor, AuditEntry.SAW, make_client(counselor, bad), detail=bad)
        assert "<script>alert" not in desk.get(URL).content.decode()

    def test_newest_entry_comes_first_and_paging_repeats_none(self, desk, counselor):
        log(counselor, 120)
        AuditEntry.objects.update(at=timezone.now())
        AuditEntry.objects.filter(detail="entry 7").update(at=timezone.now() + timedelta(days=1))
        url, seen = URL, []
        while url:
            response = desk.get(url)
            seen += [re.search(r"entry (\d+)", row)[1] for row in rows_on(response)]
            next_page = re.search(r'href="(\?after=\d+)"', response.content.decode())
            url = URL + next_page[1] if next_page else None
        others = [str(number) for number in reversed(range(120)) if number != 7]
        assert seen == ["7", *others]

    @pytest.mark.parametrize("after", ["x", "-1", "0", "9" * 19, "9" * 400, "٣", "1e3", "²"])
    def test_invalid_place_shows_the_first_page(self, desk, counselor, after):
        log(counselor, 1)
        response = desk.get(URL, {"after": after})
        assert response.status_code == 200
        assert len(rows_on(response)) == 1

    def test_place_of_another_counselor_shows_the_first_page(self, desk, counselor):
        log(counselor, 1)
        log(make_counselor(), 1)
        foreign = AuditEntry.objects.exclude(counselor=counselor).get()
        for after in (foreign.pk, 10**9):
            assert len(rows_on(desk.get(URL, {"after": after}))) == 1

    def test_query_count_does_not_grow_with_entries(self, desk, counselor):
        def queries_with(count):
            for _number in range(count):
                log(counselor, 1, client=make_client(counselor, uuid4().hex))
            with CaptureQueriesContext(connection) as captured:
                desk.get(URL)
            return len(captured)

        assert queries_with(3) == queries_with(27)

    def test_only_reading_is_allowed(self, desk):
        assert desk.post(URL).status_code == 405

    def test_visitor_is_redirected_to_the_login(self, client, content):
        assert "/counselor/account/" in client.get(URL).url


def test_upgrade_replaces_names_in_logs_by_ids(counselor, admin_user):
    group = counselor.groups.create(name="Class 9b")
    counselor.groups.create(name="email")
    ana, gone = make_counselor("Ana Diaz"), "Former Colleague"
    reported, invited, handed = AuditEntry.REPORTED, AuditEntry.INVITED, AuditEntry.HANDED_OVER
    before = [
        *[(reported, "Class 9b"), (reported, "a deleted one"), (reported, "email")],
        *[(invited, "group Class 9b"), (invited, "email")],
        *[(handed, "to Ana Diaz"), (handed, f"from {gone}"), (AuditEntry.SAW, "page")],
    ]
    for action, detail in before:
        AuditEntry.objects.log(counselor, action, None, detail=detail)
    invitation = CounselorInvitation.objects.make(
        email="kim@example.org", expires_at=timezone.now()
    )
    LogEntry.objects.log_actions(
        admin_user.pk, [invitation], ADDITION, change_message="", single_object=True
    )
    LogEntry.objects.update(object_repr="kim@example.org")
    import_module("quiz.migrations.0024_logs_without_names").replace_names_by_ids(apps, None)
    email = counselor.groups.get(name="email").pk
    assert list(AuditEntry.objects.order_by("pk").values_list("detail", flat=True)) == [
        *[f"group {group.pk}", "group ", f"group {email}", f"group {group.pk}", "email"],
        *[f"to {ana.pk}", "from ", "page"],
    ]
    assert LogEntry.objects.get().object_repr == f"Invitation {invitation.pk}"
