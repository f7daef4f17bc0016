"""Client groups: names, link, poster and report."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quiz.core.scopes import TRAITS, VERDICT
from quiz.counseling.models import AuditEntry, ClientGroup, GroupLink
from tests.answers import towards
from tests.factories import NOON, disclose, finished_attempt, make_client, make_counselor
from tests.pages import fields_with_errors, text_of
from tests.quiz.counseling.pages import verdicts_on

pytestmark = pytest.mark.both_databases

GROUPS = "/counselor/groups/"


@pytest.fixture
def group(counselor):
    return counselor.groups.create(name="Class 9b")


def url_of(group: ClientGroup, part: str = "") -> str:
    return f"{GROUPS}{group.pk}/{part}"


def size_of(name: str, page: str) -> int:
    """Return the number of clients that the list of groups shows for one of them."""
    return int(re.search(rf">{name}</a>.*?<td[^>]*>(\d+)</td>", page, re.S)[1])


def people_in(page: str) -> list[int]:
    """Return the number of people in each report on a page; none where a group is too small."""
    return [int(people) for people in re.findall('class="group" data-people="([^"]*)"', page)]


def make_link(desk, group, **data) -> GroupLink:
    response = desk.post(url_of(group, "link/"), {"id": str(uuid4()), "places": "30"} | data)
    assert response.url == url_of(group)
    return group.links.get()


class TestGroups:
    def test_group_is_created_and_opened(self, desk, counselor):
        response = desk.post(GROUPS, {"name": " Class  9b "})
        group = counselor.groups.get()
        assert response.url == url_of(group)
        assert group.name == "Class 9b"

    def test_double_click_creates_one(self, desk):
        urls = {desk.post(GROUPS, {"name": "Class 9b"}).url for _click in range(2)}
        assert len(urls) == ClientGroup.objects.count() == 1

    @pytest.mark.parametrize(
        "name", ["", " ", "x" * 121, "a\0b", "\u200b", "..."], ids=lambda n: repr(n)[:9]
    )
    def test_invalid_name_is_refused_with_a_reason(self, desk, name):
        response = desk.post(GROUPS, {"name": name})
        assert response.status_code == 400
        assert 'class="error"' in text_of(response)
        assert not ClientGroup.objects.exists()

    def test_list_counts_only_clients_of_own_groups(self, desk, counselor, group):
        for name in ("Kim", "Bo"):
            make_client(counselor, name, group=group)
        make_counselor().groups.create(name="Foreign")
        page = text_of(desk.get(GROUPS))
        assert size_of("Class 9b", page) == 2
        assert "Foreign" not in page

    def test_colleagues_client_in_an_own_group_is_not_counted(self, desk, group):
        make_client(make_counselor(), "Stray", group=group)
        assert size_of("Class 9b", text_of(desk.get(GROUPS))) == 0

    @pytest.mark.parametrize("address", ["", "group"])
    @pytest.mark.parametrize(("people", "has_report"), [(3, False), (4, False), (5, True)])
    def test_report_is_offered_from_five_people_on(
        self, desk, counselor, group, address, people, has_report
    ):
        for number in range(people):
            client = make_client(counselor, f"Kim {number}", group=group)
            disclose(client)
        disclose(client)
        make_client(counselor, "Bo", group=group)
        disclose(make_client(make_counselor(), "Stray", group=group))
        page = text_of(desk.get(url_of(group) if address else GROUPS))
        assert f'data-shared="{people}"' in page
        assert (f'href="{url_of(group, "report/")}"' in page) == has_report
        assert (f"{people} of 5" in page) == (not has_report)

    def test_group_page_shows_newest_results(self, desk, counselor, group):
        kim = make_client(counselor, "Kim", group=group)
        disclose(kim, answers=towards("sales"), at=NOON - timedelta(days=1))
        disclose(kim, answers=towards("service"))
        assert verdicts_on(text_of(desk.get(url_of(group)))) == [("clear", "service")]

    def test_group_page_lists_only_its_clients(self, desk, counselor, group):
        make_client(counselor, "Kim", group=group)
        make_client(counselor, "Bo")
        page = text_of(desk.get(url_of(group)))
        assert ">Kim</a>" in page
        assert ">Bo</a>" not in page

    def test_query_count_does_not_grow_with_clients(self, desk, counselor, group):
        def queries_with(count):
            for _number in range(count):
                client = make_client(counselor, uuid4().hex, group=group)
                client.tags.add(counselor.tags.create(name=uuid4().hex))
            with CaptureQueriesContext(connection) as captured:
                desk.get(url_of(group))
            return len(captured)

        assert queries_with(3) == queries_with(27)

    def test_new_name_is_saved(self, desk, group):
        assert desk.post(url_of(group, "edit/"), {"name": "Class 10b"}).url == url_of(group)
        group.refresh_from_db()
        assert group.name == "Class 10b"

    def test_name_can_change_its_case(self, desk, group):
        desk.post(url_of(group, "edit/"), {"name": "CLASS 9B"})
        group.refresh_from_db()
        assert group.name == "CLASS 9B"

    def test_name_of_another_group_is_refused(self, desk, counselor, group):
        counselor.groups.create(name="Class 9c")
        response = desk.post(url_of(group, "edit/"), {"name": "class 9C"})
        assert response.status_code == 400
        assert fields_with_errors(response) == {"name"}
        assert 'value="class 9C"' in text_of(response)

    @pytest.mark.parametrize("name", ["KLASSE GROSS", "klasse groß", "Klasse Gross\u200b"])
    def test_name_that_differs_only_in_case_or_accents_is_refused(
        self, desk, counselor, group, name
    ):
        counselor.groups.create(name="Klasse Groß")
        response = desk.post(url_of(group, "edit/"), {"name": name})
        assert response.status_code == 400
        assert fields_with_errors(response) == {"name"}

    def test_names_of_other_counselors_are_available(self, desk, group):
        make_counselor().groups.create(name="Class 9c")
        desk.post(url_of(group, "edit/"), {"name": "Class 9c"})
        group.refresh_from_db()
        assert group.name == "Class 9c"

    def test_deleting_asks_first(self, desk, group):
        url = url_of(group, "delete/")
        assert f'method="post" action="{url}"' in text_of(desk.get(url))
        assert ClientGroup.objects.exists()

    def test_deleting_keeps_the_clients(self, desk, counselor, group):
        client = make_client(counselor, group=group)
        make_link(desk, group)
        assert desk.post(url_of(group, "delete/")).url == GROUPS
        client.refresh_from_db()
        assert client.group is None
        assert not GroupLink.objects.exists()

    @pytest.mark.parametrize("part", ["", "edit/", "delete/", "poster/", "report/"])
    def test_name_is_escaped(self, desk, counselor, part):
        group = counselor.groups.create(name="<script>alert(1)</script>")
        make_link(desk, group)
        assert "<script>alert" not in text_of(desk.get(url_of(group, part)))


class TestLink:
    def test_link_has_places_and_expires_after_thirty_days(self, desk, group):
        link = make_link(desk, group, places="12")
        assert link.places == 12
        assert timedelta(days=29, hours=23) < link.expires_at - timezone.now() <= timedelta(days=30)

    def test_double_click_creates_one(self, desk, group):
        data = {"id": str(uuid4())}
        assert make_link(desk, group, **data) == make_link(desk, group, **data)

    def test_new_link_replaces_the_old_one(self, desk, group):
        assert make_link(desk, group) != make_link(desk, group)

    def test_id_of_another_counselors_link_still_creates_a_link(self, desk, group):
        foreign = GroupLink.objects.make(
            group=make_counselor().groups.create(name="x"), expires_at=timezone.now()
        )
        assert make_link(desk, group, id=str(foreign.pk)) != foreign
        assert GroupLink.objects.filter(pk=foreign.pk).exists()

    @pytest.mark.parametrize("places", ["", "0", "-1", "501", "9" * 30, "many", "1.5"])
    def test_invalid_number_of_places_is_refused(self, desk, group, places):
        response = desk.post(url_of(group, "link/"), {"id": str(uuid4()), "places": places})
        assert response.status_code == 400
        assert 'class="error"' in text_of(response)
        assert not GroupLink.objects.exists()

    def test_link_is_shown_in_a_labeled_field(self, desk, group):
        link = make_link(desk, group)
        page = text_of(desk.get(url_of(group)))
        field = r'<label for="group-link">[^<]+</label>\s*<input id="group-link"[^>]+readonly'
        assert re.search(field, page)
        assert link.url in page
        assert 'data-used="0" data-places="30"' in page

    @pytest.mark.parametrize(
        "ended", [{"expires_at": NOON - timedelta(days=400)}, {"used": 30}], ids=["expired", "full"]
    )
    def test_ended_link_is_hidden(self, desk, group, ended):
        link = make_link(desk, group)
        group.links.update(**ended)
        assert link.url not in text_of(desk.get(url_of(group)))
        assert desk.get(url_of(group, "poster/")).url == url_of(group)

    def test_deleted_link_stops_working(self, desk, group):
        path = make_link(desk, group).path
        for _click in range(2):
            assert desk.post(url_of(group, "unlink/")).url == url_of(group)
        assert desk.get(path).status_code == 404

    def test_poster_has_a_qr_code_and_a_code_to_type(self, desk, group):
        link = make_link(desk, group)
        page = text_of(desk.get(url_of(group, "poster/")))
        assert f">{link.code}</code>" in page
        assert re.search(r">[^<>/]+/join/</b>", page)
        assert link.url not in page
        assert "<svg" in page.split('class="poster-code"')[1]

    def test_group_page_shows_link_and_code(self, desk, group):
        link = make_link(desk, group)
        page = text_of(desk.get(url_of(group)))
        assert f'value="{link.url}"' in page
        assert f">{link.code}</code>" in page

    def test_link_without_a_code_is_shown_as_before(self, desk, group):
        link = make_link(desk, group)
        GroupLink.objects.update(code_hash=None)
        assert f">{link.url}</p>" in text_of(desk.get(url_of(group, "poster/")))
        page = text_of(desk.get(url_of(group)))
        assert f'value="{link.url}"' in page
        assert 'data-code="none"' in page

    @pytest.mark.parametrize("part", ["link/", "unlink/"])
    def test_get_request_changes_nothing(self, desk, group, part):
        make_link(desk, group)
        assert desk.get(url_of(group, part)).status_code == 405
        assert group.links.count() == 1


class TestReport:
    def share(self, counselor, group, count, scope=TRAITS):
        for number in range(count):
            disclose(make_client(counselor, f"Kim {number}", group=group), scope, towards("sales"))

    def test_report_on_five_people_is_shown_and_logged(self, desk, counselor, group):
        self.share(counselor, group, 5)
        page = text_of(desk.get(url_of(group, "report/")))
        assert people_in(page) == [5]
        assert 'data-trait="proactive"' in page
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.detail) == (AuditEntry.REPORTED, f"group {group.pk}")

    def test_report_on_four_people_is_empty_and_not_logged(self, desk, counselor, group):
        self.share(counselor, group, 4)
        page = text_of(desk.get(url_of(group, "report/")))
        assert people_in(page) == []
        assert "<table" not in page
        assert not AuditEntry.objects.exists()

    def test_report_names_no_one(self, desk, counselor, group):
        self.share(counselor, group, 5)
        assert "Kim" not in text_of(desk.get(url_of(group, "report/")))

    def test_unshared_results_do_not_count(self, desk, counselor, group):
        self.share(counselor, group, 4)
        finished_attempt(make_client(counselor, group=group))
        assert people_in(text_of(desk.get(url_of(group, "report/")))) == []

    def test_clients_outside_the_group_do_not_count(self, desk, counselor, group):
        self.share(counselor, group, 4)
        self.share(counselor, None, 3)
        assert people_in(text_of(desk.get(url_of(group, "report/")))) == []

    def test_colleagues_client_in_an_own_group_does_not_count(self, desk, counselor, group):
        self.share(counselor, group, 4)
        self.share(make_counselor(), group, 1)
        assert people_in(text_of(desk.get(url_of(group, "report/")))) == []

    def test_each_person_counts_once_with_the_newest_result(self, desk, counselor, group):
        self.share(counselor, group, 4)
        client = make_client(counselor, group=group)
        for days, field in ((0, "sales"), (90, "service"), (30, "sales")):
            disclose(client, TRAITS, towards(field), at=NOON + timedelta(days=days))
        page = text_of(desk.get(url_of(group, "report/")))
        assert people_in(page) == [5]
        label = re.search('class="of-middle"[^>]*aria-label="([^"]*)"', page)[1]
        assert re.findall(r"\d+", label) == ["1", "4", "0"]

    def test_preferences_outside_the_scope_stay_hidden(self, desk, counselor, group):
        self.share(counselor, group, 4, TRAITS)
        self.share(counselor, group, 4, VERDICT)
        page = text_of(desk.get(url_of(group, "report/")))
        assert people_in(page) == [8]
        assert "data-trait=" not in page

    def test_query_count_does_not_grow_with_people(self, desk, counselor, group):
        def queries_with(more):
            self.share(counselor, group, more)
            with CaptureQueriesContext(connection) as captured:
                desk.get(url_of(group, "report/"))
            return len(captured)

        assert queries_with(5) == queries_with(7)


PAGES = [
    *[("get", part) for part in ("", "edit/", "delete/", "poster/", "report/")],
    *[("post", part) for part in ("edit/", "delete/", "link/", "unlink/")],
]


class TestSeparation:
    @pytest.mark.parametrize(("method", "part"), PAGES)
    def test_foreign_group_answers_like_a_missing_one(self, desk, method, part):
        other = make_counselor("Other")
        foreign = other.groups.create(name="Theirs")
        link = GroupLink.objects.make(group=foreign, expires_at=timezone.now() + timedelta(days=1))
        data = {"name": "Changed", "id": str(uuid4()), "places": "5"}
        answers = [
            getattr(desk, method)(f"{GROUPS}{group_id}/{part}", data)
            for group_id in (foreign.pk, uuid4())
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content
        foreign.refresh_from_db()
        assert foreign.name == "Theirs"
        assert foreign.links.get() == link

    @pytest.mark.parametrize(("method", "part"), PAGES)
    def test_visitor_is_redirected_to_the_login(self, client, group, method, part):
        response = getattr(client, method)(url_of(group, part))
        assert response.status_code == 302
        assert "/counselor/account/" in response.url
        assert ClientGroup.objects.filter(pk=group.pk).exists()
