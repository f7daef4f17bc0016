"""Forms of visitors are accepted from our own pages only; those of staff need their token."""

from http import HTTPStatus

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory

from quiz.attempts.models import Attempt
from quizsite.forgery import ForgedForms
from tests.pages import views

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

OWN = "http://testserver"
OTHER = "https://other.example"
FROM_ELSEWHERE = {"sec-fetch-site": "cross-site", "origin": OTHER}


def start(**headers):
    return Client(enforce_csrf_checks=True).post("/quiz/", headers=headers)


class TestVisitors:
    @pytest.mark.parametrize(
        "headers",
        [
            {"sec-fetch-site": "same-origin", "origin": OWN},
            {"sec-fetch-site": "same-origin", "origin": "null"},
            {"sec-fetch-site": "none"},
            {"origin": OWN},
            {},
        ],
        ids=str,
    )
    def test_form_of_our_own_page_is_accepted(self, headers):
        assert start(**headers).url == "/quiz/1/"
        assert Attempt.objects.count() == 1

    @pytest.mark.parametrize(
        "headers",
        [
            FROM_ELSEWHERE,
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site", "origin": "http://blog.testserver"},
            {"sec-fetch-site": "anything", "origin": "null"},
            {"origin": OTHER},
            {"origin": "https://testserver"},
            {"origin": "null"},
            {"origin": ""},
        ],
        ids=str,
    )
    def test_form_of_another_site_is_refused_and_changes_nothing(self, headers):
        assert start(**headers).status_code == HTTPStatus.FORBIDDEN
        assert not Attempt.objects.exists()

    def test_site_that_the_settings_trust_may_send_forms(self, settings):
        settings.CSRF_TRUSTED_ORIGINS = [OTHER]
        assert start(**FROM_ELSEWHERE).url == "/quiz/1/"

    def test_every_address_refuses_forms_of_other_sites(self):
        guard = ForgedForms(lambda request: HttpResponse())
        request = RequestFactory().post("/", headers=FROM_ELSEWHERE)
        open_to_all = {
            route for route, view in views() if guard.process_view(request, view, (), {}) is None
        }
        assert {route for route in open_to_all if not route.startswith("api/")} == set()

    def test_page_can_be_opened_from_another_site(self, client):
        assert client.get("/quiz/", headers=FROM_ELSEWHERE).status_code == HTTPStatus.OK

    def test_page_holds_no_token_and_sets_no_cookie(self, client):
        response = client.get("/quiz/")
        assert "csrf" not in response.text
        assert not response.cookies

    def test_cookie_stays_behind_when_another_site_sends_a_form(self, client):
        client.post("/quiz/")
        assert client.cookies[settings.ATTEMPT_COOKIE_NAME]["samesite"] == "Lax"


class TestStaff:
    @pytest.mark.parametrize("path", ["/counselor/account/login/", "/admin/login/"])
    def test_form_needs_its_token_from_our_own_page_too(self, path):
        headers = {"sec-fetch-site": "same-origin", "origin": OWN}
        response = Client(enforce_csrf_checks=True).post(path, headers=headers)
        assert response.status_code == HTTPStatus.FORBIDDEN

    def test_address_without_cookies_says_to_allow_them(self):
        bare = Client(enforce_csrf_checks=True)
        refused = bare.post("/counselor/account/login/").text
        bare.get("/counselor/account/login/")
        assert "allow cookies" in refused.lower()
        assert "allow cookies" not in bare.post("/counselor/account/login/").text.lower()
