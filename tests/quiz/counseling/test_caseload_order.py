"""The order of the caseload, and its pages."""

import re
from datetime import timedelta
from urllib.parse import parse_qsl
from uuid import uuid4

import pytest
from django.utils import timezone

from quiz.counseling.caseload import ADDED, BEYOND, RESULT, SORTS, STATE, Chosen, caseload_page
from quiz.counseling.models import INVITED, Client
from tests.answers import leaning
from tests.factories import (
    NOON,
    disclose,
    finished_attempt,
    flag,
    make_client,
    make_clients,
    make_counselor,
    started_attempt,
)
from tests.quiz.counseling.caseload_pages import URL, names_listed, names_on, names_page_by_page

pytestmark = pytest.mark.both_databases


class TestOrder:
    def test_names_are_sorted_ignoring_case(self, counselor):
        make_clients(counselor, ["bo", "Cy", "Ann"])
        assert names_listed(counselor) == ["Ann", "bo", "Cy"]

    def test_names_are_sorted_ignoring_accents(self, counselor):
        names = ["Eva", "Éva B", "Ewa", "İnci", "Jan", "Łukasz", "Marie", "Ørsted", "Paul", "Zoë"]
        make_clients(counselor, names[::-1])
        assert names_listed(counselor) == names
        assert names_page_by_page(counselor, 3) == names

    @pytest.mark.parametrize(
        ("sort", "names"), [(f"-{ADDED}", "First Second Third"), (ADDED, "Third Second First")]
    )
    def test_clients_can_be_sorted_by_date(self, counselor, desk, sort, names):
        now = timezone.now()
        for days, name in enumerate(["Third", "Second", "First"], start=-3):
            client = make_client(counselor, name)
            Client.objects.filter(pk=client.pk).update(created_at=now + timedelta(days=days))
        assert names_on(desk.get(URL, {"sort": sort})) == names.split()

    def test_names_can_be_reversed(self, counselor):
        make_clients(counselor, ["bo", "Cy", "Ann"])
        assert names_listed(counselor, sort="-name") == ["Cy", "bo", "Ann"]

    def test_clients_can_be_sorted_by_state(self, counselor):
        disclose(make_client(counselor, "shared"))
        finished_attempt(make_client(counselor, "finished"))
        started_attempt(make_client(counselor, "started"))
        make_clients(counselor, ["B", "A"])
        assert names_listed(counselor, sort=STATE) == ["A", "B", "started", "finished", "shared"]
        assert names_listed(counselor, sort="-state") == ["shared", "finished", "started", "A", "B"]

    @pytest.mark.parametrize(
        ("sort", "names"), [(RESULT, "service close sales"), ("-result", "sales close service")]
    )
    def test_clients_can_be_sorted_by_newest_result(self, counselor, sort, names):
        make_client(counselor, "B, nothing")
        flag(disclose(make_client(counselor, "A, flagged")), longest_run="severe")
        for name, field, lean in (
            ("sales", "sales", 20),
            ("close", "sales", 1),
            ("service", "service", 20),
        ):
            client = make_client(counselor, name)
            before = "service" if field == "sales" else "sales"
            disclose(client, answers=leaning(before, 30), at=NOON - timedelta(days=1))
            disclose(client, answers=leaning(field, lean))
        # Without a suggestion, always at the end.
        expected = [*names.split(), "A, flagged", "B, nothing"]
        assert names_listed(counselor, sort=sort) == expected
        assert names_page_by_page(counselor, 2, sort=sort) == expected

    def test_every_lean_comes_before_clients_without_one(self):
        assert BEYOND > 50

    @pytest.mark.parametrize("sort", SORTS)
    def test_sorted_column_says_so_and_can_be_reversed(self, counselor, desk, sort):
        make_client(counselor)
        page = desk.get(URL, {"sort": sort, "state": INVITED}).content.decode()
        heads = re.findall(r'aria-sort="(\w+)">\s*<a href="\?([^"]*)"', page)
        way = "descending" if sort.startswith("-") else "ascending"
        other = sort[1:] if sort.startswith("-") else f"-{sort}"
        assert [head for head, _href in heads] == [way]
        query = dict(parse_qsl(heads[0][1].replace("&amp;", "&")))
        assert query == {"sort": other, "state": INVITED}

    @pytest.mark.parametrize("sort", SORTS)
    def test_paging_lists_every_client_once(self, counselor, sort):
        moment = timezone.now()
        made = make_clients(counselor, ["Kim", "kim", "KIM", "Ann", "Zoe"] * 4)
        Client.objects.update(created_at=moment)
        ids, after = [], None
        for _page in range(10):
            page = caseload_page(counselor, Chosen(sort=sort), after=after, size=3)
            ids += [client.pk for client in page.clients]
            assert page.total == 20
            if (after := page.next_after) is None:
                break
        assert sorted(ids) == sorted(client.pk for client in made)

    def test_pages_follow_the_order_of_the_list(self, counselor):
        make_clients(counselor, [f"Name {number % 7}" for number in range(23)])
        assert names_page_by_page(counselor, 4) == names_page_by_page(counselor, 100)

    def test_client_added_before_a_page_does_not_shift_it(self, counselor):
        make_clients(counselor, ["B", "C", "D", "E"])
        first = caseload_page(counselor, Chosen(), size=2)
        make_client(counselor, "A")
        second = caseload_page(counselor, Chosen(), after=first.next_after, size=2)
        assert [client.name for client in second.clients] == ["D", "E"]

    def test_foreign_place_shows_the_first_page(self, counselor):
        make_clients(counselor, ["A", "B"])
        foreign = make_client(make_counselor(), "A")
        for after in (foreign.pk, uuid4()):
            page = caseload_page(counselor, Chosen(), after=after)
            assert [client.name for client in page.clients] == ["A", "B"]

    def test_next_page_keeps_the_filters(self, counselor, desk):
        make_clients(counselor, [f"Kim {number:02}" for number in range(51)])
        page = desk.get(URL, {"search": "kim"})
        assert len(names_on(page)) == 50
        url = re.search(r'href="(\?[^"]*after[^"]*)"', page.content.decode())[1]
        rest = desk.get(URL + url.replace("&amp;", "&"))
        assert names_on(rest) == ["Kim 50"]
        assert 'href="?search=kim"' in rest.content.decode()
