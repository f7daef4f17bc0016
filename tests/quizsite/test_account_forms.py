"""The forms of the login: what they read, and that a code works once."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.models import User
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from quizsite.account_forms import NameOrAddressField
from tests.factories import PASSWORD, code_of, set_up_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.both_databases]

LOGIN, CODE = reverse("account_login"), reverse("mfa_authenticate")


@pytest.fixture
def owner():
    user = User.objects.create_superuser("dana", "dana@staff.example", PASSWORD)
    user.secret = set_up_second_factor(user)
    return user


def send_code(code):
    """Log in with the right password and this code; return whether it was accepted."""
    # Another worker: it remembers nothing of what this process has seen.
    caches["default"].clear()
    browser = Client()
    browser.post(LOGIN, {"login": "dana", "password": PASSWORD})
    return browser.post(CODE, {"code": code}).status_code == HTTPStatus.FOUND


def test_used_code_is_refused_by_a_worker_that_has_not_seen_it(owner):
    assert send_code(code_of(owner.secret))
    assert not send_code(code_of(owner.secret))


def test_code_that_confirmed_a_session_is_used_too(owner, client):
    client.force_login(owner)
    client.post(reverse("mfa_reauthenticate"), {"code": code_of(owner.secret)})
    assert not send_code(code_of(owner.secret))


def test_next_code_works(owner, clock):
    assert send_code(code_of(owner.secret))
    clock.shift(timedelta(seconds=30))
    assert send_code(code_of(owner.secret))


def test_old_code_is_refused(owner, clock):
    old = code_of(owner.secret)
    clock.shift(timedelta(seconds=30))
    assert not send_code(old)


def test_wrong_code_uses_up_nothing(owner):
    assert not send_code("000000")
    assert Authenticator.objects.get().last_used_at is None
    assert send_code(code_of(owner.secret))


def test_recovery_code_works_right_after_a_code_of_the_app(owner):
    code = RecoveryCodes.activate(owner).get_unused_codes()[0]
    assert send_code(code_of(owner.secret))
    assert send_code(code)
    assert not send_code(code)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (" dana ", "dana"),
        ("dana@staff.example", "dana@staff.example"),
        ("mailto:dana@staff.example", "dana@staff.example"),
        ("Dana Reed <dana@staff.example>", "dana@staff.example"),
    ],
)
def test_name_or_address_is_read_as_it_was_copied(typed, read):
    assert NameOrAddressField().clean(typed) == read


@pytest.mark.parametrize("name", ["dana", "DANA", "dana@staff.example", "Dana@Staff.example"])
def test_one_page_takes_a_user_name_or_an_address(owner, client, name):
    response = client.post(LOGIN, {"login": name, "password": PASSWORD})
    assert response.url == CODE


def test_user_name_wins_over_the_same_text_as_an_address(owner, client):
    User.objects.create_user("dana@staff.example", password="another plain password")
    response = client.post(LOGIN, {"login": "dana@staff.example", "password": PASSWORD})
    assert response.status_code == HTTPStatus.OK


def test_new_password_must_differ_from_the_old_one(client):
    client.force_login(User.objects.create_superuser("new", password=PASSWORD))
    data = {"oldpassword": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
    response = client.post(reverse("account_change_password"), data)
    assert response.context["form"].has_error("password1")
