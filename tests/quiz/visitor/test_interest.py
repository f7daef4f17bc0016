"""Whether a visitor could see themselves in a role: asked after the result, counted once."""

import re
from contextlib import ExitStack
from datetime import UTC, datetime
from http import HTTPStatus

import pytest
from django.db import transaction
from django.template.loader import render_to_string

from quiz.attempts.models import Attempt
from quiz.core.verdict import CLEAR
from quiz.evidence.folding import delete_attempts, refold
from quiz.evidence.interest_rates import rates_by_band_and_fit
from quiz.evidence.models import Interest, InterestCount
from quiz.evidence.models.interest import rates_of
from quiz.questionnaires.models import QuestionnaireVersion
from roles.models import Role
from tests.answers import alike, leaning, page_answers, scoring, towards
from tests.pages import chosen, only_attempt, take_quiz
from tests.roles.pages import FOUR, SALES, SALES_LEAD, SERVICE, SERVICE_LEAD, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

PAGE = f"/roles/{SALES}/"
QUESTION = "Could you see yourself doing this?"
NOW = datetime(2026, 11, 25, tzinfo=UTC)
SOMEONE = ("leaning", "", 0, "", 1)  # who got this suggestion and gave any answer
LEANING_TO_SALES = leaning("sales", 7)


def fit_url(role):
    return f"/quiz/fit/{role}/"


def say(client, role=SALES, **said):
    """Send answers: `yes=SALES` says yes to that role."""
    return client.post(fit_url(role), {slug: answer for answer, slug in said.items()})


def interests():
    return dict(Interest.objects.values_list("role", "answer"))


def counts():
    fields = ("band", "side", "fit", "answer", "people")
    return sorted(InterestCount.objects.values_list(*fields))


def asked(response):
    """The legends of the question, in order."""
    question = re.search(r'id="fit".*?</form>', response.content.decode(), re.S)
    return re.findall(r"<legend>(.*?)</legend>", question[0]) if question else []


@pytest.fixture
def owner(client):
    take_quiz(client, LEANING_TO_SALES)
    return client


class TestTheQuestion:
    def test_owner_of_a_result_is_asked_about_the_role_and_its_counterpart(self, owner):
        assert sorted(asked(owner.get(PAGE))) == [
            "Customer service representative",
            "Sales representative",
        ]
        assert sorted(asked(owner.get(f"/roles/{SERVICE_LEAD}/"))) == [
            "Customer service manager",
            "Sales manager",
        ]

    def test_question_is_folded_until_it_was_answered(self, owner):
        def is_open():
            before, _, _ = owner.get(PAGE).content.decode().partition('id="fit"')
            _, _, fold = before.rpartition("<details")
            return " open>" in fold

        assert not is_open()
        say(owner, yes=SALES)
        assert is_open()

    @pytest.mark.parametrize("address", [PAGE, f"/roles/{SERVICE}/"])
    def test_order_of_the_two_roles_was_drawn_at_the_start(self, owner, address):
        Attempt.objects.update(shows_sales_first=True)
        before = asked(owner.get(address))
        assert before == ["Sales representative", "Customer service representative"]
        Attempt.objects.update(shows_sales_first=False)
        assert asked(owner.get(address)) == before[::-1]

    def test_visitors_without_a_finished_attempt_are_not_asked(self, client, client_class):
        client.post("/quiz/")
        client.post("/quiz/1/", page_answers(1, LEANING_TO_SALES))
        for browser in (client, client_class()):
            html = browser.get(PAGE).content.decode()
            assert QUESTION not in html

    def test_comparisons_do_not_ask(self, owner):
        assert QUESTION not in owner.get(FOUR).content.decode()

    def test_question_adds_one_query_to_the_role_page(self, owner, django_assert_num_queries):
        owner.get(PAGE)
        with django_assert_num_queries(3):
            owner.get(PAGE)

    def test_deleted_role_is_not_asked_about(self, owner):
        Role.objects.get(slug=SERVICE).delete()
        assert asked(owner.get(PAGE)) == ["Sales representative"]


class TestSaying:
    def test_saving_redirects_to_the_question_with_the_answers_checked(self, owner):
        assert "Saved." not in words_of(owner.get(PAGE).content.decode())
        response = say(owner, yes=SALES, unsure=SERVICE)
        assert (response.status_code, response.url) == (HTTPStatus.FOUND, f"{PAGE}#fit")
        assert response["Cache-Control"] == "no-store"
        page = owner.get(PAGE)
        assert chosen(page) == {SALES: "yes", SERVICE: "unsure"}
        assert re.search(r'role="status"><strong>Saved\.', page.content.decode())
        assert "Saved." not in words_of(owner.get(f"/roles/{SALES_LEAD}/").content.decode())

    def test_answer_about_one_role_leaves_the_other_unchanged(self, owner):
        say(owner, yes=SALES)
        assert interests() == {SALES: "yes"}
        say(owner, no=SERVICE)
        assert interests() == {SALES: "yes", SERVICE: "no"}

    def test_new_answer_replaces_the_old_one(self, owner):
        say(owner, yes=SALES)
        say(owner, no=SALES)
        assert interests() == {SALES: "no"}

    def test_interest_does_not_change_the_result(self, owner):
        before = Attempt.objects.values().get()
        say(owner, no=SALES, yes=SERVICE)
        assert Attempt.objects.values().get() == before

    def test_empty_form_shows_the_question_again_with_earlier_answers(self, owner):
        say(owner, yes=SALES)
        response = say(owner)
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert 'class="error-summary"' in response.content.decode()
        assert chosen(response) == {SALES: "yes"}
        assert owner.get(fit_url(SALES)).status_code == HTTPStatus.OK

    @pytest.mark.parametrize(
        "sent",
        [{SALES: "maybe"}, {SALES: ""}, {SALES: "yes", SALES_LEAD: "yes"}, {"P1": "yes"}],
    )
    def test_unknown_role_or_answer_is_refused_and_not_saved(self, owner, sent):
        response = owner.post(fit_url(SALES), sent)
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert f'href="{PAGE}#fit"' in response.content.decode()
        assert interests() == {}

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_unknown_role_is_not_found(self, owner, method):
        assert getattr(owner, method)(fit_url("pilot")).status_code == HTTPStatus.NOT_FOUND

    def test_unfinished_attempt_redirects_to_its_open_page(self, client):
        client.post("/quiz/")
        assert say(client, yes=SALES).url == "/quiz/1/"
        assert interests() == {}

    def test_page_opened_before_a_retake_cannot_answer_for_the_new_attempt(self, owner):
        old = only_attempt()
        take_quiz(owner, towards("service"))
        response = owner.post(fit_url(SALES), {"attempt": old.mark, SALES: "yes"})
        assert response.status_code == HTTPStatus.CONFLICT
        assert interests() == {}

    def test_attempt_deleted_during_the_request_gets_an_error_page(self, owner, monkeypatch):
        stale = only_attempt()
        delete_attempts(Attempt.objects.filter(pk=stale.pk))
        monkeypatch.setattr("quiz.visitor.own_attempt.own_attempt", lambda request: stale)
        assert say(owner, yes=SALES).status_code == HTTPStatus.FORBIDDEN
        assert (interests(), counts()) == ({}, [])


class TestCounting:
    def test_answers_are_counted_by_band_side_and_fit(self, owner):
        say(owner, yes=SALES, no=SERVICE)
        assert 0 < only_attempt().result["lean"] < 10
        assert counts() == [
            SOMEONE,
            ("leaning", "other", 40, "no", 1),
            ("leaning", "suggested", 50, "yes", 1),
        ]

    def test_changed_answer_moves_from_one_count_to_the_other(self, owner):
        say(owner, yes=SALES)
        say(owner, no=SALES)
        say(owner, no=SALES)
        assert counts() == [SOMEONE, ("leaning", "suggested", 50, "no", 1)]

    def test_both_levels_count_and_the_person_counts_once(self, owner):
        say(owner, yes=SALES)
        say(owner, SALES_LEAD, yes=SALES_LEAD)
        assert counts() == [SOMEONE, ("leaning", "suggested", 50, "yes", 2)]

    def test_with_no_suggestion_neither_side_is_the_suggested_one(self, client):
        take_quiz(client, scoring(100, 0, 50))
        say(client, yes=SALES, no=SERVICE)
        assert counts() == [
            ("close", "", 0, "", 1),
            ("close", "neither", 40, "no", 1),
            ("close", "neither", 50, "yes", 1),
        ]

    def test_careless_answers_and_retakes_are_stored_but_not_counted(self, client, client_class):
        careless = client_class()
        take_quiz(careless, alike(3))
        say(careless, yes=SALES)
        for _each in range(2):
            take_quiz(client, LEANING_TO_SALES)
        say(client, yes=SALES)
        assert Interest.objects.count() == 2
        assert counts() == []

    def test_several_people_add_up(self, client_class):
        for _each in range(3):
            browser = client_class()
            take_quiz(browser, LEANING_TO_SALES)
            say(browser, unsure=SERVICE)
        assert counts() == [(*SOMEONE[:-1], 3), ("leaning", "other", 40, "unsure", 3)]

    def test_concurrent_answers_of_one_person_are_counted_correctly(self, owner):
        first, second = only_attempt(), only_attempt()
        Interest.objects.say(first, {SALES: "yes"}, NOW)
        Interest.objects.say(second, {SALES: "yes", SERVICE: "no"}, NOW)
        assert counts() == [
            SOMEONE,
            ("leaning", "other", 40, "no", 1),
            ("leaning", "suggested", 50, "yes", 1),
        ]

    def test_failure_midway_changes_neither_answers_nor_counts(self, owner, monkeypatch):
        monkeypatch.setattr(
            "quiz.evidence.models.interest.InterestCountQuerySet.adjust", lambda *_args: 1 / 0
        )
        with ExitStack() as stack:
            stack.enter_context(pytest.raises(ZeroDivisionError))
            stack.enter_context(transaction.atomic())
            Interest.objects.say(only_attempt(), {SALES: "yes"}, NOW)
        assert interests() == {}


class TestTakingOutAndRebuilding:
    @pytest.fixture
    def three(self, client_class):
        """Browsers of three people who answered, one of them carelessly, and one twice."""
        browsers = [client_class() for _each in range(3)]
        for browser, answers in zip(
            browsers, [LEANING_TO_SALES, towards("service"), alike(3)], strict=True
        ):
            take_quiz(browser, answers)
            say(browser, yes=SALES, no=SERVICE)
            say(browser, SERVICE_LEAD, unsure=SERVICE_LEAD)
        take_quiz(browsers[0], towards("sales"))
        say(browsers[0], no=SALES)
        return browsers

    def test_rebuilding_the_counts_gives_the_same_rows(self, three):
        before = counts()
        assert len(before) == 2 + 3 + 3
        InterestCount.objects.all().delete()
        refold()
        assert counts() == before
        refold()
        assert counts() == before

    def test_deleting_everything_takes_the_person_out_of_the_counts(self, three):
        three[0].post("/quiz/data/delete/", {"is_sure": "on"})
        after = counts()
        assert {band for band, *_rest in after} == {CLEAR}
        refold()
        assert counts() == after
        three[1].post("/quiz/data/delete/", {"is_sure": "on"})
        three[2].post("/quiz/data/delete/", {"is_sure": "on"})
        assert (interests(), counts()) == ({}, [])


class TestRates:
    def test_rates_are_read_in_one_query(self, owner, django_assert_num_queries):
        say(owner, yes=SALES, no=SERVICE)
        InterestCount.objects.filter(side="").update(people=50)
        InterestCount.objects.exclude(side="").update(people=40)
        version_id = QuestionnaireVersion.objects.live_id()
        with django_assert_num_queries(1):
            rates = rates_of(version_id, "en")
        assert rates.people == 50
        assert [row.rate.n for row in rates.by_band] == [0, 0, 40, 40, 0]
        assert rates_of(version_id, "de") is None

    def test_rates_say_that_interest_is_not_accuracy(self, owner):
        say(owner, yes=SALES, no=SERVICE)
        InterestCount.objects.update(people=50)
        rates = rates_of(QuestionnaireVersion.objects.live_id(), "en")
        html = render_to_string("quiz/method/_interest_rates.html", {"rates": rates})
        words = words_of(html)
        assert "This is interest, not accuracy" in words
        assert "Leaning: the suggested job (50 answers) 100 0 0" in words
        assert "Clear: the suggested job too few answers" in words
        assert "40–60 (100 answers) 50 0 50" in words
        assert html.count('width="400"') == 2
        of_few = render_to_string(
            "quiz/method/_interest_rates.html", {"rates": rates_by_band_and_fit([])}
        )
        assert of_few.count('class="note"') == 1
        assert "<table" not in of_few
