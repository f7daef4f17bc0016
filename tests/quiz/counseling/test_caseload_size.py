"""Large caseloads: how far clients are counted, and what a page reads of the site's rows."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quiz.counseling import caseload
from quiz.counseling.caseload import Chosen, caseload_page, counted
from quiz.counseling.models import INVITED, SHARED, STARTED, Client
from quiz.counseling.views import caseload as view
from tests.factories import (
    NOON,
    disclose,
    finished_attempt,
    make_client,
    make_clients,
    started_attempt,
)
from tests.plans import large_table_of_attempts, plan_of, reading_all_attempts
from tests.quiz.counseling.pages import main_of

pytestmark = pytest.mark.both_databases

URL = "/counselor/"


@pytest.fixture
def group(counselor):
    """Six clients; one shares."""
    group = counselor.groups.create(name="9b")
    disclose(make_client(counselor, "Ana", group=group))
    finished_attempt(make_client(counselor, "Bo", group=group))
    started_attempt(make_client(counselor, "Cy", group=group))
    for name in ("Di", "Ed", "Flo"):
        make_client(counselor, name, group=group)
    return group


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(caseload, "MOST_COUNTED", 5)
    monkeypatch.setattr(view, "MOST_COUNTED", 5)


def chips_on(response):
    """Return words and number of each chip; the number is empty where there is none."""
    chips = response.content.decode().split('class="chips"')[1].split("</ul>")[0]
    return re.findall(r">([^<>]+?)(?: <b>([^<]*)</b>)?</a>", chips)


def status_on(response):
    return " ".join(re.search(r'role="status">(.*?)</p>', main_of(response), re.S)[1].split())


@pytest.mark.usefixtures("few", "group")
class TestMoreThanCounted:
    def test_page_says_how_many_it_shows_and_that_there_are_more(self, desk):
        response = desk.get(URL)
        assert status_on(response) == "6 of more than 5 clients"
        assert chips_on(response) == [
            *(("All", "5+"), ("Not started", ""), ("In progress", "")),
            *(("Finished", ""), ("Shared", "")),
        ]

    def test_chosen_state_is_counted(self, desk):
        response = desk.get(URL, {"state": INVITED})
        assert status_on(response) == "3 clients match"
        assert ("Not started", "3") in chips_on(response)
        assert ("In progress", "") in chips_on(response)

    def test_as_many_as_are_counted_are_counted_exactly(self, desk):
        Client.objects.get(name="Flo").delete()
        response = desk.get(URL)
        assert status_on(response) == "5 clients"
        assert dict(chips_on(response))["Finished"] == "2"

    def test_group_page_offers_the_report_by_those_who_share(self, desk, group):
        page = main_of(desk.get(f"/counselor/groups/{group.pk}/"))
        assert 'data-shared="1"' in page
        assert "Sort and compare all clients" in page


def test_thousand_clients_are_counted_and_the_next_one_is_not(counselor, desk):
    make_clients(counselor, ["Kim"] * 1_000)
    assert status_on(desk.get(URL)) == "1000 clients"
    make_client(counselor, "Kim")
    response = desk.get(URL)
    assert status_on(response) == "50 of more than 1,000 clients"
    assert chips_on(response)[0] == ("All", "1,000+")


@pytest.mark.usefixtures("few", "group")
def test_counting_ends_after_the_first_that_is_not_counted(counselor):
    make_clients(counselor, ["Kim"] * 20)
    assert counted(counselor, Chosen()) == 6
    assert counted(counselor, Chosen(state=STARTED)) == 1
    assert caseload_page(counselor, Chosen()).counts[""] == 6


@pytest.mark.parametrize("chosen", [Chosen(), Chosen(state=SHARED), Chosen(sort="state")], ids=str)
def test_page_reads_neither_all_attempts_nor_all_shared_results(counselor, chosen):
    make_clients(counselor, ["Kim"] * 100)
    disclose(Client.objects.filter(counselor=counselor)[0])
    large_table_of_attempts(NOON)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE quiz_client, quiz_disclosure")
            cursor.execute("UPDATE pg_class SET reltuples = 1e5 WHERE relname = 'quiz_client'")
    with CaptureQueriesContext(connection) as captured:
        caseload_page(counselor, chosen)
    assert reading_all_attempts(captured) == []
    of_states = [each["sql"] for each in captured.captured_queries if "'shared'" in each["sql"]]
    assert of_states
    # One look-up for each client, not a list of what all clients share.
    assert not any("hashed SubPlan" in plan_of(each) for each in of_states)
