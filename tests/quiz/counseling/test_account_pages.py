"""The pages of a counselor's account: the second factor is set up, kept secret, and guarded."""

import re
from http import HTTPStatus

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.urls import reverse

from quiz.web.errors import PageError
from quizsite import urls
from quizsite.accounts import SecondFactor
from tests.factories import PASSWORD, code_of, make_counselor, set_up_second_factor, signed_in
from tests.pages import give_password
from tests.quiz.counseling.account_urls import lets_in

pytestmark = pytest.mark.usefixtures("with_accounts")


class TestSetUp:
    @pytest.fixture
    def client(self, client, counselor):
        client.force_login(counselor.user)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        return client

    def shown_secret(self, client):
        page = client.get(reverse("mfa_activate_totp")).content.decode()
        return re.search('<code class="secret">([A-Z2-7]+)</code>', page)[1]

    def test_the_code_of_the_app_lets_in_at_once_and_shows_recovery_codes(self, client):
        code = code_of(self.shown_secret(client))
        response = client.post(reverse("mfa_activate_totp"), {"code": code})
        assert response.url == reverse("mfa_view_recovery_codes")
        page = client.get(response.url).content.decode()
        assert len(re.findall(r"<code>\d{8}</code>", page)) == 10
        assert lets_in(client)

    def test_a_wrong_code_sets_nothing_up(self, client):
        self.shown_secret(client)
        client.post(reverse("mfa_activate_totp"), {"code": "12345"})
        assert not Authenticator.objects.exists()

    def test_a_second_click_changes_nothing(self, client):
        code = code_of(self.shown_secret(client))
        client.post(reverse("mfa_activate_totp"), {"code": code})
        kept = Authenticator.objects.get(type="totp").data
        response = client.post(reverse("mfa_activate_totp"), {"code": code})
        assert response.url == reverse("mfa_index")
        assert Authenticator.objects.get(type="totp").data == kept

    def test_two_clicks_at_the_same_moment_are_one(self, client, counselor, monkeypatch):
        code = code_of(self.shown_secret(client))
        set_up_second_factor(counselor)
        # The second click looked before the first one wrote.
        looks = iter([None])
        monkeypatch.setattr(
            "quiz.counseling.views.access.second_factor_of", lambda user: next(looks)
        )
        monkeypatch.setattr("allauth.mfa.totp.views.is_mfa_enabled", lambda user, types: False)
        response = client.post(reverse("mfa_activate_totp"), {"code": code})
        assert response.url == reverse("mfa_index")

    def test_the_password_is_asked_for_first(self, client_class, counselor):
        client = client_class()
        client.force_login(counselor.user)
        response = client.get(reverse("mfa_activate_totp"))
        assert response.url.startswith(reverse("account_reauthenticate"))

    def test_the_app_names_the_site_and_the_account(self, client, counselor):
        context = client.get(reverse("mfa_activate_totp")).context
        assert "issuer=Sales%20or%20service%3F" in context["totp_url"]
        assert "dana.reed" in context["totp_url"]


LOOKED_AT = ["mfa_index", "mfa_view_recovery_codes", "mfa_download_recovery_codes"]
FILLED_IN = ["mfa_deactivate_totp", "account_change_password", "mfa_generate_recovery_codes"]
GUARDED = [(name, "get") for name in LOOKED_AT + FILLED_IN] + [(name, "post") for name in FILLED_IN]


class TestPasswordAlone:
    """Whoever has a password, but no code, must not get at the second factor."""

    @pytest.fixture
    def client(self, client, counselor, codes):
        client.force_login(counselor.user)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        return client

    @pytest.mark.parametrize(("name", "method"), GUARDED)
    def test_it_neither_shows_nor_changes_anything(self, client, codes, name, method):
        kept = list(Authenticator.objects.values())
        response = getattr(client, method)(reverse(name))
        assert response.url.startswith(reverse("mfa_reauthenticate"))
        assert list(Authenticator.objects.values()) == kept

    def test_it_sets_up_no_second_app(self, client):
        assert client.get(reverse("mfa_activate_totp")).url == reverse("mfa_index")


class TestKeptSecrets:
    def test_the_database_holds_no_readable_secret(self, counselor, secret, codes):
        kept = str(list(Authenticator.objects.values_list("data", flat=True)))
        assert secret not in kept
        assert not any(code in kept for code in codes)

    def test_a_key_before_the_present_one_still_opens(self, settings):
        settings.SECRET_KEY = "old" * 20
        kept = SecondFactor().encrypt("ABC")
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, ["old" * 20]
        assert SecondFactor().decrypt(kept) == "ABC"

    def test_a_lost_key_says_what_to_do(self, settings):
        kept = SecondFactor().encrypt("ABC")
        settings.SECRET_KEY = "new" * 20
        with pytest.raises(PageError, match="second step"):
            SecondFactor().decrypt(kept)


def account_names():
    return sorted(pattern.name for pattern in urls.accounts)


class TestPages:
    @pytest.fixture
    def pages(self, client, client_class, counselor, codes):
        """Each page of an account in a state in which it answers."""
        inside = signed_in(counselor)
        inside.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        newcomer = client_class()
        newcomer.force_login(make_counselor().user)
        newcomer.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        half_way = client_class()
        give_password(half_way, counselor)
        browsers = dict.fromkeys(account_names(), inside) | {
            **dict.fromkeys(["account_login", "account_inactive"], client),
            "mfa_authenticate": half_way,
            "mfa_activate_totp": newcomer,
        }
        return {name: browser.get(reverse(name)) for name, browser in browsers.items()}

    def html(self, pages):
        for name, page in pages.items():
            assert page.status_code == HTTPStatus.OK, name
            if page["Content-Type"].startswith("text/html"):
                yield name, page.content.decode()

    def test_each_has_one_heading_a_title_and_no_place_in_search_engines(self, pages):
        for name, page in self.html(pages):
            assert page.count("<h1>") == 1, name
            assert re.search("<title>[^ <-]", page), name
            assert '<meta name="robots" content="noindex">' in page, name

    def test_each_input_has_a_label(self, pages):
        for name, page in self.html(pages):
            labelled = re.findall('<label for="([^"]*)"', page)
            for field in re.findall("<input[^>]*>", page):
                if 'type="hidden"' not in field:
                    assert re.search('id="([^"]*)"', field)[1] in labelled, (name, field)

    def test_none_holds_what_the_policy_forbids(self, pages):
        for name, page in self.html(pages):
            forbidden = re.findall(r"<script|<style|\sstyle=|\son[a-z]+=|data:|<img", page)
            assert forbidden == [], name

    def test_none_is_kept_in_a_cache(self, pages):
        kept = {n for n, page in pages.items() if page["Cache-Control"] != "no-store"}
        assert kept == set()

    def test_the_codes_can_be_saved_as_a_file(self, pages, codes):
        assert pages["mfa_download_recovery_codes"].content.decode().split() == codes

    @pytest.mark.parametrize(
        "rest", ["signup/", "email/", "password/reset/", "password/set/", "social/", "login/code/"]
    )
    def test_nothing_else_of_the_package_is_there(self, client, rest):
        assert client.get(f"/counselor/account/{rest}").status_code == HTTPStatus.NOT_FOUND

    def test_a_mistake_is_said_in_words_beside_its_field(self, client):
        page = client.post(reverse("account_login"), {"login": "no address"}).content.decode()
        assert 'aria-describedby=" id_login_error"' in page
        assert 'role="alert"' in page
        assert 'value="no address"' in page


class TestVisitors:
    @pytest.mark.parametrize("address", ["/", "/quiz/", "/roles/", "/missing/"])
    def test_they_get_no_session_and_cost_no_account(self, client, content, address):
        client.get(address)
        response = client.get(address)
        assert settings.SESSION_COOKIE_NAME not in response.cookies
        assert not hasattr(response.wsgi_request, "user")
        assert "sessionid" not in str(response.cookies)

    def test_the_page_to_log_in_begins_no_session(self, client):
        client.get(reverse("account_login"))
        assert settings.SESSION_COOKIE_NAME not in client.cookies
