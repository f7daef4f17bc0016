"""Archived clients: out of the list, still the counselor's, and back when they share."""

import pytest

from quiz.counseling.models import AuditEntry, Client, ClientInvitation
from tests.factories import NOON, disclose, make_client
from tests.quiz.counseling.caseload_pages import URL, counts_of, names_on
from tests.quiz.counseling.pages import main_of, url_of
from tests.quiz.visitor.invited import finish, in_days, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def archived(counselor):
    return make_client(counselor, "Ada", archived_at=NOON)


def ask_url(*clients):
    return "/counselor/clients/archive/?" + "&".join(f"client={each.pk}" for each in clients)


class TestArchiving:
    def test_page_asks_first(self, desk, kim):
        assert "Archive <bdi>Kim</bdi>?" in main_of(desk.get(ask_url(kim)))
        kim.refresh_from_db()
        assert kim.archived_at is None

    def test_archived_clients_leave_the_list_and_are_logged(self, desk, counselor, kim):
        make_client(counselor, "Bo")
        assert desk.post(ask_url(kim)).url == URL
        assert names_on(desk.get(URL)) == ["Bo"]
        assert AuditEntry.objects.get().action == AuditEntry.ARCHIVED

    def test_archiving_twice_is_logged_once(self, desk, kim):
        assert [desk.post(ask_url(kim)).status_code for _click in range(2)] == [302, 302]
        assert AuditEntry.objects.count() == 1

    def test_filter_lists_only_them_and_counts_their_states(self, desk, counselor, archived):
        make_client(counselor, "Bo")
        response = desk.get(URL, {"archived": "1"})
        assert names_on(response) == ["Ada"]
        assert counts_of(response)["Not started"] == 1

    def test_without_archived_clients_there_is_no_filter(self, desk, kim):
        assert "Archived" not in main_of(desk.get(URL))

    def test_list_in_which_all_are_archived_shows_the_filter(self, desk, archived):
        assert "archived=1" in main_of(desk.get(URL))

    def test_search_finds_no_archived_client_outside_the_archive(self, desk, archived):
        assert names_on(desk.get(URL, {"search": "ada"})) == []
        assert names_on(desk.get(URL, {"search": "ada", "archived": "1"})) == ["Ada"]

    def test_page_of_an_archived_client_says_so_and_takes_them_out(self, desk, archived):
        assert "Archived since November 24, 2026" in main_of(desk.get(url_of(archived)))
        desk.post("/counselor/clients/bulk/", {"do": "restore", "client": archived.pk})
        assert names_on(desk.get(URL)) == ["Ada"]
        assert AuditEntry.objects.get().action == AuditEntry.RESTORED


class TestWhatStays:
    def test_archived_clients_still_count_in_the_report_on_their_group(self, desk, counselor):
        group = counselor.groups.create(name="9b")
        for number in range(5):
            client = make_client(counselor, f"Sam {number}", group=group, archived_at=NOON)
            disclose(client)
        page = main_of(desk.get(f"/counselor/groups/{group.pk}/"))
        assert 'data-shared="5"' in page
        assert "5 archived clients" in page

    @pytest.mark.slow
    def test_client_who_shares_is_in_the_list_again(self, desk, counselor, client, kim):
        link = ClientInvitation.objects.make(client=kim, expires_at=in_days(1))
        start(client, link)
        finish(client)
        Client.objects.update(archived_at=NOON)
        client.post("/quiz/disclose/", {"scope": "verdict"})
        assert names_on(desk.get(URL)) == ["Kim"]
        assert "the client shared a result" in main_of(desk.get("/counselor/log/"))
