"""Counselor accounts: access with a password and a second factor."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse

from quiz.counseling.views.access import SECOND_FACTOR_HOURS
from tests.factories import PASSWORD, code_of, set_up_second_factor, signed_in
from tests.pages import give_code, give_password
from tests.quiz.counseling.account_urls import BEHIND, lets_in

pytestmark = pytest.mark.usefixtures("with_accounts")


class TestLogIn:
    def test_password_and_code_open_the_requested_page(self, client, counselor, secret):
        asked = client.get(BEHIND)
        assert asked.url == f"{reverse('account_login')}?next={BEHIND}"
        assert give_password(client, counselor, to=BEHIND).url == reverse("mfa_authenticate")
        assert give_code(client, code_of(secret)).url == BEHIND
        assert client.get(BEHIND).content == b"Hello Dana Reed"

    def test_password_alone_opens_nothing(self, client, counselor, secret):
        give_password(client, counselor)
        assert client.get(BEHIND).status_code == HTTPStatus.FOUND
        assert "_auth_user_id" not in client.session

    def test_wrong_password_gets_the_same_error_as_other_mistakes(self, client, counselor, secret):
        wrong = give_password(client, counselor, "something else")
        unknown = client.post(
            reverse("account_login"), {"login": "nobody@counselors.example", "password": PASSWORD}
        )
        summary = re.compile('<div class="error-summary".*?</div>', re.DOTALL)
        said = [summary.search(page.content.decode())[0] for page in (wrong, unknown)]
        assert said[0] == said[1]

    def test_wrong_code_opens_nothing(self, client, counselor, secret):
        give_password(client, counselor)
        wrong = f"{(int(code_of(secret)) + 1) % 1_000_000:06}"
        assert "error-summary" in give_code(client, wrong).content.decode()
        assert not lets_in(client)

    def test_a_code_works_once(self, client, client_class, counselor, secret):
        give_password(client, counselor)
        give_code(client, code_of(secret))
        second = client_class()
        give_password(second, counselor)
        assert give_code(second, code_of(secret)).status_code == HTTPStatus.OK
        assert not lets_in(second)

    @pytest.mark.parametrize("shape", ["{} {}", "{}\u2212{}", "“{}{}”", "\ufeff{}\u200b{}"])
    def test_code_works_as_it_was_copied(self, client, counselor, secret, shape):
        give_password(client, counselor)
        code = code_of(secret)
        give_code(client, shape.format(code[:3], code[3:]))
        assert lets_in(client)

    def test_code_in_full_width_digits_works_once(self, client, client_class, counselor, secret):
        wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code_of(secret))
        give_password(client, counselor)
        give_code(client, wide)
        assert lets_in(client)
        second = client_class()
        give_password(second, counselor)
        give_code(second, code_of(secret))
        assert not lets_in(second)

    def test_recovery_code_works_in_groups(self, client, counselor, codes):
        give_password(client, counselor)
        give_code(client, f"{codes[0][:4]}\u00a0{codes[0][4:]}")
        assert lets_in(client)

    def test_code_that_confirms_works_as_it_was_copied(self, client, counselor, secret):
        client.force_login(counselor.user)
        code = code_of(secret)
        page = f"{reverse('mfa_reauthenticate')}?next={BEHIND}"
        assert client.post(page, {"code": f"{code[:3]}\u00a0{code[3:]}"}).url == BEHIND

    @pytest.mark.parametrize("shape", [" {} ", "<{}>", "mailto:{}", "\u200b{}\ufeff", "{}."])
    def test_address_works_as_it_was_copied(self, client, counselor, secret, shape):
        address = shape.format(counselor.user.email)
        response = client.post(
            reverse("account_login"), {"login": address, "password": PASSWORD, "next": ""}
        )
        assert response.url == reverse("mfa_authenticate")

    def test_recovery_code_works_once(self, client, client_class, counselor, codes):
        give_password(client, counselor)
        give_code(client, codes[0])
        assert lets_in(client)
        second = client_class()
        give_password(second, counselor)
        give_code(second, codes[0])
        assert not lets_in(second)

    def test_five_wrong_codes_lock_the_right_one(self, client, counselor, secret, clock):
        give_password(client, counselor)
        for _ in range(5):
            give_code(client, "000000000")
        assert "Too many" in give_code(client, code_of(secret)).content.decode()
        clock.shift(timedelta(minutes=6))
        assert give_code(client, code_of(secret)).status_code == HTTPStatus.FOUND

    def test_five_wrong_passwords_lock_the_right_one(self, client_class, counselor, secret):
        for _ in range(5):
            give_password(client_class(), counselor, "something else")
        assert "Too many" in give_password(client_class(), counselor).content.decode()

    @pytest.mark.slow
    def test_guesses_count_for_any_host_header(self, client_class, counselor, secret, settings):
        settings.ALLOWED_HOSTS = ["*"]
        data = {"login": counselor.user.email, "password": "something else"}
        for host in "abcde":
            client_class().post(reverse("account_login"), data, headers={"host": host})
        assert "Too many" in give_password(client_class(), counselor).content.decode()

    def test_rate_limit_shows_a_page_that_says_to_wait(self, client):
        for _ in range(31):
            response = client.post(reverse("account_login"), {})
        assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert 'class="lede"' in response.content.decode()

    def test_login_redirects_to_no_other_site(self, client, counselor, secret):
        give_password(client, counselor, to="https://evil.example/")
        assert give_code(client, code_of(secret)).url == reverse("quiz:caseload")

    def test_session_ends_with_the_browser(self, client, counselor, secret):
        give_password(client, counselor)
        give_code(client, code_of(secret))
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        assert (cookie["max-age"], cookie["expires"]) == ("", "")

    def test_logout_needs_a_post_and_redirects_to_the_login(self, counselor):
        client = signed_in(counselor)
        client.get(reverse("account_logout"))
        assert lets_in(client)
        assert client.post(reverse("account_logout")).url == reverse("account_login")
        assert not lets_in(client)


class TestAccess:
    def test_session_with_both_factors_gets_in(self, counselor):
        assert lets_in(signed_in(counselor))

    def test_pages_are_not_cached(self, client, counselor):
        assert signed_in(counselor).get(BEHIND)["Cache-Control"] == "no-store"
        assert client.get(BEHIND)["Cache-Control"] == "no-store"

    def test_missing_second_factor_is_set_up_first(self, client, counselor):
        client.force_login(counselor.user)
        assert client.get(BEHIND).url == reverse("mfa_activate_totp")

    def test_admin_login_still_needs_the_second_factor(self, client, counselor, secret):
        User.objects.filter(pk=counselor.user.pk).update(is_staff=True)
        data = {"username": counselor.user.username, "password": PASSWORD}
        client.post(reverse("admin:login"), data)
        assert client.get(BEHIND).url == f"{reverse('mfa_reauthenticate')}?next={BEHIND}"
        page = f"{reverse('mfa_reauthenticate')}?next={BEHIND}"
        assert client.post(page, {"code": code_of(secret)}).url == BEHIND
        assert lets_in(client)

    def test_login_after_a_post_does_not_redirect_back(self, client):
        assert client.post(BEHIND).url == reverse("account_login")

    def test_account_without_counselor_is_refused(self, client):
        client.force_login(User.objects.create_user("editor", is_staff=True))
        assert client.get(BEHIND).status_code == HTTPStatus.FORBIDDEN

    def test_code_of_a_removed_app_does_not_count(self, counselor, clock):
        client = signed_in(counselor)
        clock.shift(1)
        Authenticator.objects.all().delete()
        set_up_second_factor(counselor)
        assert client.get(BEHIND).url.startswith(reverse("mfa_reauthenticate"))

    def test_code_lasts_for_a_working_day(self, counselor, clock):
        client = signed_in(counselor)
        clock.shift(timedelta(hours=SECOND_FACTOR_HOURS, seconds=-1))
        assert lets_in(client)
        clock.shift(2)
        assert not lets_in(client)

    def test_closing_the_account_ends_its_session(self, counselor):
        client = signed_in(counselor)
        User.objects.filter(pk=counselor.user.pk).update(is_active=False)
        assert not lets_in(client)

    def test_closing_the_account_ends_a_partial_login(self, client, counselor, secret):
        give_password(client, counselor)
        User.objects.filter(pk=counselor.user.pk).update(is_active=False)
        give_code(client, code_of(secret))
        assert not lets_in(client)

    def test_closed_account_learns_so_only_with_its_password(self, client, counselor):
        User.objects.filter(pk=counselor.user.pk).update(is_active=False)
        assert give_password(client, counselor, "something else").status_code == HTTPStatus.OK
        assert give_password(client, counselor).url == reverse("account_inactive")
        assert client.get(reverse("account_inactive")).status_code == HTTPStatus.OK

    def test_new_password_ends_other_sessions(self, counselor):
        here, elsewhere = signed_in(counselor), signed_in(counselor)
        data = {"oldpassword": PASSWORD, "password1": "quite another one", "password2": ""}
        here.post(reverse("account_change_password"), data | {"password2": data["password1"]})
        assert lets_in(here)
        assert not lets_in(elsewhere)


class TestSignedInCounselor:
    def whose(self, client):
        return client.get("/counselor/whose/").content.decode()

    def test_no_session_means_no_counselor(self, client):
        assert self.whose(client) == "None"

    def test_password_alone_identifies_the_counselor(self, client, counselor, secret):
        client.force_login(counselor.user)
        assert self.whose(client) == "Dana Reed"

    def test_closed_account_is_not_a_counselor(self, counselor):
        client = signed_in(counselor)
        User.objects.filter(pk=counselor.user.pk).update(is_active=False)
        assert self.whose(client) == "None"

    def test_administrator_is_not_a_counselor(self, client):
        client.force_login(User.objects.create_superuser("root"))
        assert self.whose(client) == "None"
