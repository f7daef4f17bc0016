"""The caseload: own clients only, search, filters and a stable order."""

import re
from datetime import timedelta
from urllib.parse import parse_qsl
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quiz.core.scopes import VERDICT
from quiz.counseling.caseload import (
    ADDED,
    BEYOND,
    RESULT,
    SORTS,
    STATE,
    Chosen,
    caseload_page,
    matching_clients,
)
from quiz.counseling.forms import STATE_FILTERS, STATE_WORDS
from quiz.counseling.models import FINISHED, INVITED, SHARED, STARTED, Client, Disclosure
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
from tests.quiz.counseling.pages import main_of, verdicts_on

pytestmark = pytest.mark.both_databases

URL = "/counselor/"


def names_on(response) -> list[str]:
    rows = re.findall(r'<th scope="row">(.*?)</th>', response.content.decode(), re.S)
    return [re.search(r"<a [^>]*>(.*?)</a>", row)[1] for row in rows]


def count_on(response) -> int:
    """Return the number above the list: how many clients match."""
    return int(re.search(r'role="status">\s*(\d+)', main_of(response))[1])


def counts_of(response) -> dict[str, int]:
    """Return the words and numbers of the chips."""
    chips = response.content.decode().split('class="chips"')[1].split("</ul>")[0]
    return {words: int(n) for words, n in re.findall(r">([^<>]+) <b>(\d+)</b>", chips)}


def current_chip(response) -> tuple[str, int]:
    marked = re.findall(r'aria-current="true">([^<]+) <b>(\d+)<', response.content.decode())
    ((words, count),) = marked
    return words, int(count)


def names_listed(counselor, **chosen) -> list[str]:
    return [client.name for client in caseload_page(counselor, Chosen(**chosen)).clients]


def names_page_by_page(counselor, size, **chosen) -> list[str]:
    names, after = [], None
    while True:
        page = caseload_page(counselor, Chosen(**chosen), after=after, size=size)
        names += [client.name for client in page.clients]
        if page.next_after is None:
            return names
        after = page.next_after


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

    def test_only_clients_who_share_can_be_selected(self, counselor, desk):
        finished_attempt(make_client(counselor, "Kim"))
        shared = [make_client(counselor, name) for name in ("Ana", "Bo")]
        for client in shared:
            disclose(client)
        page = desk.get(URL).content.decode()
        ticks = re.findall(r'<input type="checkbox" name="client" value="([^"]+)"', page)
        assert ticks == [str(client.pk) for client in shared]


class TestChips:
    """Links above the list that count the clients of each state and filter by it."""

    @pytest.fixture
    def class_of_six(self, counselor):
        group = counselor.groups.create(name="9b")
        make_clients(counselor, ["Bo", "Cy"])
        disclose(make_client(counselor, "Di", group=group))
        finished_attempt(make_client(counselor, "Ed", group=group))
        started_attempt(make_client(counselor, "Flo", group=group))
        make_client(counselor, "Gus", group=group)
        return group

    def test_chips_count_each_state(self, desk, class_of_six):
        assert counts_of(desk.get(URL)) == {
            "All": 6,
            "Not started": 3,
            "In progress": 1,
            "Finished": 2,
            "Shared": 1,
        }

    def test_chips_count_what_the_other_filters_match(self, counselor, desk, class_of_six):
        Client.objects.get(name="Ed").tags.add(counselor.tags.create(name="autumn"))
        for query, counts in (
            ({"group": class_of_six.pk}, [4, 1, 1, 2, 1]),
            ({"group": class_of_six.pk, "state": STARTED}, [4, 1, 1, 2, 1]),
            ({"tag": "autumn"}, [1, 0, 0, 1, 0]),
            ({"search": "di"}, [1, 0, 0, 1, 1]),
        ):
            assert list(counts_of(desk.get(URL, query)).values()) == counts, query

    def test_chip_keeps_search_group_and_order_and_starts_at_the_first_page(
        self, desk, class_of_six
    ):
        query = {"group": str(class_of_six.pk), "sort": "-name", "search": "o", "after": uuid4()}
        page = desk.get(URL, query).content.decode()
        href = re.search(r'href="\?([^"]*state=started[^"]*)"', page)[1].replace("&amp;", "&")
        kept = {name: str(value) for name, value in query.items() if name != "after"}
        assert dict(parse_qsl(href)) == {**kept, "state": STARTED}

    def test_search_keeps_state_and_order(self, desk, class_of_six):
        page = desk.get(URL, {"state": SHARED, "sort": "-result"}).content.decode()
        form = page.split('role="search"')[1].split("</form>")[0]
        hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
        assert hidden == [("state", SHARED), ("sort", "-result")]


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


class TestSearch:
    @pytest.mark.parametrize(
        "typed",
        ["kim", "KIM LA", "lang kim", "@example.net", "RETURN", "kim return", "  lang  "],
    )
    def test_search_ignores_case_in_name_address_and_tags(self, counselor, typed):
        client = make_client(counselor, "Kim Lang", email="kim@example.net")
        client.tags.add(counselor.tags.create(name="Returning"))
        make_client(counselor, "Bo", email="bo@example.org")
        assert names_listed(counselor, search=typed) == ["Kim Lang"]

    @pytest.mark.parametrize("typed", ["éva", "ÉVA", "e\u0301va"], ids=["small", "big", "parts"])
    def test_search_ignores_case_beyond_ascii(self, counselor, typed):
        make_client(counselor, "Éva")
        assert names_listed(counselor, search=typed) == ["Éva"]

    @pytest.mark.parametrize("name", ["İpek", "Groß", "Ǆoni", "李伟", "Σοφίας"])
    def test_letters_without_a_simple_capital_are_found(self, counselor, name):
        make_client(counselor, name)
        assert names_listed(counselor, search=name) == [name]

    @pytest.mark.parametrize(
        ("name", "typed"),
        [
            *[("Müller", typed) for typed in ("muller", "MULLER", "Mu\u0308ller", "\uff2dÜLLER")],
            *[("İpek Işık", typed) for typed in ("ipek", "IPEK", "isik", "ışık")],
            *[("Groß", typed) for typed in ("gross", "GROẞ")],
            *[("Σοφίας", typed) for typed in ("ΣΟΦΙΑΣ", "σοφιας")],
            *[("Łukasz Ørsted", typed) for typed in ("lukasz", "orsted", "ŁUK ØR")],
            ("O\u2019Brien", "o'brien"),
        ],
    )
    def test_search_ignores_accents(self, counselor, name, typed):
        make_client(counselor, name)
        make_client(counselor, "Bo").tags.add(counselor.tags.create(name=name))
        make_client(counselor, "Cy")
        assert names_listed(counselor, search=typed) == ["Bo", name]

    @pytest.mark.parametrize("typed", ["%", "_", ".", "(", "\\", "[a", "*", "a{9", "^K"])
    def test_pattern_characters_are_searched_literally(self, counselor, typed):
        make_client(counselor, "Kim")
        make_client(counselor, f"x{typed}y")
        assert names_listed(counselor, search=typed) == [f"x{typed}y"]

    def test_client_with_two_matching_tags_is_listed_once(self, counselor):
        client = make_client(counselor)
        client.tags.set(
            [counselor.tags.create(name="spring 1"), counselor.tags.create(name="spring 2")]
        )
        assert names_listed(counselor, search="spring") == ["Kim"]

    def test_all_words_must_match(self, counselor):
        make_client(counselor, "Kim Lang")
        assert names_listed(counselor, search="Kim Short") == []


class TestFilters:
    def test_group_and_tag_filters_combine(self, counselor, desk):
        group, tag = counselor.groups.create(name="9b"), counselor.tags.create(name="autumn")
        for name, in_group, has_tag in (("A", True, True), ("B", True, False), ("C", False, True)):
            client = make_client(counselor, name, group=group if in_group else None)
            client.tags.set([tag] if has_tag else [])
        response = desk.get(URL, {"group": str(group.pk), "tag": "autumn"})
        assert names_on(response) == ["A"]
        assert count_on(response) == 1

    def test_filter_without_matches_differs_from_an_empty_caseload(self, counselor, desk):
        make_client(counselor)
        page = main_of(desk.get(URL, {"search": "nobody"}))
        assert 'role="search"' in page
        assert f'class="quiet" href="{URL}"' in page

    @pytest.mark.parametrize(
        "query",
        [
            {"after": "nonsense"},
            {"after": "9" * 400},
            {"after": "9a26e855-e8d9-4416-b79c-e67976e240d3"},
            {"state": "sideways"},
            {"sort": "1; drop table"},
            {"group": "x"},
            {"group": "9" * 60},
            {"tag": "9" * 60},
            {"search": "x" * 5000},
            {"after": ["a", "b"]},
        ],
        ids=str,
    )
    def test_invalid_query_is_not_an_error(self, counselor, desk, query):
        make_client(counselor)
        response = desk.get(URL, query)
        assert response.status_code == 200
        assert names_on(response) == ["Kim"]


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
