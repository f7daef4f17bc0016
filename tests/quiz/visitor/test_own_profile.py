"""The visitor's own profile on job pages: only they see it, and it is never cached."""

import re

import pytest

from quiz.attempts.models import Attempt
from quiz.evidence.folding import delete_attempts
from roles.models import Figure, Role
from tests.answers import alike, leaning, page_answers, scoring, towards
from tests.pages import take_quiz
from tests.roles.pages import FOUR, SALES, SERVICE, SERVICE_LEAD, SLUGS, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

PAIR = f"/roles/compare/{SALES}/{SERVICE}/"
PAGES = [PAIR, FOUR, *(f"/roles/{slug}/" for slug in SLUGS)]
PROFILE = '<h2 id="own-profile">'


def title_of(slug):
    return Role.objects.get(slug=slug).title


def own_part(source):
    return re.search(r'<section class="next-to".*?</details>.*?</section>', source, re.S)[0]


@pytest.mark.parametrize("address", PAGES)
class TestWhoSeesIt:
    def test_page_without_an_attempt_cookie_shows_no_profile_and_may_be_stored(
        self, client, address
    ):
        response = client.get(address)
        assert PROFILE not in response.content.decode()
        assert "no-store" not in response.headers.get("Cache-Control", "")

    @pytest.mark.parametrize("cookie", ["ABCD:forged", ""])
    def test_page_with_any_attempt_cookie_is_not_stored(self, client, address, settings, cookie):
        client.cookies[settings.ATTEMPT_COOKIE_NAME] = cookie
        assert client.get(address)["Cache-Control"] == "no-store"

    def test_owner_of_a_result_sees_the_profile_and_the_page_is_not_stored(self, client, address):
        take_quiz(client, leaning("sales", 7))
        response = client.get(address, headers={"accept-encoding": "gzip"})
        assert PROFILE in response.content.decode()
        assert response.headers["Cache-Control"] == "no-store"
        assert "Content-Encoding" not in response.headers

    def test_next_visitor_of_the_process_does_not_see_the_profile(
        self, client, client_class, address
    ):
        take_quiz(client, leaning("sales", 7))
        client.get(address)
        assert PROFILE not in client_class().get(address).content.decode()

    def test_unfinished_attempt_or_forged_cookie_shows_no_profile(
        self, client, client_class, address, settings
    ):
        client.post("/quiz/")
        client.post("/quiz/1/", page_answers(1, towards("sales")))
        assert PROFILE not in client.get(address).content.decode()
        forger = client_class()
        forger.cookies[settings.ATTEMPT_COOKIE_NAME] = "ABCD:forged"
        response = forger.get(address)
        assert response.status_code == 200
        assert PROFILE not in response.content.decode()

    def test_profile_disappears_with_the_deleted_attempt(self, client, address):
        take_quiz(client, leaning("sales", 7))
        delete_attempts(Attempt.objects.all())
        assert PROFILE not in client.get(address).content.decode()


OFFERS = ["/roles/", *PAGES]


@pytest.mark.parametrize("address", OFFERS)
class TestWayToTheQuiz:
    """What a page about jobs offers depends on how far the visitor is."""

    def offer(self, browser, address):
        """Return the kind of the offer and where its main button leads."""
        page = browser.get(address).content.decode()
        (kind,) = re.findall('data-offer="([^"]*)"', page)
        return kind, re.search('class="btn" href="([^"]*)"', page.split("data-offer")[1])[1]

    def test_without_answers_it_is_to_take_the_quiz(self, client, address):
        assert self.offer(client, address) == ("start", "/quiz/")
        client.post("/quiz/")
        assert self.offer(client, address) == ("start", "/quiz/")

    def test_with_an_unfinished_quiz_it_is_to_continue(self, client, address):
        client.post("/quiz/")
        client.post("/quiz/1/", page_answers(1, towards("sales")))
        assert self.offer(client, address) == ("continue", "/quiz/2/")

    def test_with_a_result_it_is_to_see_it(self, client, client_class, address):
        take_quiz(client, leaning("sales", 7))
        assert self.offer(client, address) == ("result", "/quiz/result/")
        assert client.get(address)["Cache-Control"] == "no-store"
        assert self.offer(client_class(), address) == ("start", "/quiz/")


class TestWhatItSays:
    @pytest.fixture
    def own(self, client):
        def take(answers, address=PAIR):
            take_quiz(client, answers)
            return own_part(client.get(address).content.decode())

        return take

    def test_profile_names_the_side_and_the_roles_that_match_it(self, own):
        html = own(scoring(87.5, 87.5, 87.5))
        assert re.findall('data-side="([^"]*)"', html) == ["high"] * 3
        score = words_of(re.search('<p class="score">.*?</p>', html, re.S)[0])
        assert re.findall(r"\d+", score) == ["88", "100", "78", "97"]
        assert "Proactive" in score
        sales, service = (
            re.search(rf'<li data-agrees="{agrees}">.*?</li>', html, re.S)[0]
            for agrees in ("same", "other")
        )
        assert title_of(SALES) in sales
        assert re.search(r"Initiative\D*\b97 of 100\b", words_of(sales))
        assert title_of(SERVICE) in service
        assert re.search(r"Initiative\D*\b27 of 100\b", words_of(service))

    def test_score_near_the_middle_matches_neither_side(self, own):
        html = own(alike(3))
        assert re.findall('data-side="([^"]*)"', html) == ["middle"] * 3
        assert 'data-agrees="same"' not in html
        assert 'data-agrees="other"' not in html
        # Not once for each job: it is about the person.
        match = re.search('<ul class="match">.*?</ul>', html, re.S)[0]
        assert match.count('data-agrees="unsure"') == 3

    def test_careless_answers_get_a_note(self, own):
        assert 'class="note"' in own(alike(3))

    def test_careful_answers_get_no_note(self, own):
        assert 'class="note"' not in own(leaning("sales", 7))

    def test_profile_says_how_weak_the_data_are(self, own):
        html = own(leaning("sales", 7))
        words = words_of(html)
        assert "official ratings (O*NET 29.3, O*NET 30.1)" in words
        assert "A few experts, and in part a machine" in words
        assert "show less of a gap" in words
        assert "based on 24 answers from one day" in words
        assert "compare the sides, not the distances" in words
        assert "data-closest" not in html

    def test_closest_occupation_is_labeled(self, own):
        html = own(leaning("sales", 7), f"/roles/{SERVICE_LEAD}/")
        assert re.findall('data-closest="([^"]*)"', html) == [title_of(SERVICE_LEAD)]
        assert Role.objects.get(slug=SERVICE_LEAD).occupation_title in html

    def test_each_rating_of_each_role_is_drawn_as_dots(self, client):
        take_quiz(client, leaning("sales", 7))
        drawn = own_part(client.get(FOUR).content.decode())
        assert drawn.count('<svg class="dots ') == (1 + 4 + 1) * 4
        assert drawn.count('<rect class="error-band"') == 3

    def test_without_ratings_the_profile_says_there_is_nothing_to_compare(self, own):
        Figure.objects.filter(measure="rating").delete()
        html = own(leaning("sales", 7))
        assert html.count("not rated") == html.count("data-side") == 3
        assert "data-agrees" not in html
        assert 'data-part="legend"' not in html


def test_profile_adds_one_query(client, django_assert_num_queries):
    take_quiz(client, leaning("sales", 7))
    client.get(FOUR)
    with django_assert_num_queries(2):
        client.get(FOUR)


def test_uncached_page_with_profile_takes_at_most_12_queries(client, django_assert_max_num_queries):
    take_quiz(client, leaning("sales", 7))
    with django_assert_max_num_queries(12) as captured:
        client.get(FOUR)
    assert len(captured) > 2


class TestWorkforceIsOutOfReach:
    """Figures on who holds the jobs never reach scores and suggestions, whatever is published."""

    ABSURD = {"is_published": True, "value": 99}

    def visit(self, client, answers):
        take_quiz(client, answers, {"B1": "6", "B2": "soon", "B3": "ba"})
        Attempt.objects.update(shows_sales_first=True)  # drawn by lot
        attempt = Attempt.objects.get()
        page = client.get("/quiz/result/").content.decode()
        delete_attempts(Attempt.objects.all())
        drawn_by_lot = r"<time.*?</time>|<code.*?</code>|<input type=\"hidden\"[^>]*>"
        return attempt.result, re.sub(drawn_by_lot, "", page)

    @pytest.mark.parametrize("lean", [("sales", 7), ("service", 9), ("sales", 1)])
    def test_results_do_not_depend_on_workforce_figures(self, client, lean):
        answers = leaning(*lean)
        workforce = Figure.objects.filter(
            measure__in=["average_age", "gender_share", "race_share", "lgbt_share"]
        )
        shipped = self.visit(client, answers)
        assert workforce.update(**self.ABSURD) == 8
        published = self.visit(client, answers)
        workforce.delete()
        assert shipped == published == self.visit(client, answers)

    def test_no_query_of_a_whole_visit_reads_figures(self, client, django_assert_max_num_queries):
        with django_assert_max_num_queries(100) as captured:
            take_quiz(client, leaning("sales", 7))
            client.get("/quiz/result/")
        statements = [query["sql"] for query in captured.captured_queries]
        assert any("quiz_attempt" in each for each in statements)
        # Of their history, a result reads the newest number: whether the content has changed.
        assert [each for each in statements if '"roles_figure"' in each] == []

    def test_profile_gets_ratings_and_no_other_figures(self, client):
        Figure.objects.filter(measure__in=["average_age", "lgbt_share"]).update(
            is_published=True, percentile=99, percentile_of=100
        )
        take_quiz(client, leaning("sales", 7))
        demands = client.get(FOUR).context["demands"]
        rated = set(Figure.objects.filter(measure="rating").values_list("category", flat=True))
        assert demands
        assert all(set(each.ranks) <= rated for each in demands)
