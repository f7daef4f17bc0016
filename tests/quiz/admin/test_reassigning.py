"""An administrator hands a caseload over: what moves is shown first, and moves once."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quiz.admin.attention import attention
from quiz.counseling.models import AuditEntry, Client, ClientInvitation, GroupLink, Note
from tests.factories import disclose, make_client, make_counselor, signed_in
from tests.pages import text_of
from tests.quiz.admin.pages import client_who_may, messages_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]


@pytest.fixture
def dana(content):
    return make_counselor("Dana Reed")


@pytest.fixture
def ana(content):
    return make_counselor("Ana Diaz")


@pytest.fixture
def kim(dana):
    return make_client(dana, "Kim", group=dana.groups.create(name="9b"))


def close(counselor):
    counselor.user.is_active = False
    counselor.user.save()


def url_of(counselor):
    return reverse("admin:quiz_counselor_reassign", args=[counselor.pk])


def everything(receiver):
    return {"receiver": receiver.pk, "what": "all"}


def part(receiver, *, clients=(), groups=()):
    return {
        "receiver": receiver.pk,
        "what": "part",
        "clients": [each.pk for each in clients],
        "groups": [each.pk for each in groups],
    }


def confirmed(browser, giver, data):
    return browser.post(url_of(giver), data | {"confirmed": "1"}, follow=True)


def counselors_of(*clients):
    return [Client.objects.get(pk=each.pk).counselor for each in clients]


class TestBeforeItHappens:
    def test_page_shows_what_moves_and_moves_nothing(self, admin_client, dana, ana, kim):
        disclose(kim)
        page = text_of(admin_client.post(url_of(dana), everything(ana)))
        assert re.search('data-moves="clients">\\s*1 client moves', page)
        assert "1 of them shares a result" in page
        assert re.search('data-moves="group">\\s*The group <bdi>9b</bdi> moves', page)
        assert counselors_of(kim) == [dana]

    def test_page_names_the_group_that_is_lost(self, admin_client, dana, ana, kim):
        make_client(dana, "Bo", group=kim.group)
        page = text_of(admin_client.post(url_of(dana), part(ana, clients=[kim])))
        assert re.search('data-stays="group">\\s*<strong>The group <bdi>9b</bdi> stays', page)

    def test_page_says_what_a_group_of_a_taken_name_becomes(self, admin_client, dana, ana, kim):
        ana.groups.create(name="9B")
        page = text_of(admin_client.post(url_of(dana), everything(ana)))
        assert "It becomes <bdi>9b (2)</bdi>" in page

    def test_back_leads_to_what_was_chosen(self, admin_client, dana, ana, kim):
        chosen = part(ana, clients=[kim])
        asked = text_of(admin_client.post(url_of(dana), chosen))
        assert re.search('<input type="submit" name="back"', asked)
        page = text_of(admin_client.post(url_of(dana), chosen | {"back": "Back"}))
        assert re.search(f'value="{ana.pk}" selected', page)
        assert re.search(f'value="{kim.pk}"[^>]* checked', page)
        assert counselors_of(kim) == [dana]

    def test_meetings_are_named_among_what_moves(self, admin_client, dana, ana, kim):
        for page in (
            admin_client.get(url_of(dana)),
            admin_client.post(url_of(dana), everything(ana)),
        ):
            assert "meetings" in text_of(page).split("<main")[1]

    def test_no_page_shows_a_result(self, admin_client, dana, ana, kim):
        disclose(kim)
        for response in (
            admin_client.get(url_of(dana)),
            admin_client.post(url_of(dana), everything(ana)),
        ):
            assert "data-band" not in text_of(response)
            assert "ales" not in text_of(response).split("<main")[1]

    @pytest.mark.parametrize(
        ("sent", "fault"),
        [
            ({}, "receiver"),
            ({"receiver": "0", "what": "all"}, "receiver"),
            ({"receiver": "9" * 30, "what": "all"}, "receiver"),
            ({"what": "part"}, "what"),
            ({"what": "part", "clients": ["none"]}, "clients"),
        ],
    )
    def test_faults_say_what_to_choose(self, admin_client, dana, ana, sent, fault):
        response = admin_client.post(url_of(dana), sent)
        assert fault in response.context["adminform"].form.errors
        assert "<title>Error:" in text_of(response)

    def test_closed_account_and_giver_are_not_offered(self, admin_client, dana, ana):
        close(ana)
        response = admin_client.get(url_of(dana))
        assert not response.context["adminform"].form.fields["receiver"].queryset.exists()

    def test_search_narrows_the_clients(self, admin_client, dana, kim):
        make_client(dana, "Zoë")
        page = text_of(admin_client.get(url_of(dana), {"q": "zoe"}))
        assert "Zoë" in page
        assert "Kim" not in page

    def test_who_may_only_view_counselors_may_not_reassign(self, client, dana):
        assert client_who_may(client, "view_counselor").get(url_of(dana)).status_code == 403


class TestHandingOver:
    def test_all_clients_groups_and_tags_move(self, admin_client, dana, ana, kim):
        kim.tags.add(dana.tags.create(name="Autumn"))
        ana.tags.create(name="autumn")
        bo = make_client(dana, "Bo")
        bo.tags.add(dana.tags.create(name="new"))
        response = confirmed(admin_client, dana, everything(ana))
        assert "Ana Diaz: 2 clients, 1 group" in messages_of(response)
        assert counselors_of(kim, bo) == [ana, ana]
        kim.refresh_from_db()
        assert (kim.group.name, kim.group.counselor) == ("9b", ana)
        assert sorted(tag.name for tag in ana.tags.all()) == ["autumn", "new"]
        assert not dana.tags.exists()
        assert not dana.groups.exists()

    def test_chosen_client_leaves_the_group_that_stays(self, admin_client, dana, ana, kim):
        bo = make_client(dana, "Bo", group=kim.group)
        confirmed(admin_client, dana, part(ana, clients=[kim]))
        assert counselors_of(kim, bo) == [ana, dana]
        kim.refresh_from_db()
        assert kim.group is None
        assert Client.objects.get(pk=bo.pk).group.name == "9b"

    def test_chosen_group_moves_with_its_clients(self, admin_client, dana, ana, kim):
        bo = make_client(dana, "Bo")
        confirmed(admin_client, dana, part(ana, groups=[kim.group]))
        assert counselors_of(kim, bo) == [ana, dana]
        assert ana.groups.get().clients.get() == kim

    def test_group_gets_a_name_that_is_free(self, admin_client, dana, ana, kim):
        dana.groups.create(name="9b (2)")
        ana.groups.create(name="9B")
        confirmed(admin_client, dana, everything(ana))
        assert sorted(group.name for group in ana.groups.all()) == ["9B", "9b (2)", "9b (3)"]

    @pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed"])
    def test_open_links_work_under_the_new_name(
        self, admin_client, client_class, dana, ana, kim, is_closed
    ):
        ends = timezone.now() + timedelta(days=3)
        links = [
            ClientInvitation.objects.make(client=kim, expires_at=ends),
            GroupLink.objects.make(group=kim.group, expires_at=ends),
        ]
        if is_closed:
            close(dana)
        confirmed(admin_client, dana, everything(ana))
        for link in links:
            assert "Ana Diaz</bdi> invites you" in text_of(client_class().get(link.path))

    def test_receiver_sees_what_is_shared_and_giver_no_longer_does(
        self, admin_client, dana, ana, kim
    ):
        shared = disclose(kim)
        Note.objects.create(client=kim, author=dana, text="Brave")
        confirmed(admin_client, dana, everything(ana))
        url = f"/counselor/results/{shared.pk}/"
        assert signed_in(ana).get(url).status_code == 200
        assert signed_in(dana).get(url).status_code == 404
        assert "Brave" in text_of(signed_in(ana).get(f"/counselor/clients/{kim.pk}/"))

    def test_both_logs_and_the_admins_log_say_so(self, admin_client, dana, ana, kim):
        confirmed(admin_client, dana, part(ana, clients=[kim]))
        entries = AuditEntry.objects.filter(action=AuditEntry.HANDED_OVER, client=kim)
        assert {(entry.counselor, entry.detail) for entry in entries} == {
            (dana, f"to {ana.pk} by admin"),
            (ana, f"from {dana.pk} by admin"),
        }
        assert "to Ana Diaz, by an administrator" in text_of(signed_in(dana).get("/counselor/log/"))
        assert f"counselor {ana.pk}: 1 clients" in LogEntry.objects.get().get_change_message()

    def test_sent_twice_moves_once(self, admin_client, dana, ana, kim):
        data = part(ana, clients=[kim], groups=[kim.group])
        confirmed(admin_client, dana, data)
        before = AuditEntry.objects.count()
        response = confirmed(admin_client, dana, data)
        assert "done it already" in messages_of(response)
        assert AuditEntry.objects.count() == before
        assert LogEntry.objects.count() == 1

    def test_clients_of_others_do_not_move(self, admin_client, dana, ana):
        theirs = make_client(make_counselor("Cole Park"), "Lee")
        confirmed(admin_client, dana, part(ana, clients=[theirs]))
        assert counselors_of(theirs) != [ana]

    def test_many_clients_cost_as_many_queries_as_few(self, admin_client, ana):
        counts = []
        for size in (2, 12):
            giver = make_counselor("Giver")
            group = giver.groups.create(name=f"Group {size}")
            for number in range(size):
                client = make_client(giver, f"Client {number}", group=group)
                client.tags.add(giver.tags.get_or_create(name=f"tag {number}")[0])
            with CaptureQueriesContext(connection) as queries:
                confirmed(admin_client, giver, everything(ana))
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestStrandedClients:
    def stranded(self, browser):
        user = User.objects.get(is_superuser=True)
        return [entry for entry in attention(user) if "account is closed" in entry.what]

    def test_clients_of_a_closed_account_need_attention(self, admin_client, dana, ana, kim):
        assert self.stranded(admin_client) == []
        close(dana)
        (entry,) = self.stranded(admin_client)
        assert "1 client is still with Dana Reed" in entry.what
        assert entry.links[0].url == url_of(dana)
        confirmed(admin_client, dana, everything(ana))
        assert self.stranded(admin_client) == []

    def test_closed_account_without_clients_needs_none(self, admin_client, dana):
        close(dana)
        assert self.stranded(admin_client) == []

    def test_counselors_page_links_to_handing_over(self, admin_client, dana):
        page = admin_client.get(reverse("admin:quiz_counselor_change", args=[dana.pk]))
        assert url_of(dana) in text_of(page)
