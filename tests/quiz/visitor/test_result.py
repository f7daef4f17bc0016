"""The owner's result page, as it is delivered."""

import re
from http import HTTPStatus

import pytest
from django.utils.html import escape

from quiz.attempts.models import Attempt
from quiz.core.scoring import score
from roles.models import Role
from tests.answers import SHIPPED, leaning, scoring, towards
from tests.pages import only_attempt, take_quiz
from tests.roles.pages import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

URL = "/quiz/result/"


@pytest.fixture
def shown(client):
    """Take the quiz and return the result page's HTML."""

    def take(answers, background=None):
        take_quiz(client, answers, background)
        return client.get(URL).content.decode()

    return take


def attribute(page, name):
    return re.search(rf'<main[^>]*\sdata-{name}="([^"]*)"', page)[1]


class TestContract:
    @pytest.mark.parametrize("lean", [("sales", 7), ("service", 20), ("sales", 1)])
    def test_main_carries_band_field_lean_and_agreement(self, shown, lean):
        answers = leaning(*lean)
        page, result = shown(answers), score(SHIPPED, answers)
        assert attribute(page, "band") == result.band
        assert attribute(page, "field") == result.field
        assert float(attribute(page, "lean")) == result.lean
        assert float(attribute(page, "agreement")) == result.agreement

    def test_each_trait_carries_its_score(self, shown):
        page = shown(leaning("sales", 7))
        scores = dict(re.findall(r'data-trait="([^"]+)" data-score="([^"]+)"', page))
        expected = score(SHIPPED, leaning("sales", 7)).scores
        assert {key: float(value) for key, value in scores.items()} == expected

    def test_page_has_no_radio_buttons(self, shown):
        assert 'type="radio"' not in shown(towards("sales"))

    @pytest.mark.parametrize(
        "answers", [leaning("sales", 7), leaning("sales", 1), scoring(50, 50, 50)]
    )
    def test_page_links_to_a_role(self, shown, answers):
        assert re.search(r'href="/roles/[a-z-]+/"', shown(answers))


class TestRoles:
    def cards(self, page):
        return re.findall(r'<h3><a href="/roles/([a-z-]+)/">', page)

    def test_suggestion_links_to_its_role_and_names_the_next_level(self, shown):
        page = shown(leaning("service", 20))
        assert self.cards(page) == ["customer-service-representative"]
        assert 'href="/roles/customer-service-manager/"' in page

    def test_team_lead_gets_the_manager_role(self, shown):
        page = shown(leaning("sales", 20), {"B2": "now"})
        assert self.cards(page) == ["sales-manager"]
        assert 'data-roles="managers"' in page
        assert 'data-roles="managers"' not in shown(leaning("sales", 20))

    @pytest.mark.parametrize("sales_first", [True, False])
    def test_too_close_shows_both_in_the_order_drawn_at_the_start(self, client, sales_first):
        take_quiz(client, leaning("sales", 1))
        Attempt.objects.update(shows_sales_first=sales_first)
        both = ["sales-representative", "customer-service-representative"]
        page = client.get(URL).content.decode()
        assert self.cards(page) == (both if sales_first else both[::-1])

    def test_both_roles_are_managers_only_if_both_conditions_are_met(self, shown):
        page = shown(leaning("sales", 1), {"B1": "4", "B2": "soon"})
        assert set(self.cards(page)) == {"sales-representative", "customer-service-representative"}

    @pytest.mark.parametrize(
        ("finished", "words"),
        [
            ("none", "Employers usually ask for more schooling here"),
            ("hs", "You have the schooling that employers usually ask for here."),
        ],
    )
    def test_education_picks_a_sentence_and_changes_nothing_else(self, shown, finished, words):
        page = shown(leaning("sales", 7), {"B3": finished})
        assert words in page
        assert float(attribute(page, "lean")) == score(SHIPPED, leaning("sales", 7)).lean

    def test_without_an_answer_about_education_no_sentence_appears(self, shown):
        assert "schooling" not in shown(leaning("sales", 7))


class TestWords:
    def test_verdict_is_the_heading(self, shown):
        page = shown(leaning("sales", 7))
        assert f"<h1>{SHIPPED.texts['leaning_sales']['en']}</h1>" in page

    def test_agreement_appears_in_words(self, shown):
        page = shown(leaning("sales", 7))
        agreement = score(SHIPPED, leaning("sales", 7)).agreement
        words = words_of(re.search('<div class="agreement">.*?</div>', page, re.S)[0])
        assert re.findall(r"\d+", words) == [str(round(100 * agreement)), "100"]
        assert "next month" not in page

    def test_too_close_promises_no_agreement(self, shown):
        assert 'class="agreement"' not in shown(leaning("sales", 1))

    def test_picture_has_a_text_with_the_same_numbers(self, shown):
        page = shown(leaning("service", 7))
        label = re.search(r'<svg[^>]*role="img" aria-label="([^"]+)"', page)[1]
        lean = abs(float(attribute(page, "lean")))
        assert re.findall(r"[\d.]*\d", label) == [f"{lean:.1f}", "5.7", "50"]
        assert "customer service" in label

    def test_contributions_shown_add_up_to_the_lean_shown(self, shown):
        page = shown(leaning("sales", 7))
        table = page[page.index('class="why"') : page.index("</table>")]
        points = [
            float(n) * (1 if way == "sales" else -1)
            for n, way in re.findall(r"([\d.]+) towards (sales|customer service)", table)
        ]
        assert round(sum(points[:-1]), 1) == points[-1]

    def test_strongest_answers_are_quoted(self, shown):
        answers = leaning("sales", 20)
        page, pulls = shown(answers), score(SHIPPED, answers).pulls
        strongest = max(SHIPPED.items, key=lambda item: pulls[item.key])
        assert escape(strongest.text["en"]) in page

    def test_a_score_that_ends_in_a_half_reads_the_same_everywhere(self, shown):
        page = shown(scoring(62.5, 65.625, 59.375))
        score, *_others = re.findall('<p class="score">(.*?)</p>', page)
        assert re.findall(r"\d+", score) == ["63", "100", "53", "72"]
        tips = page.split('data-part="tips"')[1].split("</ul>")[0]
        assert "63" in re.findall(r"\d+", tips)
        assert "62" not in re.findall(r"\d+", tips)

    def test_page_says_what_the_result_is_not(self, shown):
        page = shown(leaning("sales", 7))
        assert "for exploring, not for hiring" in page
        assert "a spread of 18 points, a reliability of .70" in page

    def test_careless_answers_get_an_explanation_and_no_suggestion(self, shown):
        page = shown({item.key: 3 for item in SHIPPED.items})
        assert attribute(page, "band") == "insufficient"
        assert attribute(page, "field") == ""
        assert 'class="note note-flag"' in page
        assert 'href="/quiz/"' in page


class TestAccess:
    def test_result_is_neither_stored_nor_indexed(self, client):
        take_quiz(client, leaning("sales", 7))
        response = client.get(URL)
        assert response["Cache-Control"] == "no-store"
        assert '<meta name="robots" content="noindex">' in response.content.decode()

    def test_unfinished_attempt_redirects_to_its_open_page(self, client):
        client.post("/quiz/")
        assert client.get(URL).url == "/quiz/1/"

    def test_without_an_attempt_the_page_says_how_to_start(self, client):
        response = client.get(URL)
        assert response.status_code == HTTPStatus.FORBIDDEN
        assert 'href="/quiz/"' in response.content.decode()

    def test_result_stays_the_same_after_a_role_is_renamed(self, client):
        take_quiz(client, leaning("sales", 7))
        before = only_attempt().result
        Role.objects.filter(slug="sales-representative").update(title_en="Seller")
        assert ">Seller</a>" in client.get(URL).content.decode()
        assert only_attempt().result == before
