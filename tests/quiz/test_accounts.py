"""Accounts of counselors: password, second factor, and who gets to the pages behind them."""

import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.http import HttpResponse
from django.urls import path, reverse

from quiz.errors import PageError
from quiz.views.counseling.access import (
    SECOND_FACTOR_HOURS,
    counselor_required,
    signed_in_counselor,
)
from quizsite import urls
from quizsite.accounts import SecondFactor
from tests.quiz.counselors import (
    PASSWORD,
    code_of,
    give_code,
    give_password,
    make_counselor,
    set_up_second_factor,
    signed_in,
)

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
BEHIND = "/counselor/behind/"


@counselor_required
def behind(request, counselor):
    return HttpResponse(f"Hello {counselor.name}")


def whose(request):
    return HttpResponse(str(signed_in_counselor(request)))


# The site with two pages of the tests' own: one that only counselors open, one that only asks.
urlpatterns = [
    path("counselor/behind/", behind),
    path("counselor/whose/", whose),
    *urls.urlpatterns,
]
handler403, handler404, handler429 = urls.handler403, urls.handler404, urls.handler429


@pytest.fixture(autouse=True)
def with_pages_of_the_tests(settings):
    settings.ROOT_URLCONF = "tests.quiz.test_accounts"


@pytest.fixture(autouse=True)
def _forget_attempts():
    """Attempts are counted in the cache, which no test rolls back."""
    cache.clear()


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as travelled:
        yield travelled


@pytest.fixture
def counselor(clock):
    return make_counselor()


@pytest.fixture
def secret(counselor):
    return set_up_second_factor(counselor)


@pytest.fixture
def codes(counselor, secret):
    return RecoveryCodes.activate(counselor.user).generate_codes()


def lets_in(client):
    return client.get(BEHIND).status_code == HTTPStatus.OK


class TestLogIn:
    def test_password_and_code_open_the_page_that_was_asked_for(self, client, counselor, secret):
        asked = client.get(BEHIND)
        assert asked.url == f"{reverse('account_login')}?next={BEHIND}"
        assert give_password(client, counselor, to=BEHIND).url == reverse("mfa_authenticate")
        assert give_code(client, code_of(secret)).url == BEHIND
        assert client.get(BEHIND).content == b"Hello Dana Reed"

    def test_the_password_alone_opens_nothing(self, client, counselor, secret):
        give_password(client, counselor)
        assert client.get(BEHIND).status_code == HTTPStatus.FOUND
        assert "_auth_user_id" not in client.session

    def test_a_wrong_password_is_told_from_no_other_mistake(self, client, counselor, secret):
        wrong = give_password(client, counselor, "something else")
        unknown = client.post(
            reverse("account_login"), {"login": "nobody@counselors.example", "password": PASSWORD}
        )
        summary = re.compile('<div class="error-summary".*?</div>', re.DOTALL)
        said = [summary.search(page.content.decode())[0] for page in (wrong, unknown)]
        assert said[0] == said[1]

    def test_a_wrong_code_opens_nothing(self, client, counselor, secret):
        give_password(client, counselor)
        wrong = f"{(int(code_of(secret)) + 1) % 1_000_000:06}"
        assert "Incorrect code" in give_code(client, wrong).content.decode()
        assert not lets_in(client)

    def test_a_code_works_once(self, client, client_class, counselor, secret):
        give_password(client, counselor)
        give_code(client, code_of(secret))
        second = client_class()
        give_password(second, counselor)
        assert give_code(second, code_of(secret)).status_code == HTTPStatus.OK
        assert not lets_in(second)

    def test_a_recovery_code_works_instead_and_once(self, client, client_class, counselor, codes):
        give_password(client, counselor)
        give_code(client, codes[0])
        assert lets_in(client)
        second = client_class()
        give_password(second, counselor)
        give_code(second, codes[0])
        assert not lets_in(second)

    def test_after_five_wrong_codes_the_right_one_must_wait(self, client, counselor, secret, clock):
        give_password(client, counselor)
        for _ in range(5):
            give_code(client, "000000000")
        assert "Too many" in give_code(client, code_of(secret)).content.decode()
        clock.shift(timedelta(minutes=6))
        assert give_code(client, code_of(secret)).status_code == HTTPStatus.FOUND

    def test_after_five_wrong_passwords_the_right_one_must_wait(
        self, client_class, counselor, secret
    ):
        for _ in range(5):
            give_password(client_class(), counselor, "something else")
        assert "Too many" in give_password(client_class(), counselor).content.decode()

    def test_guesses_are_counted_whatever_host_they_name(
        self, client_class, counselor, secret, settings
    ):
        settings.ALLOWED_HOSTS = ["*"]
        data = {"login": counselor.user.email, "password": "something else"}
        for host in "abcde":
            client_class().post(reverse("account_login"), data, headers={"host": host})
        assert "Too many" in give_password(client_class(), counselor).content.decode()

    def test_an_address_that_sends_too_much_gets_a_page_that_says_to_wait(self, client):
        for _ in range(31):
            response = client.post(reverse("account_login"), {})
        assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert "<h1>That was tried too often</h1>" in response.content.decode()

    def test_it_leads_to_no_other_site(self, client, counselor, secret):
        give_password(client, counselor, to="https://evil.example/")
        assert give_code(client, code_of(secret)).url == reverse("quiz:caseload")

    def test_the_session_ends_with_the_browser(self, client, counselor, secret):
        give_password(client, counselor)
        give_code(client, code_of(secret))
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        assert (cookie["max-age"], cookie["expires"]) == ("", "")

    def test_logging_out_takes_a_post_and_leads_to_the_log_in(self, counselor):
        client = signed_in(counselor)
        client.get(reverse("account_logout"))
        assert lets_in(client)
        assert client.post(reverse("account_logout")).url == reverse("account_login")
        assert not lets_in(client)


class TestWhoGetsIn:
    def test_a_session_by_both_factors_does(self, counselor):
        assert lets_in(signed_in(counselor))

    def test_the_answer_is_kept_in_no_cache(self, client, counselor):
        assert signed_in(counselor).get(BEHIND)["Cache-Control"] == "no-store"
        assert client.get(BEHIND)["Cache-Control"] == "no-store"

    def test_without_a_second_factor_one_is_set_up_first(self, client, counselor):
        client.force_login(counselor.user)
        assert client.get(BEHIND).url == reverse("mfa_activate_totp")

    def test_a_log_in_to_the_admin_asks_for_the_second_factor(self, client, counselor, secret):
        User.objects.filter(pk=counselor.user.pk).update(is_staff=True)
        data = {"username": counselor.user.username, "password": PASSWORD}
        client.post(reverse("admin:login"), data)
        assert client.get(BEHIND).url == f"{reverse('mfa_reauthenticate')}?next={BEHIND}"
        page = f"{reverse('mfa_reauthenticate')}?next={BEHIND}"
        assert client.post(page, {"code": code_of(secret)}).url == BEHIND
        assert lets_in(client)

    def test_what_was_sent_is_not_asked_for_as_a_page_after_the_log_in(self, client):
        assert client.post(BEHIND).url == reverse("account_login")

    def test_an_account_without_counselor_is_refused(self, client):
        client.force_login(User.objects.create_user("editor", is_staff=True))
        assert client.get(BEHIND).status_code == HTTPStatus.FORBIDDEN

    def test_a_code_of_an_app_that_was_removed_counts_no_more(self, counselor, clock):
        client = signed_in(counselor)
        clock.shift(1)
        Authenticator.objects.all().delete()
        set_up_second_factor(counselor)
        assert client.get(BEHIND).url.startswith(reverse("mfa_reauthenticate"))

    def test_a_code_is_good_for_a_working_day(self, counselor, clock):
        client = signed_in(counselor)
        clock.shift(timedelta(hours=SECOND_FACTOR_HOURS, seconds=-1))
        assert lets_in(client)
        clock.shift(2)
        assert not lets_in(client)

    def test_closing_the_account_ends_its_session_at_once(self, counselor):
        client = signed_in(counselor)
        User.objects.filter(pk=counselor.user.pk).update(is_active=False)
        assert not lets_in(client)

    def test_closing_the_account_ends_a_log_in_half_way(self, client, counselor, secret):
        give_password(client, counselor)
        User.objects.filter(pk=counselor.user.pk).update(is_active=False)
        give_code(client, code_of(secret))
        assert not lets_in(client)

    def test_a_closed_account_is_told_so_and_only_with_its_password(self, client, counselor):
        User.objects.filter(pk=counselor.user.pk).update(is_active=False)
        assert "closed" not in give_password(client, counselor, "something else").content.decode()
        response = give_password(client, counselor)
        assert "This account is closed" in client.get(response.url).content.decode()

    def test_a_new_password_ends_the_other_sessions(self, counselor):
        here, elsewhere = signed_in(counselor), signed_in(counselor)
        data = {"oldpassword": PASSWORD, "password1": "quite another one", "password2": ""}
        here.post(reverse("account_change_password"), data | {"password2": data["password1"]})
        assert lets_in(here)
        assert not lets_in(elsewhere)


class TestWhoseBrowser:
    def whose(self, client):
        return client.get("/counselor/whose/").content.decode()

    def test_nobody_is_known_without_a_session(self, client):
        assert self.whose(client) == "None"

    def test_a_counselor_is_known_also_by_the_password_alone(self, client, counselor, secret):
        client.force_login(counselor.user)
        assert self.whose(client) == "Dana Reed"

    def test_a_closed_account_is_nobody(self, counselor):
        client = signed_in(counselor)
        User.objects.filter(pk=counselor.user.pk).update(is_active=False)
        assert self.whose(client) == "None"

    def test_an_administrator_is_no_counselor(self, client):
        client.force_login(User.objects.create_superuser("root"))
        assert self.whose(client) == "None"


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
            "quiz.views.counseling.access.second_factor_of", lambda user: next(looks)
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
