"""How many guesses are checked, and who still gets in while someone guesses."""

from datetime import timedelta
from http import HTTPStatus
from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from quizsite import guesses
from tests.factories import PASSWORD, code_of, make_counselor, set_up_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LOGIN, CODE = reverse("account_login"), reverse("mfa_authenticate")
ATTACKER, HOME, OFFICE = "198.51.100.7", "203.0.113.9", "192.0.2.4"


@pytest.fixture
def owner():
    """An administrator with two-step login; `secret` is what their app holds."""
    user = User.objects.create_superuser("dana", "dana@staff.example", PASSWORD)
    user.secret = set_up_second_factor(user)
    return user


@pytest.fixture
def checked():
    """The passwords that were compared with a stored one."""
    with patch.object(User, "check_password", autospec=True, side_effect=_compare) as check:
        yield check


_real_check = User.check_password


def _compare(user, password):
    return _real_check(user, password)


def guess(name="dana", password="wrong", network=ATTACKER, browser=None):
    data = {"login": name, "password": password}
    return (browser or Client()).post(LOGIN, data, REMOTE_ADDR=network)


def lets_in(owner, network, browser=None, name="dana"):
    """Return whether this person passes both steps now."""
    browser = browser or Client()
    guess(name, PASSWORD, network, browser)
    browser.post(CODE, {"code": code_of(owner.secret)}, REMOTE_ADDR=network)
    return browser.get("/admin/jsi18n/", REMOTE_ADDR=network).status_code == HTTPStatus.OK


class TestPasswords:
    def test_five_guesses_at_a_name_are_checked_from_one_network(self, owner, checked):
        answers = [guess() for _ in range(8)]
        assert checked.call_count == guesses.GUESSES_OF_A_NAME == 5
        assert answers[4].status_code == HTTPStatus.OK
        assert answers[5].status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert answers[5]["Retry-After"] == str(15 * 60)

    def test_ten_guesses_are_checked_from_one_network_whatever_the_name(self, checked):
        for n in range(8):
            User.objects.create_user(f"user{n}", password=PASSWORD)
        for n in range(14):
            guess(f"user{n % 8}")
        assert checked.call_count == guesses.GUESSES == 10

    def test_unknown_names_count_like_known_ones(self, owner, checked):
        for n in range(10):
            guess(f"no one {n}")
        assert guess().status_code == HTTPStatus.TOO_MANY_REQUESTS
        checked.assert_not_called()

    @pytest.mark.parametrize("name", ["DANA", " dana ", "Dana"])
    def test_a_name_counts_in_any_case(self, owner, checked, name):
        for _ in range(5):
            guess(name)
        assert guess().status_code == HTTPStatus.TOO_MANY_REQUESTS

    def test_any_host_header_counts(self, owner, settings):
        settings.ALLOWED_HOSTS = ["*"]
        for host in "abcde":
            Client().post(LOGIN, {"login": "dana", "password": "x"}, headers={"host": host})
        response = Client().post(LOGIN, {"login": "dana", "password": PASSWORD})
        assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS

    def test_a_script_gets_the_same_status(self, owner):
        for _ in range(5):
            guess()
        response = Client().post(
            LOGIN,
            {"login": "dana", "password": "x"},
            REMOTE_ADDR=ATTACKER,
            headers={"accept": "application/json"},
        )
        assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS

    def test_refused_page_keeps_the_name(self, owner):
        for _ in range(5):
            guess()
        page = guess().content.decode()
        assert 'value="dana"' in page
        assert "Wait 15 minutes" in page

    def test_owner_enters_from_elsewhere_during_the_attack(self, owner):
        for _ in range(8):
            guess()
        assert lets_in(owner, HOME)

    def test_right_passwords_do_not_count(self, owner):
        for _ in range(12):
            assert guess(password=PASSWORD).url == CODE

    def test_passwords_that_could_not_be_checked_do_not_count(self, owner):
        with patch.object(User, "check_password", side_effect=OperationalError("away")):
            for _ in range(10):
                assert guess().status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert lets_in(owner, ATTACKER)

    def test_a_pause_of_15_minutes_opens_the_login_again(self, owner, clock):
        for _ in range(6):
            guess()
        clock.shift(timedelta(minutes=15, seconds=1))
        assert lets_in(owner, ATTACKER)

    def test_no_15_minutes_hold_more_than_the_limit(self, owner, checked, clock):
        """A fixed window would allow five more guesses a moment after it ended."""
        guess()
        clock.shift(timedelta(minutes=14, seconds=58))
        for _ in range(8):
            guess()
        clock.shift(timedelta(seconds=4))
        for _ in range(8):
            guess()
        assert checked.call_count == guesses.GUESSES_OF_A_NAME

    def test_refused_guesses_do_not_extend_the_wait(self, owner, clock):
        for _ in range(5):
            guess()
        clock.shift(timedelta(minutes=10))
        guess()
        clock.shift(timedelta(minutes=5, seconds=1))
        assert lets_in(owner, ATTACKER)

    def test_confirming_a_password_counts(self, owner, client, checked):
        client.force_login(owner)
        for _ in range(8):
            response = client.post(reverse("account_reauthenticate"), {"password": "wrong"})
        assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert checked.call_count == guesses.GUESSES_OF_A_NAME

    def test_old_password_counts_when_it_is_changed(self, client, checked):
        client.force_login(User.objects.create_superuser("new", password=PASSWORD))
        for _ in range(8):
            response = client.post(reverse("account_change_password"), {"oldpassword": "wrong"})
        assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert checked.call_count == guesses.GUESSES_OF_A_NAME


class TestKnownDevice:
    @pytest.fixture
    def known(self, owner, clock):
        """A browser in which the owner has passed both steps, and logged out again."""
        browser = Client()
        assert lets_in(owner, OFFICE, browser)
        browser.post(reverse("account_logout"))
        clock.shift(timedelta(seconds=30))
        return browser

    def test_owner_enters_while_others_in_the_same_network_guess(self, owner, known):
        for _ in range(6):
            guess(network=OFFICE)
        assert not lets_in(owner, OFFICE)
        assert lets_in(owner, OFFICE, known)

    def test_a_known_device_has_ten_guesses_of_its_own(self, known, checked):
        for _ in range(12):
            guess(network=OFFICE, browser=known)
        assert checked.call_count == guesses.GUESSES

    def test_its_guesses_take_none_from_others(self, owner, known):
        for _ in range(12):
            guess(network=OFFICE, browser=known)
        assert lets_in(owner, OFFICE)

    def test_it_is_known_by_address_too(self, owner, known):
        for _ in range(5):
            guess("dana@staff.example", network=OFFICE)
        assert lets_in(owner, OFFICE, known, "dana@staff.example")

    def test_it_counts_for_its_own_account_only(self, known, checked):
        User.objects.create_user("other", password=PASSWORD)
        for _ in range(7):
            guess("other", network=OFFICE, browser=known)
        assert checked.call_count == guesses.GUESSES_OF_A_NAME

    def test_forged_cookie_is_no_known_device(self, owner, checked):
        browser = Client()
        browser.cookies[settings.DEVICE_COOKIE_NAME] = f"{owner.pk}:forged:1tKy:signature"
        for _ in range(7):
            guess(browser=browser)
        assert checked.call_count == guesses.GUESSES_OF_A_NAME

    def test_password_alone_makes_no_known_device(self, owner):
        browser = Client()
        guess(password=PASSWORD, browser=browser)
        assert settings.DEVICE_COOKIE_NAME not in browser.cookies

    def test_cookie_is_hidden_from_scripts_and_lasts(self, known):
        cookie = known.cookies[settings.DEVICE_COOKIE_NAME]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["max-age"] == guesses.DEVICE_SECONDS


class TestCodes:
    def wrong_codes(self, owner, count, network=ATTACKER):
        """Guess codes from here with the right password."""
        browser = Client()
        guess(password=PASSWORD, network=network, browser=browser)
        for _ in range(count):
            response = browser.post(CODE, {"code": "000000"}, REMOTE_ADDR=network)
        return response

    def test_ten_codes_of_an_account_are_checked_from_one_network(self, owner):
        with patch("quizsite.account_forms.validate_totp_code", return_value=False) as check:
            response = self.wrong_codes(owner, 15)
        assert check.call_count == guesses.GUESSES
        assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert response["Retry-After"] == str(15 * 60)

    def test_owner_enters_from_elsewhere_while_codes_are_guessed(self, owner):
        self.wrong_codes(owner, 11)
        assert lets_in(owner, HOME)

    def test_others_who_mistype_codes_in_the_same_network_do_not_count(self, owner):
        other = make_counselor()
        set_up_second_factor(other)
        browser = Client()
        guess(other.user.username, PASSWORD, OFFICE, browser)
        for _ in range(11):
            browser.post(CODE, {"code": "000000"}, REMOTE_ADDR=OFFICE)
        assert lets_in(owner, OFFICE)

    @pytest.mark.slow
    def test_guessing_from_many_networks_ends_too(self, owner):
        with patch("quizsite.account_forms.validate_totp_code", return_value=False) as check:
            for n in range(3):
                self.wrong_codes(owner, 9, f"203.0.113.{n}")
        assert check.call_count == guesses.CODES_OF_AN_ACCOUNT

    @pytest.mark.slow
    def test_known_device_enters_while_codes_are_guessed_from_many_networks(self, owner, clock):
        known = Client()
        assert lets_in(owner, OFFICE, known)
        known.post(reverse("account_logout"))
        clock.shift(timedelta(seconds=30))
        for n in range(3):
            self.wrong_codes(owner, 9, f"203.0.113.{n}")
        assert not lets_in(owner, HOME)
        assert lets_in(owner, OFFICE, known)

    def test_confirming_a_code_counts(self, owner, client):
        client.force_login(owner)
        for _ in range(11):
            response = client.post(reverse("mfa_reauthenticate"), {"code": "000000"})
        assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
