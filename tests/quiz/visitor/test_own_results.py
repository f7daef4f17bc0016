"""Retakes: all results of one person, side by side and one by one."""

import re
from http import HTTPStatus

import pytest

from quiz.attempts.models import Attempt
from tests.answers import leaning, scoring
from tests.factories import people
from tests.pages import take_quiz

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

URL = "/quiz/results/"


def page(browser, path=URL):
    return browser.get(path).content.decode()


def listed(html):
    """Return the numbers of the results that a page links to."""
    return [int(place) for place in re.findall(rf'href="{URL}(\d+)/"', html)]


@pytest.fixture
def twice(client):
    """Proactive up by 31 points (real), persuasion by 12.5 (within the error), targets the same."""
    take_quiz(client, scoring(50, 50, 50))
    take_quiz(client, scoring(81.25, 62.5, 50))
    return client


def test_each_trait_says_whether_the_change_is_real(twice):
    html = page(twice)
    row = {
        key: html.split(f'data-change="{key}"')[1].split("</section>")[0]
        for key in ("proactive", "persuasion", "targets")
    }
    shift = {key: re.search('<p class="score">(.*?)</p>', row[key], re.S)[1] for key in row}
    assert {key: "<strong>" in shown for key, shown in shift.items()} == {
        "proactive": True,
        "persuasion": False,
        "targets": False,
    }
    points = {key: re.findall(r"\d+", shown) for key, shown in shift.items()}
    assert points == {"proactive": ["31"], "persuasion": ["13"], "targets": []}


def test_pages_offer_to_continue_an_unfinished_retake(twice):
    assert 'href="/quiz/">Answer again' in page(twice)
    twice.post("/quiz/")
    for path in (URL, f"{URL}1/"):
        html = page(twice, path).split("<main")[1].split("</main>")[0]
        assert 'href="/quiz/1/"' in html
        assert 'href="/quiz/"' not in html
        assert 'href="/quiz/result/"' not in html


def test_without_a_result_the_page_says_when_there_is_one(client):
    client.post("/quiz/")
    assert "no result yet" in page(client)


def test_retake_stays_in_the_same_series(twice):
    assert len(people()) == 1
    assert Attempt.objects.filter(is_first=True).count() == 1


def test_result_links_to_all_results_only_after_a_retake(client):
    take_quiz(client, leaning("sales", 7))
    assert f'href="{URL}"' not in page(client, "/quiz/result/")
    take_quiz(client, leaning("sales", 9))
    assert f'href="{URL}"' in page(client, "/quiz/result/")


def test_earlier_result_can_be_read_in_full(twice):
    html = page(twice, f"{URL}1/")
    assert 'data-lean="0.0"' in html
    assert "<h1>" in html


@pytest.mark.parametrize("place", ["0", "3", "99999999999999999999999"])
def test_unknown_result_number_is_not_found(twice, place):
    assert twice.get(f"{URL}{place}/").status_code == HTTPStatus.NOT_FOUND


def test_unfinished_attempt_is_not_listed(twice):
    twice.post("/quiz/")
    html = page(twice)
    assert listed(html) == [1, 2]
    assert 'href="/quiz/1/"' in html


def test_page_with_one_result_explains_how_to_get_a_second(client):
    take_quiz(client, leaning("sales", 7))
    alone = page(client)
    take_quiz(client, leaning("sales", 9))
    compared = page(client)
    assert ('class="lede"' in alone, 'class="lede"' in compared) == (True, False)
    assert ("data-change" in alone, "data-change" in compared) == (False, True)


def test_results_of_other_people_are_never_listed(twice, client_class):
    other = client_class()
    take_quiz(other, leaning("service", 7))
    assert listed(page(other)) == [1]


def test_number_of_queries_does_not_grow_with_results(client, django_assert_max_num_queries):
    for lean in (1, 3, 5, 7, 9, 11, 13):
        take_quiz(client, leaning("sales", lean))
    page(client)
    with django_assert_max_num_queries(2):
        page(client)
