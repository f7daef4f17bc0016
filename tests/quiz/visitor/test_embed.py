"""The quiz in a frame: who may frame it, how it goes on without cookies, and what leads out."""

import dataclasses
import re
from datetime import timedelta
from html import unescape
from http import HTTPStatus

import pytest
import time_machine
from django.conf import settings as site_settings
from django.core import signing
from django.db import OperationalError

from quiz.attempts.codes import grouped
from quiz.attempts.models import Attempt
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.visitor.embed_tokens import token_of
from tests.answers import SHIPPED, leaning, page_answers
from tests.matrix_rows import NO_ONE, ROWS
from tests.matrix_world import World, url_of
from tests.pages import chosen, only_attempt, take_quiz, text_of
from tests.quiz.visitor import invited

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

ANSWERS = leaning("sales", 7)
PARENTS = ["https://www.example.org", "https://careers.example.org:8443"]
EMBED, OPEN, SCRIPT = "/embed/", "/embed/open/", "/embed/height.js"


@pytest.fixture(autouse=True)
def _parents(settings):
    settings.EMBED_ORIGINS = PARENTS


def field(response, name) -> str:
    return re.search(f'name="{name}" value="([^"]*)"', text_of(response))[1]


def start(browser):
    """Start in the frame; return the first page."""
    return browser.post(EMBED, {"form": field(browser.get(EMBED), "form")})


def send(browser, shown, answers=None, go="next"):
    """Send the form of the page that is shown; return the next one."""
    return browser.post(EMBED, {"attempt": field(shown, "attempt"), "go": go, **(answers or {})})


def finish(browser):
    """Take the whole quiz in the frame; return the last page."""
    shown = start(browser)
    for page in range(1, 5):
        shown = send(browser, shown, page_answers(page, ANSWERS))
    return send(browser, shown, {"B1": "6"})


def heading(response) -> str:
    found = re.search("<h1>(.*?)</h1>", text_of(response), re.S)[1]
    return unescape(" ".join(found.split()))


def ancestors(response) -> list[str]:
    policy = response["Content-Security-Policy"]
    return re.search("frame-ancestors ([^;]*)", policy)[1].split()


def is_framed_by_parents_only(response) -> bool:
    return ancestors(response) == PARENTS and "X-Frame-Options" not in response


class TestFraming:
    def test_introduction_and_pages_are_framed_by_the_named_origins_only(self, client):
        for response in (client.get(EMBED), start(client), finish(client)):
            assert is_framed_by_parents_only(response)
            assert "default-src 'none'" in response["Content-Security-Policy"]
            assert response["Cache-Control"] == "no-store"

    def test_without_origins_there_is_nothing(self, client, settings):
        settings.EMBED_ORIGINS = []
        for response in (client.get(EMBED), client.post(EMBED), client.get(SCRIPT)):
            assert response.status_code == HTTPStatus.NOT_FOUND
            assert response["X-Frame-Options"] == "DENY"
        assert client.post(OPEN, {"attempt": "x"}).status_code == HTTPStatus.NOT_FOUND

    @pytest.mark.slow
    def test_no_other_address_can_be_framed(self, monkeypatch):
        monkeypatch.setattr("quiz.results.pdf.PROCESS.lay_out", lambda page: b"%PDF")
        world, framed = World(), set()
        for name, row in ROWS.items():
            for role in {NO_ONE, *list(row.who)[:1]}:
                response = world.browsers[role].get(url_of(name, world))
                if response.streaming:
                    list(response)  # a file response stays open until it is read
                if ancestors(response) == ["'none'"]:
                    assert response["X-Frame-Options"] == "DENY", name
                else:
                    framed.add(name)
        assert framed == {"embed"}

    def test_result_is_not_opened_in_a_frame(self, client):
        response = client.post(OPEN, {"attempt": field(finish(client), "attempt")})
        assert response["X-Frame-Options"] == "DENY"
        assert ancestors(response) == ["'none'"]

    def test_errors_can_be_framed_too(self, client):
        response = client.post(EMBED, {"attempt": "forged"})
        assert response.status_code == HTTPStatus.FORBIDDEN
        assert is_framed_by_parents_only(response)
        assert heading(response) == "We can't continue here"

    def test_errors_that_no_view_answers_can_be_framed_too(self, client, monkeypatch):
        refused = client.post(EMBED, headers={"sec-fetch-site": "cross-site"})
        unreadable = client.post(EMBED, "{}", content_type="application/json")
        monkeypatch.setattr("quiz.visitor.embed._introduction", lambda: 1 / 0)
        client.raise_request_exception = False
        broken = client.get(EMBED)
        for response, status in ((refused, 403), (unreadable, 415), (broken, 500)):
            assert response.status_code == status
            assert is_framed_by_parents_only(response)
            assert response["Cache-Control"] == "no-store"

    def test_form_of_another_site_is_refused(self, client):
        shown = start(client)
        sent = {"attempt": field(shown, "attempt"), **page_answers(1, ANSWERS)}
        other = {"sec-fetch-site": "cross-site", "origin": PARENTS[0]}
        assert client.post(EMBED, sent, headers=other).status_code == HTTPStatus.FORBIDDEN
        assert only_attempt().is_empty

    def test_every_link_opens_a_tab(self, client):
        refused = client.post(EMBED, {"attempt": "forged"})
        for response in (client.get(EMBED), start(client), finish(client), refused):
            links = re.findall("<a [^>]*>", text_of(response))
            assert links
            assert all('target="_blank"' in link for link in links)

    def test_pages_name_the_origins_that_scripts_may_tell(self, client):
        assert f'data-parents="{" ".join(PARENTS)}"' in text_of(client.get(EMBED))


class TestTaking:
    def test_quiz_is_taken_without_a_cookie(self, client):
        response = finish(client)
        assert heading(response) == "You've finished"
        assert only_attempt().is_finished
        assert only_attempt().values() == ANSWERS
        assert only_attempt().background == {"B1": "6"}
        assert not client.cookies

    def test_cookie_of_the_browser_is_not_read(self, client):
        take_quiz(client, ANSWERS)
        client.cookies[site_settings.THEME_COOKIE_NAME] = "dark"
        page = text_of(client.get(EMBED))
        assert "dark" not in page.split("<main")[0].replace("light dark", "")
        assert "result" not in page
        shown = start(client)
        assert Attempt.objects.count() == 2
        assert len({attempt.person for attempt in Attempt.objects.all()}) == 2
        assert chosen(shown) == {}

    def test_code_and_token_are_in_no_address(self, client):
        shown = start(client)
        assert client.get(EMBED, {"attempt": field(shown, "attempt")}).status_code == HTTPStatus.OK
        assert "<fieldset" not in text_of(client.get(EMBED, {"attempt": field(shown, "attempt")}))
        for address in re.findall('(?:href|src|action)="([^"]*)"', text_of(shown)):
            assert field(shown, "attempt") not in address

    def test_missing_answers_are_named_and_the_others_saved(self, client):
        shown = start(client)
        first, *others = page_answers(1, ANSWERS)
        response = send(client, shown, {key: str(ANSWERS[key]) for key in others})
        assert heading(response) == "How much do you agree?"
        assert f'href="#id_{first}_1"' in text_of(response)
        assert set(chosen(response)) == set(others)
        assert set(only_attempt().answers) == set(others)

    def test_back_saves_and_shows_the_page_before(self, client):
        shown = send(client, start(client), page_answers(1, ANSWERS))
        second = {key: str(value) for key, value in page_answers(2, ANSWERS).items()}
        back = send(client, shown, second, go="back")
        assert chosen(back) == {key: str(ANSWERS[key]) for key in page_answers(1, ANSWERS)}
        assert set(second) < set(only_attempt().answers)

    def test_page_sent_twice_changes_nothing(self, client):
        shown = start(client)
        for _click in range(2):
            response = send(client, shown, page_answers(1, ANSWERS))
        assert len(only_attempt().answers) == len(page_answers(1, ANSWERS))
        assert "2 of" in text_of(response)

    def test_start_sent_twice_starts_one_quiz(self, client):
        mark = {"form": field(client.get(EMBED), "form")}
        for _click in range(2):
            client.post(EMBED, mark)
        assert Attempt.objects.count() == 1

    def test_old_start_form_shows_no_ones_answers(self, client):
        mark = {"form": field(client.get(EMBED), "form")}
        send(client, client.post(EMBED, mark), page_answers(1, ANSWERS))
        assert "<fieldset" not in text_of(client.post(EMBED, mark))

    def test_last_page_sent_with_a_gap_before_it_shows_the_gap(self, client):
        shown = start(client)
        last = client.post(EMBED, {"attempt": token_of(with_code(shown), 5), "go": "next"})
        assert "answers are missing" in text_of(last)
        assert not only_attempt().is_finished

    def test_finished_quiz_cannot_be_changed(self, client):
        shown = start(client)
        finished = shown
        for page in range(1, 5):
            finished = send(client, finished, page_answers(page, ANSWERS))
        send(client, finished)
        changed = dict.fromkeys(page_answers(1, ANSWERS), "3")
        assert heading(send(client, shown, changed)) == "You've finished"
        assert only_attempt().values() == ANSWERS

    def test_version_without_last_questions_is_finished_with_its_statements(self, client):
        short = dataclasses.replace(SHIPPED, number=None, background=())
        QuestionnaireVersion.objects.add(short, title="Short").publish()
        shown = start(client)
        for page in range(1, 5):
            shown = send(client, shown, page_answers(page, ANSWERS))
        assert heading(shown) == "You've finished"

    def test_answers_deleted_while_a_page_is_saved_are_an_error_that_explains(
        self, client, monkeypatch
    ):
        shown = start(client)

        def vanish(*arguments, **more):
            raise Attempt.DoesNotExist

        monkeypatch.setattr(Attempt, "save_answers", vanish)
        response = send(client, shown, page_answers(1, ANSWERS))
        assert heading(response) == "We can't continue here"

    @pytest.mark.parametrize("sent", [{"P1": "9"}, {"X": "1"}, {"research": "maybe"}])
    def test_unknown_answer_is_refused(self, client, sent):
        response = send(client, start(client), sent)
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert is_framed_by_parents_only(response)
        assert only_attempt().is_empty

    def test_consent_to_research_is_off_until_it_is_ticked(self, client):
        shown = start(client)
        for page in range(1, 5):
            shown = send(client, shown, page_answers(page, ANSWERS))
        assert 'id="id_research_yes"' in text_of(shown)
        send(client, shown, {"research": "yes"}, go="back")
        assert only_attempt().allows_research
        send(client, shown)
        assert not only_attempt().allows_research


def with_code(shown) -> Attempt:
    """Return the attempt of a page as its owner's request has it: with its code."""
    code = re.search('class="code">([^<]+)<', text_of(shown))[1]
    return Attempt.objects.by_code(code.replace("-", ""))


class TestToken:
    @pytest.mark.parametrize("token", ["", "x", "x:y:z", "\u00e9", "a" * 5000])
    def test_forged_token_opens_nothing(self, client, token):
        assert client.post(EMBED, {"attempt": token}).status_code == HTTPStatus.FORBIDDEN
        assert client.post(OPEN, {"attempt": token}).status_code == HTTPStatus.FORBIDDEN

    def test_value_that_was_signed_for_something_else_opens_nothing(self, client):
        code = with_code(start(client)).code
        other = signing.dumps([code, 1], salt="quiz.attempt")
        assert client.post(EMBED, {"attempt": other}).status_code == HTTPStatus.FORBIDDEN

    def test_token_works_for_a_day(self, client):
        with time_machine.travel("2026-12-01T09:00:00Z", tick=False) as clock:
            shown = start(client)
            clock.shift(timedelta(hours=24) - timedelta(seconds=1))
            assert send(client, shown, page_answers(1, ANSWERS)).status_code == HTTPStatus.OK
            clock.shift(timedelta(seconds=2))
            response = send(client, shown, page_answers(2, ANSWERS))
            assert response.status_code == HTTPStatus.FORBIDDEN
            assert set(only_attempt().answers) == set(page_answers(1, ANSWERS))
            assert grouped(with_code(shown).code) in text_of(response)
            assert 'href="/quiz/resume/"' in text_of(response)

    def test_token_of_deleted_answers_opens_nothing(self, client):
        shown = start(client)
        browser = type(client)()
        browser.post(OPEN, {"attempt": field(shown, "attempt")})
        browser.post("/quiz/data/delete/", {"is_sure": "on"})
        assert send(client, shown).status_code == HTTPStatus.FORBIDDEN


class TestLimits:
    def test_starts_count_as_on_the_site(self, client, settings):
        settings.STARTS_PER_NETWORK = 2
        for _start in range(2):
            start(client)
        response = start(client)
        assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert is_framed_by_parents_only(response)
        assert client.post("/quiz/").status_code == HTTPStatus.TOO_MANY_REQUESTS

    def test_start_that_is_used_is_given_back(self, client, settings):
        settings.STARTS_PER_NETWORK = 1
        for _start in range(3):
            send(client, start(client), page_answers(1, ANSWERS))
        assert Attempt.objects.count() == 3

    def test_what_could_not_be_saved_can_be_sent_again(self, client, monkeypatch):
        shown = start(client)

        def fail(*arguments, **more):
            raise OperationalError("down")

        with monkeypatch.context() as patched:
            patched.setattr(Attempt, "save_answers", fail)
            response = send(client, shown, page_answers(1, ANSWERS))
        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert is_framed_by_parents_only(response)
        assert int(response["Retry-After"]) > 0
        sent = dict(re.findall('name="([^"]*)" value="([^"]*)"', text_of(response)))
        client.post(EMBED, sent)
        assert len(only_attempt().answers) == len(page_answers(1, ANSWERS))


class TestOpening:
    def test_last_page_shows_the_code_and_opens_the_result_in_a_new_tab(self, client):
        shown = finish(client)
        page = text_of(shown)
        assert re.search(r"<main [^>]*data-finished", page)
        form = re.search(f'<form[^>]*action="{OPEN}"[^>]*>', page)[0]
        assert 'target="_blank"' in form
        assert grouped(with_code(shown).code) in page
        for shown_of_the_result in ("data-band", "sales", "lean", "suggest"):
            assert shown_of_the_result not in page.split("<main")[1].split("<h1>")[1], (
                shown_of_the_result
            )

    def test_tab_of_the_site_gets_the_cookie_and_the_result(self, client, stranger):
        response = stranger.post(OPEN, {"attempt": field(finish(client), "attempt")})
        assert response.url == "/quiz/result/"
        cookie = response.cookies[site_settings.ATTEMPT_COOKIE_NAME]
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
        assert stranger.get("/quiz/result/").status_code == HTTPStatus.OK

    def test_other_answers_in_the_browser_are_not_lost_without_their_code(self, client, stranger):
        take_quiz(stranger, ANSWERS)
        before = re.search('class="code">([^<]+)<', text_of(stranger.get("/quiz/result/")))[1]
        sent = {"attempt": field(finish(client), "attempt")}
        response = stranger.post(OPEN, sent)
        assert response.status_code == HTTPStatus.OK
        assert before in text_of(response)
        assert not response.cookies
        assert stranger.post(OPEN, sent | {"replace": "1"}).url == "/quiz/result/"
        after = text_of(stranger.get("/quiz/result/"))
        assert before not in after

    def test_invited_client_who_has_not_answered_yet_keeps_their_way_back(
        self, client, stranger, link
    ):
        invited.start(stranger, link)
        response = stranger.post(OPEN, {"attempt": field(finish(client), "attempt")})
        assert response.status_code == HTTPStatus.OK
        assert "This browser holds other answers" in text_of(response)
        assert not response.cookies

    def test_second_click_on_the_button_just_opens_it(self, client, stranger):
        sent = {"attempt": field(finish(client), "attempt")}
        for _click in range(2):
            assert stranger.post(OPEN, sent).url == "/quiz/result/"


class TestScript:
    def test_script_may_be_loaded_by_other_sites(self, client):
        response = client.get(SCRIPT)
        assert response["Content-Type"] == "text/javascript; charset=utf-8"
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert response["Cache-Control"] == "public, max-age=3600"

    def test_script_has_at_most_2_kb(self, client):
        assert len(client.get(SCRIPT).content) <= 2048
