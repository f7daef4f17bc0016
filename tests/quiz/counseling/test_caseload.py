"""The caseload: own clients only, and what it shows of each."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quiz.core.scopes import VERDICT
from quiz.counseling.caseload import Chosen, caseload_page, matching_clients
from quiz.counseling.caseload_forms import STATE_FILTERS, STATE_WORDS
from quiz.counseling.models import (
    FINISHED,
    INVITED,
    SHARED,
    STARTED,
    Client,
    ClientInvitation,
    Disclosure,
)
from tests.answers import leaning
from tests.factories import (
    NOON,
    disclose,
    finished_attempt,
    make_client,
    make_clients,
    make_counselor,
    started_attempt,
)
from tests.quiz.counseling.caseload_pages import URL, count_on, current_chip, names_on
from tests.quiz.counseling.pages import main_of, verdicts_on

pytestmark = pytest.mark.both_databases


class TestWhoIsListed:
    def test_empty_caseload_says_how_to_start(self, desk):
        page = desk.get(URL).content.decode()
        assert 'role="search"' not in page
        assert 'href="/counselor/clients/new/"' in page
        assert 'href="/counselor/groups/"' in page.split("<h1>")[1]

    def test_only_own_clients_are_listed(self, counselor, desk):
        make_client(counselor, "Kim")
        make_client(make_counselor(), "Stranger")
        response = desk.get(URL)
        assert names_on(response) == ["Kim"]
        assert re.search(r"\b1 client\s*<", response.content.decode())

    def test_searching_for_a_foreign_client_finds_nothing(self, counselor, desk):
        make_client(make_counselor(), "Stranger", email="stranger@example.org")
        response = desk.get(URL, {"search": "stranger"})
        assert names_on(response) == []
        assert count_on(response) == 0

    def test_foreign_group_answers_like_a_missing_one(self, desk):
        other = make_counselor()
        foreign = other.groups.create(name="Class 9b")
        pages = []
        for group_id in (foreign.pk, uuid4()):
            content = desk.get(URL, {"group": str(group_id)}).content.decode()
            pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", content))
        assert pages[0] == pages[1]
        assert "Class 9b" not in pages[0]

    def test_foreign_groups_and_tags_are_not_offered(self, counselor, desk):
        make_client(counselor)
        other = make_counselor()
        other.groups.create(name="Class 9b")
        other.tags.create(name="secret")
        page = desk.get(URL).content.decode()
        assert "Class 9b" not in page
        assert "secret" not in page

    def test_name_is_escaped(self, counselor, desk):
        make_client(counselor, "<script>alert(1)</script>")
        page = desk.get(URL).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


class TestStates:
    def test_each_state_is_recognized(self, counselor, desk):
        make_client(counselor, "A invited")
        started_attempt(make_client(counselor, "B started"))
        finished_attempt(make_client(counselor, "C finished"))
        disclose(make_client(counselor, "D shared"))
        clients = Client.objects.of(counselor).with_state()
        states = {client.name[2:]: client.state for client in clients}
        assert states == {
            "invited": INVITED,
            "started": STARTED,
            "finished": FINISHED,
            "shared": SHARED,
        }

    @pytest.mark.parametrize(
        ("state", "names"),
        [
            ("", [FINISHED, INVITED, SHARED, STARTED]),
            (INVITED, [INVITED]),
            (STARTED, [STARTED]),
            (FINISHED, [FINISHED, SHARED]),
            (SHARED, [SHARED]),
        ],
    )
    def test_state_filter_counts_and_keeps_clients(self, counselor, desk, state, names):
        make_client(counselor, INVITED)
        started_attempt(make_client(counselor, STARTED))
        finished_attempt(make_client(counselor, FINISHED))
        disclose(make_client(counselor, SHARED))
        response = desk.get(URL, {"state": state})
        assert names_on(response) == names
        assert count_on(response) == len(names)
        assert current_chip(response) == (str(STATE_FILTERS[state]), len(names))

    def test_withdrawing_turns_shared_into_finished(self, counselor, desk):
        client = make_client(counselor)
        disclose(client)
        Disclosure.objects.all().delete()
        assert str(STATE_WORDS[FINISHED]) in desk.get(URL).content.decode()

    def test_unshared_result_is_hidden(self, counselor, desk):
        finished_attempt(make_client(counselor))
        assert "sales" not in main_of(desk.get(URL)).lower()

    def test_each_client_can_be_checked(self, counselor, desk):
        clients = [make_client(counselor, name) for name in ("Ana", "Bo")]
        disclose(clients[0])
        page = desk.get(URL).content.decode()
        ticks = re.findall(r'<input type="checkbox" name="client" value="([^"]+)"', page)
        assert ticks == [str(client.pk) for client in clients]

    def test_list_says_since_when_a_client_is_in_a_state(self, counselor, desk):
        clients = [make_client(counselor, name) for name in ("Ana", "Bo", "Cy", "Di")]
        Client.objects.update(created_at=NOON - timedelta(days=9))
        started_attempt(clients[1], at=NOON - timedelta(days=3))
        finished_attempt(clients[2], at=NOON - timedelta(days=2))
        disclose(clients[3], at=NOON - timedelta(days=1))
        said = re.findall(r'<td>[^<]+ <span class="step">(\w+ \d+)', main_of(desk.get(URL)))
        assert said == ["November 15", "November 21", "November 22", "November 23"]
        page = main_of(desk.get(f"/counselor/clients/{clients[3].pk}/"))
        assert "<strong>Shared</strong>, since November 23, 2026" in page

    def test_a_newer_invitation_counts_as_invited(self, counselor, desk):
        kim = make_client(counselor)
        link = ClientInvitation.objects.make(client=kim, expires_at=NOON + timedelta(days=9))
        Client.objects.update(created_at=NOON - timedelta(days=9))
        ClientInvitation.objects.filter(pk=link.pk).update(created_at=NOON - timedelta(days=4))
        assert ">November 20, 2026<" in main_of(desk.get(URL))
        assert "invited November 20" in main_of(desk.get(f"/counselor/clients/{kim.pk}/"))


class TestResults:
    def test_newest_shared_result_is_drawn_and_linked(self, counselor, desk):
        client = make_client(counselor)
        disclose(client, VERDICT, leaning("sales", 20), at=NOON - timedelta(days=2))
        newest = disclose(client, VERDICT, leaning("service", 20))
        page = main_of(desk.get(URL))
        row = page.split('class="result-cell"')[1].split("</td>")[0]
        assert f'href="/counselor/results/{newest.pk}/"' in row
        assert verdicts_on(row) == [("clear", "service")]
        assert 'class="of-service"' in row

    def test_unshared_result_has_no_level(self, counselor, desk):
        disclose(make_client(counselor, "A"))
        finished_attempt(make_client(counselor, "B"))
        assert main_of(desk.get(URL)).count("<ellipse") == 1


class TestQueries:
    @pytest.mark.slow
    def test_query_count_does_not_grow_with_clients(self, counselor, desk):
        def queries_with(count):
            for _number in range(count):
                client = make_client(counselor, group=counselor.groups.create(name=uuid4().hex))
                client.tags.add(counselor.tags.create(name=uuid4().hex[:20]))
                disclose(client)
            with CaptureQueriesContext(
                connection,
            ) as captured:
                assert desk.get(URL).status_code == 200
            return len(captured)

        assert queries_with(3) == queries_with(27)

    def test_paging_uses_no_offset(self, counselor, desk):
        make_clients(counselor, ["Kim"] * 60)
        after = caseload_page(counselor, Chosen()).next_after
        with CaptureQueriesContext(connection) as captured:
            desk.get(URL, {"after": str(after)})
        assert not any(" OFFSET " in query["sql"] for query in captured)

    def test_count_and_list_use_the_same_filters(self, counselor):
        make_clients(counselor, ["Kim", "Bo"])
        chosen = Chosen(search="kim", state=INVITED)
        page = caseload_page(counselor, chosen)
        assert page.total == matching_clients(counselor, chosen).count() == len(page.clients) == 1


class TestAccess:
    def test_visitor_is_redirected_to_the_login(self, client, content):
        response = client.get(URL)
        assert response.status_code == 302
        assert "login" in response.url

    @pytest.mark.parametrize("method", ["post", "put", "delete"])
    def test_only_reading_is_allowed(self, desk, method):
        assert getattr(desk, method)(URL).status_code == 405

    def test_page_is_not_cached(self, desk):
        response = desk.get(URL)
        assert response["Cache-Control"] == "no-store"
        assert '<meta name="robots" content="noindex">' in response.content.decode()
