"""Searching and filtering the caseload."""

import re
from urllib.parse import parse_qsl
from uuid import uuid4

import pytest

from quiz.counseling.models import SHARED, STARTED, Client
from tests.factories import disclose, finished_attempt, make_client, make_clients, started_attempt
from tests.quiz.counseling.caseload_pages import URL, count_on, counts_of, names_listed, names_on
from tests.quiz.counseling.pages import main_of

pytestmark = pytest.mark.both_databases


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
        page = main_of(desk.get(URL, {"search": "zzz"}))
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
