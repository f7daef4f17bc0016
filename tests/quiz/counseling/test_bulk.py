"""What is done with several clients: tags, a group, handing over, comparing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quiz.counseling.bulk import MOST_TAGS, add_tags, archive, move_to_group, restore
from quiz.counseling.models import AuditEntry, Client
from tests.factories import NOON, make_client, make_clients, make_counselor
from tests.pages import fields_with_errors, text_of
from tests.quiz.counseling.pages import main_of

pytestmark = pytest.mark.both_databases

URL = "/counselor/clients/bulk/"


@pytest.fixture
def three(counselor):
    return [make_client(counselor, name) for name in ("Ana", "Bo", "Cy")]


def press(desk, button, clients, query="", **typed):
    sent = {"do": button, "client": [each.pk for each in clients], **typed}
    return desk.post(f"{URL}{query}", sent)


def tags_of(client):
    return sorted(tag.name for tag in client.tags.all())


class TestTags:
    def test_tags_are_added_to_the_checked_clients(self, desk, counselor, three):
        three[0].tags.add(counselor.tags.create(name="Autumn"))
        response = press(desk, "tag", three[:2], tags="new, autumn")
        assert response.url == "/counselor/"
        assert [tags_of(each) for each in three] == [["Autumn", "new"], ["Autumn", "new"], []]
        assert "You tagged 2 clients" in main_of(desk.get("/counselor/"))

    def test_client_with_as_many_tags_as_are_allowed_gets_no_more(self, desk, counselor, three):
        for number in range(MOST_TAGS):
            three[0].tags.add(counselor.tags.create(name=f"tag {number}"))
        press(desk, "tag", three[:2], tags="new")
        assert "1 client would have more than 20 tags" in main_of(desk.get("/counselor/"))
        assert three[0].tags.count() == MOST_TAGS
        assert tags_of(three[1]) == ["new"]

    def test_without_a_tag_nothing_happens(self, desk, three):
        assert fields_with_errors(press(desk, "tag", three, tags=" , ")) == {"bulk_tags"}
        assert not AuditEntry.objects.exists()


class TestGroups:
    def test_checked_clients_move_to_a_group(self, desk, counselor, three):
        group = counselor.groups.create(name="9b")
        press(desk, "group", three[:2], group=group.pk)
        assert list(group.clients.order_by("folded")) == three[:2]

    def test_group_is_created_by_its_name(self, desk, counselor, three):
        press(desk, "group", three, new_group="10a")
        assert counselor.groups.get().clients.count() == 3

    def test_group_of_a_colleague_is_refused(self, desk, three):
        foreign = make_counselor().groups.create(name="9b")
        assert fields_with_errors(press(desk, "group", three, group=foreign.pk)) == {"bulk_group"}
        assert not foreign.clients.exists()

    def test_without_a_group_nothing_happens(self, desk, three):
        assert fields_with_errors(press(desk, "group", three)) == {"bulk_group"}


class TestWhatIsChecked:
    def test_without_a_checked_client_the_page_says_what_to_do(self, desk, three):
        response = press(desk, "archive", [])
        assert response.status_code == 400
        assert "Check at least one client" in text_of(response)

    def test_checks_typed_text_and_filters_stay_after_a_fault(self, desk, three):
        response = press(desk, "group", three[:1], "?search=a", tags="later")
        page = main_of(response)
        assert page.count("\nchecked>") == 1
        assert 'value="later"' in page
        assert ">Ana<" in page
        assert ">Bo<" not in page

    def test_list_is_the_same_afterwards(self, desk, three):
        response = press(desk, "tag", three[:1], "?search=a&sort=added", tags="x")
        assert response.url == "/counselor/?search=a&sort=added"

    @pytest.mark.parametrize("button", ["tag", "group", "restore"])
    def test_clients_of_others_are_missing(self, desk, button):
        theirs = make_client(make_counselor(), "Lee", archived_at=NOON)
        response = press(desk, button, [theirs], tags="x", new_group="y")
        assert response.status_code == 404
        theirs.refresh_from_db()
        assert (tags_of(theirs), theirs.group, theirs.archived_at) == ([], None, NOON)

    def test_comparing_leads_to_the_comparison(self, desk, three):
        response = press(desk, "compare", three[:2])
        assert response.url.startswith("/counselor/compare/?client=")
        assert desk.get(response.url).status_code == 200

    @pytest.mark.parametrize("act", ["tag", "group", "archive", "restore"])
    def test_many_clients_cost_as_many_queries_as_few(self, counselor, act):
        counts = []
        for size in (2, 30):
            ids = [each.pk for each in make_clients(counselor, ["Kim"] * size)]
            if act == "restore":
                Client.objects.filter(pk__in=ids).update(archived_at=NOON)
            with CaptureQueriesContext(connection) as queries:
                {
                    "tag": lambda ids: add_tags(counselor, ids, [f"tag {len(ids)}"]),
                    "group": lambda ids: move_to_group(counselor, ids, None, f"g {len(ids)}"),
                    "archive": lambda ids: archive(counselor, ids, NOON),
                    "restore": lambda ids: restore(counselor, ids),
                }[act](ids)
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestHandingOver:
    def test_page_asks_first_and_names_the_clients(self, desk, three):
        response = press(desk, "hand over", three[:2])
        page = main_of(desk.get(response.url))
        assert "Hand over 2 clients" in page
        assert ">Ana<" in page
        assert ">Cy<" not in page
        assert set(Client.objects.values_list("counselor", flat=True)) == {three[0].counselor_id}

    def test_whole_group_goes_along_unless_its_box_is_cleared(self, desk, counselor, three):
        colleague = make_counselor("Ana Diaz", email="ana@example.org")
        group = counselor.groups.create(name="9b")
        Client.objects.filter(pk__in=[three[0].pk, three[1].pk]).update(group=group)
        url = press(desk, "hand over", three[:2]).url
        page = desk.get(url)
        assert f'value="{group.pk}"' in text_of(page)
        assert list(page.context["form"]["groups"].value()) == [group.pk]
        sent = {"email": "ana@example.org", "is_sure": "on", "groups": [group.pk]}
        response = desk.post(url, sent, follow=True)
        assert "2 clients are now with" in main_of(response)
        group.refresh_from_db()
        assert group.counselor == colleague
        assert group.clients.count() == 2

    def test_client_of_a_colleague_among_them_is_missing(self, desk, three):
        theirs = make_client(make_counselor(), "Lee")
        url = press(desk, "hand over", [three[0], theirs]).url
        assert desk.get(url).status_code == 404

    def test_page_about_no_one_is_missing(self, desk, three):
        assert desk.get("/counselor/clients/handover/").status_code == 404
        assert desk.get("/counselor/clients/archive/?client=x").status_code == 404
