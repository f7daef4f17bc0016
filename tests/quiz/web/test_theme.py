"""The light or dark theme that a visitor chose."""

from http import HTTPStatus

import pytest
from django.conf import settings

from quiz.attempts.models import Attempt
from quiz.web.theme import AS_DEVICE, DARK, LIGHT, SWITCH_ANCHOR
from tests.answers import page_answers, towards
from tests.pages import page_url, take_quiz

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

PAGES = ["/", "/quiz/", "/roles/", "/roles/sales-manager/", "/accessibility/", "/nowhere/"]
OPEN_TO_OTHERS = ["/roles/", "/roles/sales-manager/", "/accessibility/"]


def html(client, path: str) -> str:
    return client.get(path).content.decode()


def has_theme(client, path: str, theme: str) -> bool:
    return f'<html lang="en" data-theme="{theme}">' in html(client, path)


def choose(client, theme: str, **headers):
    return client.post("/theme/", {"go": theme}, headers=headers)


@pytest.mark.parametrize("path", PAGES)
class TestEveryPage:
    def test_page_has_no_theme_until_the_visitor_chooses_one(self, client, path):
        assert '<html lang="en">' in html(client, path)

    @pytest.mark.parametrize("theme", [LIGHT, DARK])
    def test_page_has_the_chosen_theme(self, client, path, theme):
        choose(client, theme)
        assert has_theme(client, path, theme)
        assert f'content="{theme}"' in html(client, path)

    def test_only_the_button_of_the_current_choice_is_pressed(self, client, path):
        assert 'value="device" aria-pressed="true"' in html(client, path)
        choose(client, DARK)
        page = html(client, path)
        assert 'value="dark" aria-pressed="true"' in page
        assert page.count('aria-pressed="true"') == 1


@pytest.mark.parametrize("path", OPEN_TO_OTHERS)
def test_public_page_varies_by_cookie(client, path):
    assert "Cookie" in client.get(path)["Vary"]


def test_choosing_the_device_theme_drops_the_earlier_choice(client):
    choose(client, DARK)
    choose(client, AS_DEVICE)
    assert '<html lang="en">' in html(client, "/")


def test_quiz_pages_and_result_have_the_chosen_theme(client):
    choose(client, DARK)
    client.post("/quiz/")
    assert has_theme(client, page_url(1), DARK)
    take_quiz(client, towards("sales"))
    assert has_theme(client, "/quiz/result/", DARK)


def test_theme_of_one_visitor_does_not_reach_another(client, client_class):
    choose(client, DARK)
    html(client, "/quiz/")
    assert '<html lang="en">' in html(client_class(), "/quiz/")


@pytest.mark.parametrize("cookie", ['"><script>', "blue", ""])
def test_unknown_theme_in_the_cookie_is_ignored(client, cookie):
    client.cookies[settings.THEME_COOKIE_NAME] = cookie
    assert '<html lang="en">' in html(client, "/")


class TestSwitch:
    @pytest.mark.parametrize("theme", ["blue", "next", ""])
    def test_unknown_theme_is_not_found(self, client, theme):
        assert choose(client, theme).status_code == HTTPStatus.NOT_FOUND
        assert settings.THEME_COOKIE_NAME not in client.cookies

    def test_get_is_not_allowed(self, client):
        assert client.get("/theme/").status_code == HTTPStatus.METHOD_NOT_ALLOWED

    @pytest.mark.parametrize(
        ("came_from", "leads_to"),
        [
            ("http://testserver/roles/", "/roles/"),
            ("http://testserver/quiz/1/?missing", "/quiz/1/?missing"),
            ("http://elsewhere.example/roles/", "/"),
            ("javascript:alert(1)", "/"),
            ("http://testserver//elsewhere.example/", "/elsewhere.example/"),
            ("", "/"),
        ],
    )
    def test_switch_redirects_to_the_same_page_and_never_to_another_site(
        self, client, came_from, leads_to
    ):
        assert choose(client, DARK, referer=came_from).url == f"{leads_to}{SWITCH_ANCHOR}"

    def test_theme_cookie_is_http_only_and_lax(self, client):
        cookie = choose(client, DARK).cookies[settings.THEME_COOKIE_NAME]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


class TestOnAPageOfTheQuiz:
    """The switch is part of the form: without a script, no chosen answer may get lost."""

    def test_answers_are_saved_and_the_same_page_comes_back(self, client):
        client.post("/quiz/")
        answers = page_answers(1, towards("sales"))
        response = client.post(page_url(1), {**answers, "go": DARK})
        assert response.url == f"{page_url(1)}{SWITCH_ANCHOR}"
        assert has_theme(client, page_url(1), DARK)
        assert Attempt.objects.get().values() == answers

    def test_switching_does_not_end_the_time_of_the_page(self, client):
        client.post("/quiz/")
        client.post(page_url(1), {"P1": 4, "go": DARK})
        assert "ms" not in Attempt.objects.get().answers["P1"]

    def test_empty_page_comes_back_without_errors(self, client):
        client.post("/quiz/")
        response = client.post(page_url(1), {"go": LIGHT}, follow=True)
        assert "missing" not in response.content.decode()

    def test_background_answers_are_saved_without_finishing(self, client):
        client.post("/quiz/")
        for page in range(1, 5):
            client.post(page_url(page), page_answers(page, towards("sales")))
        response = client.post(page_url(5), {"B1": "4", "go": DARK})
        assert response.url == f"{page_url(5)}{SWITCH_ANCHOR}"
        attempt = Attempt.objects.get()
        assert attempt.background == {"B1": "4"}
        assert not attempt.is_finished
