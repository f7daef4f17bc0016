"""A counselor's account pages: setting up, encrypting and protecting the second factor."""

import re
from datetime import timedelta
from html import unescape
from http import HTTPStatus

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from quiz.web.errors import PageError
from quizsite import urls
from quizsite.accounts import SecondFactor
from tests.factories import PASSWORD, code_of, make_counselor, set_up_second_factor, signed_in
from tests.pages import give_password, text_of
from tests.passkey import add_passkey
from tests.quiz.counseling.account_urls import lets_in

pytestmark = pytest.mark.usefixtures("with_accounts")


@pytest.mark.slow
class TestSetUp:
    @pytest.fixture
    def client(self, client, counselor):
        client.force_login(counselor.user)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        return client

    def shown_secret(self, client):
        page = client.get(reverse("mfa_activate_totp")).content.decode()
        return re.search('<code class="secret">([A-Z2-7]+)</code>', page)[1]

    def test_setup_code_logs_in_and_shows_recovery_codes(self, client):
        code = code_of(self.shown_secret(client))
        response = client.post(reverse("mfa_activate_totp"), {"code": code})
        assert response.url == reverse("mfa_view_recovery_codes")
        page = client.get(response.url).content.decode()
        assert len(re.findall(r"<code>\d{8}</code>", page)) == 10
        assert lets_in(client)

    def set_up(self, client, code):
        return client.post(reverse("mfa_activate_totp"), {"code": code})

    def test_reloading_keeps_the_secret(self, client, clock):
        secret = self.shown_secret(client)
        clock.shift(timedelta(minutes=14))
        assert self.shown_secret(client) == self.shown_secret(client) == secret
        assert self.set_up(client, code_of(secret)).url == reverse("mfa_view_recovery_codes")

    def test_head_request_keeps_the_secret(self, client):
        secret = self.shown_secret(client)
        client.head(reverse("mfa_activate_totp"))
        assert self.shown_secret(client) == secret

    def test_wrong_code_keeps_the_secret(self, client):
        secret = self.shown_secret(client)
        page = self.set_up(client, "000000").content.decode()
        assert f'<code class="secret">{secret}</code>' in page
        assert 'data-secret="replaced"' not in page
        assert self.shown_secret(client) == secret
        assert self.set_up(client, code_of(secret)).url == reverse("mfa_view_recovery_codes")

    def test_button_makes_a_new_secret(self, client):
        secret = self.shown_secret(client)
        assert 'name="new"' in client.get(reverse("mfa_activate_totp")).content.decode()
        response = client.post(reverse("mfa_activate_totp"), {"new": "1"})
        assert response.url == reverse("mfa_activate_totp")
        new = self.shown_secret(client)
        assert new != secret
        assert self.set_up(client, code_of(secret)).status_code == HTTPStatus.OK
        assert self.set_up(client, code_of(new)).url == reverse("mfa_view_recovery_codes")

    def test_after_15_minutes_the_page_shows_a_new_secret_and_says_so(self, client, clock):
        secret = self.shown_secret(client)
        assert 'data-secret="replaced"' not in text_of(client.get(reverse("mfa_activate_totp")))
        clock.shift(timedelta(minutes=15))
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        page = text_of(client.get(reverse("mfa_activate_totp")))
        assert 'data-secret="replaced"' in page
        assert secret not in page
        assert 'data-secret="replaced"' not in text_of(client.get(reverse("mfa_activate_totp")))

    def test_code_for_an_old_secret_is_not_called_wrong(self, client, clock):
        code = code_of(self.shown_secret(client))
        clock.shift(timedelta(minutes=15))
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        page = text_of(self.set_up(client, code))
        assert 'data-secret="replaced"' in page
        assert 'role="alert"' not in page
        assert f'<code class="secret">{self.shown_secret(client)}</code>' in page
        assert not Authenticator.objects.exists()

    def test_secret_leaves_the_session_when_the_app_is_set_up(self, client):
        secret = self.shown_secret(client)
        self.set_up(client, code_of(secret))
        assert secret not in str(dict(client.session))

    @pytest.mark.parametrize("shape", ["{} {}", "{}-{}", "\u200b{}\u00a0{}", "Code: {}{}"])
    def test_code_may_be_written_in_two_groups(self, client, shape):
        code = code_of(self.shown_secret(client))
        response = self.set_up(client, shape.format(code[:3], code[3:]))
        assert response.url == reverse("mfa_view_recovery_codes")

    def test_wrong_code_sets_up_nothing(self, client):
        self.shown_secret(client)
        client.post(reverse("mfa_activate_totp"), {"code": "12345"})
        assert not Authenticator.objects.exists()

    def test_second_click_keeps_the_app(self, client):
        code = code_of(self.shown_secret(client))
        client.post(reverse("mfa_activate_totp"), {"code": code})
        kept = Authenticator.objects.get(type="totp").data
        response = client.post(reverse("mfa_activate_totp"), {"code": code})
        assert response.url == reverse("mfa_index")
        assert Authenticator.objects.get(type="totp").data == kept

    def test_simultaneous_clicks_set_up_one_app(self, client, counselor, monkeypatch):
        code = code_of(self.shown_secret(client))
        set_up_second_factor(counselor)
        # The second click read before the first one wrote.
        looks = iter([None])
        monkeypatch.setattr("quizsite.account_views.app_of", lambda user: next(looks))
        monkeypatch.setattr("allauth.mfa.totp.views.is_mfa_enabled", lambda user, types: False)
        response = client.post(reverse("mfa_activate_totp"), {"code": code})
        assert response.url == reverse("mfa_index")

    def test_setup_asks_for_the_password_first(self, client_class, counselor):
        client = client_class()
        client.force_login(counselor.user)
        response = client.get(reverse("mfa_activate_totp"))
        assert response.url.startswith(reverse("account_reauthenticate"))

    def test_app_entry_names_site_and_account(self, client, counselor):
        context = client.get(reverse("mfa_activate_totp")).context
        assert "issuer=Sales%20or%20service%3F" in context["totp_url"]
        assert "dana.reed" in context["totp_url"]


LOOKED_AT = ["mfa_index", "mfa_view_recovery_codes", "mfa_download_recovery_codes"]
FILLED_IN = ["mfa_deactivate_totp", "account_change_password", "mfa_generate_recovery_codes"]
GUARDED = [(name, "get") for name in LOOKED_AT + FILLED_IN] + [(name, "post") for name in FILLED_IN]


class TestPasswordAlone:
    """A password without a code must not give access to the second factor."""

    @pytest.fixture
    def client(self, client, counselor, codes):
        client.force_login(counselor.user)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        return client

    @pytest.mark.parametrize(("name", "method"), GUARDED)
    def test_password_alone_shows_and_changes_nothing(self, client, codes, name, method):
        kept = list(Authenticator.objects.values())
        response = getattr(client, method)(reverse(name))
        assert response.url.startswith(reverse("mfa_reauthenticate"))
        assert list(Authenticator.objects.values()) == kept

    def test_password_alone_sets_up_no_second_app(self, client):
        assert client.get(reverse("mfa_activate_totp")).url == reverse("mfa_index")


class TestMessages:
    def test_changed_password_is_confirmed_in_our_words(self, desk):
        new = "four plain words here"
        data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        page = text_of(desk.post(reverse("account_change_password"), data, follow=True))
        assert re.search(r'role="status">\s*You changed your password\.', page)

    def test_every_message_of_an_account_is_ours(self):
        for name, words in (
            ("account/messages/logged_out.txt", "You're logged out."),
            ("mfa/messages/totp_activated.txt", "Two-step login is on."),
            ("mfa/messages/totp_deactivated.txt", "We removed your app. Now set up the next one."),
            ("mfa/messages/recovery_codes_generated.txt", "These are your new recovery codes."),
        ):
            assert unescape(render_to_string(name)).strip() == words


class TestSecrets:
    def test_secrets_are_encrypted_in_the_database(self, counselor, secret, codes):
        kept = str(list(Authenticator.objects.values_list("data", flat=True)))
        assert secret not in kept
        assert not any(code in kept for code in codes)

    def test_fallback_key_still_decrypts(self, settings):
        settings.SECRET_KEY = "old" * 20
        kept = SecondFactor().encrypt("ABC")
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, ["old" * 20]
        assert SecondFactor().decrypt(kept) == "ABC"

    def test_lost_key_error_says_what_to_do(self, settings):
        kept = SecondFactor().encrypt("ABC")
        settings.SECRET_KEY = "new" * 20
        with pytest.raises(PageError, match="check your code"):
            SecondFactor().decrypt(kept)


def account_names():
    """Without those of the provider, which this site doesn't have."""
    names = {pattern.name for pattern in urls.accounts}
    return sorted(name for name in names if not name.startswith("provider_"))


class TestPages:
    @pytest.fixture
    def pages(self, client, client_class, counselor, codes):
        """Every account page, in a state in which it can be opened."""
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
            "mfa_login_webauthn": client,
        }
        passkey = add_passkey(counselor.user)
        args = {
            "mfa_remove_webauthn": [passkey.pk],
            "account_reset_password_from_key": ["1", "set-password"],
        }
        return {
            name: browser.get(reverse(name, args=args.get(name)))
            for name, browser in browsers.items()
        }

    def html(self, pages):
        for name, page in pages.items():
            assert page.status_code == HTTPStatus.OK, name
            if page["Content-Type"].startswith("text/html"):
                yield name, page.content.decode()

    @pytest.mark.slow
    def test_pages_have_one_heading_a_title_and_noindex(self, pages):
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

    def test_pages_follow_the_content_security_policy(self, pages):
        for name, page in self.html(pages):
            page = re.sub('<script (type="module" src=|id="passkey-options")', "", page)
            forbidden = re.findall(r"<script|<style|\sstyle=|\son[a-z]+=|data:|<img", page)
            assert forbidden == [], name

    def test_pages_are_not_cached(self, pages):
        kept = {n for n, page in pages.items() if page["Cache-Control"] != "no-store"}
        assert kept == set()

    def test_recovery_codes_can_be_downloaded(self, pages, codes):
        assert pages["mfa_download_recovery_codes"].content.decode().split() == codes

    @pytest.mark.parametrize(
        "rest", ["signup/", "email/", "password/set/", "social/", "login/code/"]
    )
    def test_other_pages_of_the_package_are_missing(self, client, rest):
        assert client.get(f"/counselor/account/{rest}").status_code == HTTPStatus.NOT_FOUND

    @pytest.mark.parametrize(("name", "field"), [("account_login", "login")])
    def test_phones_change_nothing_in_an_address(self, pages, name, field):
        tag = re.search(f'<input[^>]*name="{field}"[^>]*>', text_of(pages[name]))[0]
        assert 'autocapitalize="none"' in tag
        assert 'autocorrect="off"' in tag

    def test_error_is_next_to_its_field(self, client):
        page = client.post(reverse("account_login"), {"login": "no address"}).content.decode()
        assert 'aria-describedby=" id_password_error"' in page
        assert 'role="alert"' in page
        assert 'value="no address"' in page


class TestVisitors:
    @pytest.mark.parametrize("address", ["/", "/quiz/", "/roles/", "/missing/"])
    def test_visitors_get_no_session_and_no_account_query(self, client, content, address):
        client.get(address)
        response = client.get(address)
        assert settings.SESSION_COOKIE_NAME not in response.cookies
        assert not hasattr(response.wsgi_request, "user")
        assert "sessionid" not in str(response.cookies)

    def test_login_page_starts_no_session(self, client):
        client.get(reverse("account_login"))
        assert settings.SESSION_COOKIE_NAME not in client.cookies
