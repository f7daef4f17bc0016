"""Taking the quiz as a visitor does, over HTTP."""

import re
from html import unescape
from http import HTTPStatus

import pytest
from django.conf import settings
from django.core.signing import Signer

from quiz.attempts.models import Attempt
from quiz.evidence.folding import delete_attempts
from quiz.questionnaires.models import QuestionnaireVersion
from tests.answers import SHIPPED, VERSION_2, page_answers, towards
from tests.pages import chosen, only_attempt, page_url, take_quiz

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

SALES = towards("sales", 1)


def heading(response):
    return re.search("<h1>(.*?)</h1>", response.content.decode(), re.S)[1]


def answered(page):
    """Return how many statements are answered, and of how many."""
    found = re.search(r"<span data-answered>(\d+)</span> of (\d+)", page)
    return int(found[1]), int(found[2])


def set_cookie(client, value):
    client.cookies[settings.ATTEMPT_COOKIE_NAME] = value


class TestPage:
    def test_every_item_is_a_fieldset_with_legend_and_five_labelled_radios(self, started):
        page = started.get(page_url(1)).content.decode()
        assert page.count("<fieldset") == page.count("<legend") == 6
        for item in SHIPPED.item_pages[0]:
            assert f"<legend>{item.text['en']}</legend>" in page
            for value in range(1, 6):
                assert f'<label for="id_{item.key}_{value}">' in page
                assert f'name="{item.key}" value="{value}" id="id_{item.key}_{value}"' in page

    def test_nothing_is_checked_on_a_new_page(self, started):
        assert chosen(started.get(page_url(1))) == {}

    def test_progress_appears_in_words(self, started):
        page = started.get(page_url(2)).content.decode()
        assert "Page 2 of 4" in page
        assert answered(page) == (0, 24)
        started.post(page_url(1), page_answers(1, SALES))
        started.post(page_url(2), page_answers(2, SALES))
        assert answered(started.get(page_url(3)).content.decode()) == (12, 24)

    def test_complete_page_is_saved_before_the_next_is_shown(self, started):
        response = started.post(page_url(1), page_answers(1, SALES))
        assert (response.status_code, response.url) == (HTTPStatus.FOUND, page_url(2))
        assert only_attempt().values() == page_answers(1, SALES)

    def test_page_shows_earlier_answers(self, started):
        started.post(page_url(1), page_answers(1, SALES))
        assert chosen(started.get(page_url(1))) == {
            key: str(value) for key, value in page_answers(1, SALES).items()
        }

    def test_visitor_never_sees_the_answers_of_another(self, started):
        started.post(page_url(1), page_answers(1, SALES))
        started.get(page_url(1))
        other = type(started)()
        other.post("/quiz/")
        assert chosen(other.get(page_url(1))) == {}

    def test_back_saves_answers_without_requiring_the_rest(self, started):
        response = started.post(page_url(2), {"P3": "4", "go": "back"})
        assert response.url == page_url(1)
        assert only_attempt().values() == {"P3": 4}
        assert started.post(page_url(1), {"go": "back"}).url == "/quiz/"

    def test_posting_a_page_twice_changes_nothing_more(self, started):
        for _ in range(2):
            response = started.post(page_url(1), page_answers(1, SALES))
            assert response.url == page_url(2)
        assert only_attempt().values() == page_answers(1, SALES)

    @pytest.mark.parametrize("page", [0, 6, 99, 2**63, 10**30])
    @pytest.mark.parametrize("with_attempt", [True, False])
    def test_an_unknown_page_is_not_found_with_or_without_an_attempt(
        self, client, page, with_attempt
    ):
        if with_attempt:
            client.post("/quiz/")
        assert client.get(page_url(page)).status_code == HTTPStatus.NOT_FOUND
        assert client.post(page_url(page), {}).status_code == HTTPStatus.NOT_FOUND

    def test_pages_are_not_stored(self, started):
        for url in ("/", "/quiz/", page_url(1), "/quiz/result/"):
            assert started.get(url)["Cache-Control"] == "no-store"

    def test_other_methods_are_refused(self, started):
        for url in ("/", "/quiz/", page_url(1), "/quiz/result/"):
            for method in ("put", "delete", "patch", "trace"):
                response = getattr(started, method)(url)
                assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED


class TestMissingAnswer:
    def test_other_answers_are_saved_and_the_missing_one_is_linked(self, started):
        answers = page_answers(1, SALES)
        del answers["T1"]
        response = started.post(page_url(1), answers)
        page = response.content.decode()
        assert only_attempt().values() == answers
        assert chosen(response) == {key: str(value) for key, value in answers.items()}
        assert "One answer is missing" in page
        summary = page[page.index("error-summary") : page.index("</form>")]
        assert f'<a href="#id_T1_1">{SHIPPED.items_by_key["T1"].text["en"]}</a>' in summary
        assert 'id="id_T1_1"' in page
        assert page.count("#id_") == 1

    def test_the_focus_moves_to_the_summary(self, started):
        page = started.post(page_url(1), {"P1": "3"}).content.decode()
        summary = re.search(r"<div class=\"error-summary\"[^>]*>", page)[0]
        assert "autofocus" in summary
        assert 'tabindex="-1"' in summary
        assert "5 answers are missing" in page

    def test_the_missing_item_is_described_by_its_error(self, started):
        page = started.post(page_url(1), {"P1": "3"}).content.decode()
        assert 'aria-describedby="error-T1"' in page
        assert 'id="error-T1"' in page
        assert "error-P1" not in page

    def test_answer_from_another_tab_is_not_missing(self, started):
        started.post(page_url(1), {"P1": "3"})
        answers = page_answers(1, SALES)
        del answers["P1"]
        assert started.post(page_url(1), answers).url == page_url(2)

    def test_finishing_with_gaps_redirects_to_the_first_one(self, started):
        started.post(page_url(1), page_answers(1, SALES))
        response = started.post(page_url(5), {"B1": "6"})
        assert response.url == "/quiz/2/?missing"
        assert only_attempt().background == {"B1": "6"}
        assert started.get(response.url).content.decode().count('href="#id_') == 6


class TestBackground:
    def test_all_background_questions_are_optional(self, client):
        assert take_quiz(client, SALES, {}).url == "/quiz/result/"
        assert only_attempt().background == {}

    def test_skipped_background_answer_is_not_stored(self, client):
        take_quiz(client, SALES, {"B1": "", "B2": "now"})
        assert only_attempt().background == {"B2": "now"}

    def test_back_saves_background_answers_and_can_clear_one(self, started):
        started.post(page_url(5), {"B1": "6", "B2": "now", "go": "back"})
        assert chosen(started.get(page_url(5))) == {"B1": "6", "B2": "now"}
        started.post(page_url(5), {"B1": "", "B2": "now", "go": "back"})
        assert only_attempt().background == {"B2": "now"}


class TestVersion2:
    @pytest.fixture(autouse=True)
    def version_2_is_live(self, versions):
        versions.add(VERSION_2, title="Reworded statements").publish()

    def test_its_pages_ask_its_statements_and_background_questions(self, started):
        for number, items in enumerate(VERSION_2.item_pages, start=1):
            page = unescape(started.get(page_url(number)).content.decode())
            assert all(item.text["en"] in page for item in items)
        page = unescape(started.get(page_url(5)).content.decode())
        assert all(question.text["en"] in page for question in VERSION_2.background)

    @pytest.mark.parametrize(
        ("years", "role"),
        [
            ({"B1_sales": "6", "B1_service": "none"}, "sales-manager"),
            ({"B1_sales": "4", "B1_service": "6"}, "sales-representative"),
        ],
    )
    def test_years_in_the_suggested_field_choose_the_job_page(self, client, years, role):
        take_quiz(client, SALES, {**years, "B2": "soon"})
        assert only_attempt().background == {**years, "B2": "soon"}
        page = client.get("/quiz/result/").content.decode()
        assert re.findall('data-role="(.*?)"', page) == [role]

    def test_background_answer_to_version_1_is_refused(self, started):
        assert started.post(page_url(5), {"B1": "6"}).status_code == HTTPStatus.BAD_REQUEST


class TestBadInput:
    @pytest.mark.parametrize(
        "data",
        [
            {"P1": "0"},
            {"P1": "6"},
            {"P1": "-1"},
            {"P1": "3.0"},
            {"P1": "three"},
            {"P1": "\x00"},
            {"P1": str(2**63)},
            {"P1": str(10**30)},
            {"P1": "٣"},
            {"Z9": "3"},
            {"E7": "3"},
            {"P1\x00": "3"},
            {"B1": "6"},
        ],
        ids=repr,
    )
    def test_bad_input_gets_an_explanation_and_changes_nothing(self, started, data):
        started.post(page_url(1), {"P1": "2"})
        response = started.post(page_url(1), {"E2": "4"} | data)
        page = response.content.decode()
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert 'class="btn" href="/quiz/1/"' in page
        assert only_attempt().values() == {"P1": 2}

    def test_unknown_background_answer_is_refused(self, started):
        response = started.post(page_url(5), {"B1": "7"})
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert only_attempt().background == {}

    @pytest.mark.parametrize("value", [None, "forged", "A:B", "\x00"])
    @pytest.mark.parametrize("url", ["/quiz/1/", "/quiz/5/", "/quiz/result/"])
    def test_without_an_attempt_the_page_says_how_to_start(self, client, url, value):
        if value is not None:
            set_cookie(client, value)
        response = client.get(url)
        assert response.status_code == HTTPStatus.FORBIDDEN
        assert 'href="/quiz/"' in response.content.decode()
        if url != "/quiz/result/":
            assert client.post(url, {"P1": "3"}).status_code == HTTPStatus.FORBIDDEN
        assert not Attempt.objects.exists()

    def test_cookie_of_a_deleted_attempt_is_refused(self, started):
        delete_attempts(Attempt.objects.all())
        response = started.get(page_url(1))
        never_started = type(started)().get(page_url(1))
        assert response.status_code == never_started.status_code == HTTPStatus.FORBIDDEN
        assert heading(response) != heading(never_started)
        assert 'class="btn" href="/quiz/"' in response.content.decode()

    def test_code_signed_for_another_purpose_is_refused(self, started):
        code = Signer(salt="quiz.attempt").unsign(
            started.cookies[settings.ATTEMPT_COOKIE_NAME].value
        )
        set_cookie(started, Signer(salt="something else").sign(code))
        assert started.get(page_url(1)).status_code == HTTPStatus.FORBIDDEN


class TestFinished:
    def test_post_after_finishing_changes_nothing_and_redirects_to_the_result(self, finished):
        before = Attempt.objects.values().get()
        for page in (1, 4, 5):
            data = {"B1": "0"} if page == 5 else dict.fromkeys(page_answers(page, SALES), "1")
            assert finished.post(page_url(page), data).url == "/quiz/result/"
            assert finished.get(page_url(page)).url == "/quiz/result/"
        assert Attempt.objects.values().get() == before

    def test_attempt_finishes_on_the_version_it_started_with(self, started):
        draft = QuestionnaireVersion.objects.add(SHIPPED, title="Next")
        draft.publish()
        for page in range(1, 5):
            started.post(page_url(page), page_answers(page, SALES))
        started.post(page_url(5), {})
        assert only_attempt().result["questionnaire"] == 1

    def test_empty_attempt_of_an_older_version_is_not_reused(self, started):
        QuestionnaireVersion.objects.add(SHIPPED, title="Next").publish()
        started.post("/quiz/")
        assert Attempt.objects.count() == 2


class TestQueries:
    """The number of queries; a frozen version is loaded once per process."""

    @pytest.fixture(autouse=True)
    def _warm(self, started):
        started.get(page_url(1))

    @pytest.mark.parametrize("url", ["/", "/quiz/", page_url(1), page_url(5)])
    def test_viewing_a_page_takes_at_most_3_queries(
        self, started, url, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(3):
            started.get(url)

    def test_saving_a_page_takes_at_most_5_queries(self, started, django_assert_max_num_queries):
        started.post(page_url(1), page_answers(1, SALES))
        with django_assert_max_num_queries(5):
            started.post(page_url(2), page_answers(2, SALES))

    def test_first_answers_take_3_more_to_give_the_start_back(
        self, started, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(8):
            started.post(page_url(1), page_answers(1, SALES))

    def test_finishing_takes_at_most_5_queries(self, started, django_assert_max_num_queries):
        for page in range(1, 5):
            started.post(page_url(page), page_answers(page, SALES))
        with django_assert_max_num_queries(5):
            assert started.post(page_url(5), {}).url == "/quiz/result/"

    def test_result_takes_at_most_4_queries_and_the_next_one_2(
        self, finished, django_assert_max_num_queries
    ):
        for most in (4, 2):
            with django_assert_max_num_queries(most):
                assert finished.get("/quiz/result/").status_code == HTTPStatus.OK
