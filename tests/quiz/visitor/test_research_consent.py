"""The consent box for research: ticked in the quiz, changed at any time."""

import json
import re
from http import HTTPStatus

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quiz.attempts.models import Attempt
from quiz.evidence.models import Interest
from tests.answers import SHIPPED, leaning, page_answers, towards
from tests.factories import NOON
from tests.pages import only_attempt, page_url, take_quiz
from tests.quiz.admin.pages import at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

BACKGROUND = SHIPPED.background_page

ANSWERS = leaning("sales", 7)
LAST = page_url(5)
TICK = {"research": "yes"}


def page(browser, path="/quiz/data/"):
    return browser.get(path).content.decode()


def is_ticked(html: str) -> bool:
    (box,) = re.findall(r'<input type="checkbox"[^>]*name="research"[^>]*>', html)
    return re.search(r"\schecked\b", box) is not None


def is_allowed() -> bool:
    return only_attempt().allows_research


@pytest.fixture
def started(client):
    """A browser in which every statement is answered."""
    client.post("/quiz/")
    for number in range(1, 5):
        client.post(page_url(number), page_answers(number, ANSWERS))
    return client


class TestTheLastPage:
    def test_box_is_not_ticked_by_default(self, started):
        assert not is_ticked(page(started, LAST))
        started.post(LAST, {"B1": "6", "go": "next"})
        assert not is_allowed()

    def test_page_with_the_tick_allows_research(self, started):
        assert started.post(LAST, TICK).url == "/quiz/result/"
        assert is_allowed()

    @pytest.mark.parametrize("go", ["back", "dark", "keep"])
    def test_every_button_saves_the_tick(self, started, go):
        started.post(LAST, {**TICK, "go": go})
        assert is_ticked(page(started, LAST))
        assert not only_attempt().is_finished

    @pytest.mark.parametrize("go", ["back", "dark", "next"])
    def test_page_without_the_tick_forbids_research(self, started, go):
        started.post(LAST, {**TICK, "go": "back"})
        started.post(LAST, {"go": go})
        assert not is_allowed()

    def test_saving_a_single_answer_leaves_the_tick_unchanged(self, started):
        started.post(LAST, {**TICK, "go": "keep"})
        started.post(LAST, {"B1": "6", "go": "keep"})
        assert is_allowed()
        started.post(LAST, {"research": "", "go": "keep"})
        assert not is_allowed()

    def test_tick_is_saved_even_if_answers_are_missing(self, client):
        client.post("/quiz/")
        assert client.post(LAST, TICK).url == "/quiz/1/?missing"
        assert is_allowed()

    def test_unknown_value_is_refused_and_changes_nothing(self, started):
        response = started.post(LAST, {"research": "perhaps"})
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert not only_attempt().is_finished

    def test_finished_attempt_ignores_the_tick_of_an_open_tab(self, started):
        started.post(LAST, {})
        started.post(LAST, TICK)
        assert not is_allowed()

    def test_retake_asks_again(self, client):
        take_quiz(client, ANSWERS, TICK)
        take_quiz(client, towards("service"))
        stored = Attempt.objects.order_by("pk").values_list("allows_research", flat=True)
        assert list(stored) == [True, False]

    def test_preview_remembers_the_tick(self, admin_client, draft):
        admin_client.post(at(draft))
        admin_client.post(at(draft, BACKGROUND), {**TICK, "go": "back"})
        assert is_ticked(page(admin_client, at(draft, BACKGROUND)))
        admin_client.post(at(draft))
        assert not is_ticked(page(admin_client, at(draft, BACKGROUND)))
        assert not Attempt.objects.exists()


class TestChangingItLater:
    @pytest.fixture
    def owner(self, client):
        take_quiz(client, ANSWERS)
        return client

    def test_page_shows_the_choice_and_confirms_a_change(self, owner):
        assert 'data-allowed="0" data-results="1"' in page(owner)
        response = owner.post("/quiz/data/research/", TICK)
        assert response.url == "/quiz/data/?saved#research"
        html = page(owner, response.url)
        assert re.search('data-allowed="1" data-results="1" .*role="status"', html)
        assert is_ticked(html)

    def test_consent_can_be_withdrawn(self, owner):
        owner.post("/quiz/data/research/", TICK)
        html = page(owner, owner.post("/quiz/data/research/", {}).url)
        assert not is_allowed()
        assert re.search('data-allowed="0" data-results="1" .*role="status"', html)
        assert not is_ticked(html)

    def test_consent_covers_all_results_of_the_person_and_no_other(self, owner, client_class):
        take_quiz(owner, towards("service"), TICK)
        take_quiz(client_class(), ANSWERS)
        assert 'data-allowed="1" data-results="2"' in page(owner)
        assert not is_ticked(page(owner))
        owner.post("/quiz/data/research/", TICK)
        stored = Attempt.objects.order_by("pk").values_list("allows_research", flat=True)
        assert list(stored) == [True, True, False]

    def test_allowing_skips_an_unfinished_attempt_but_forbidding_covers_it(self, owner):
        owner.post("/quiz/")
        owner.post("/quiz/data/research/", TICK)
        assert not Attempt.objects.latest("pk").allows_research
        owner.post(LAST, {**TICK, "go": "keep"})
        owner.post("/quiz/data/research/", {})
        assert not Attempt.objects.filter(allows_research=True).exists()

    def test_unknown_value_is_refused_and_changes_nothing(self, owner):
        response = owner.post("/quiz/data/research/", {"research": "perhaps"})
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert not is_allowed()

    def test_without_a_result_consent_cannot_be_changed(self, client):
        assert 'name="research"' not in page(client)
        client.post("/quiz/")
        assert 'name="research"' not in page(client)


class TestWhatIsStored:
    @pytest.fixture
    def owner(self, client):
        take_quiz(client, ANSWERS, TICK)
        Interest.objects.create(
            attempt=only_attempt(), role="sales-manager", answer="unsure", said_at=NOON
        )
        return client

    def test_page_counts_answers_about_roles(self, owner):
        assert 'data-interests="1"' in page(owner)

    def test_file_contains_interest_and_consent(self, owner):
        (attempt,) = json.loads(owner.get("/quiz/data.json").content)["attempts"]
        assert attempt["allows_research"] is True
        (said,) = attempt["said_of_roles"]
        assert (said["role"], said["answer"]) == ("sales-manager", "unsure")
        assert said["said_at"].startswith(NOON.isoformat()[:19])

    @pytest.mark.parametrize("path", ["/quiz/data/", "/quiz/data.json"])
    def test_number_of_queries_does_not_grow_with_results(self, owner, path):
        owner.get(path)
        with CaptureQueriesContext(connection) as of_one:
            owner.get(path)
        for _each in range(3):
            take_quiz(owner, ANSWERS)
        with CaptureQueriesContext(connection) as of_four:
            owner.get(path)
        assert len(of_four) == len(of_one)
