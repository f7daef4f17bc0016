"""Passkeys: a second step next to the app, and a login alone. Answered by a device in the test."""

import json
from http import HTTPStatus

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from quizsite.guesses import GUESSES
from tests.factories import PASSWORD, code_of, set_up_second_factor
from tests.pages import text_of
from tests.passkey import Device, options_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LOGIN, CODE, CONFIRM = map(reverse, ("account_login", "mfa_authenticate", "mfa_reauthenticate"))
ADD, LIST = reverse("mfa_add_webauthn"), reverse("mfa_list_webauthn")
NONSENSE = '{"id": 1}'
ALONE, CONFIRM_BY_PASSKEY = reverse("mfa_login_webauthn"), reverse("mfa_reauthenticate_webauthn")


@pytest.fixture
def owner():
    return User.objects.create_superuser("dana", "dana@staff.example", PASSWORD)


@pytest.fixture
def device():
    return Device()


@pytest.fixture
def added(client, owner, device):
    """An account whose only second step is this device, in a browser that is logged in."""
    add(client, device)
    return owner


def give_password(client, to=""):
    return client.post(LOGIN, {"login": "dana", "password": PASSWORD, "next": to})


def add(client, device, name="Work laptop"):
    give_password(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    made = device.make(options_on(text_of(client.get(ADD)))["creation_options"])
    return client.post(ADD, {"name": name, "credential": made})


def log_in_alone(client, device, **data):
    options = json.loads(client.get(ALONE).content)["request_options"]
    return client.post(ALONE, {"credential": device.use(options), **data})


def lets_in(client):
    return client.get("/admin/jsi18n/").status_code == HTTPStatus.OK


def test_first_passkey_opens_the_site_and_gives_recovery_codes(client, owner, device):
    assert add(client, device).url == reverse("mfa_view_recovery_codes")
    assert lets_in(client)


def test_passkey_stands_in_for_the_code(added, device):
    browser = Client()
    assert give_password(browser, to="/admin/auth/").url == CODE
    assert not lets_in(browser)
    asked = options_on(text_of(browser.get(CODE)))["request_options"]
    assert browser.post(CODE, {"credential": device.use(asked)}).url == "/admin/auth/"
    assert lets_in(browser)


def test_app_still_works_next_to_a_passkey(added):
    secret = set_up_second_factor(added)
    browser = Client()
    give_password(browser)
    browser.post(CODE, {"code": code_of(secret)})
    assert lets_in(browser)


def test_passkey_alone_logs_in(added, device):
    browser = Client()
    assert log_in_alone(browser, device, next="/admin/auth/").url == "/admin/auth/"
    assert lets_in(browser)


def test_passkey_alone_redirects_to_no_other_site(added, device):
    assert log_in_alone(Client(), device, next="https://evil.example/").url == "/admin/"


def test_passkey_that_does_not_verify_its_owner_is_refused(added, device):
    device.verifies = False
    browser = Client()
    page = text_of(log_in_alone(browser, device))
    assert "This passkey didn&#x27;t work" in page or "This passkey didn't work" in page
    assert not lets_in(browser)


def test_passkey_made_without_verifying_its_owner_is_not_added(client, owner):
    add(client, Device(verifies=False))
    assert not Authenticator.objects.exists()


def test_answer_for_another_site_is_refused(added, device):
    device.origin = "https://evil.example"
    browser = Client()
    log_in_alone(browser, device)
    assert not lets_in(browser)


def test_device_of_someone_else_is_refused(added, device):
    other = Device()
    other.owner = device.owner
    browser = Client()
    log_in_alone(browser, other)
    assert not lets_in(browser)


def test_answer_works_once(added, device):
    browser = Client()
    options = json.loads(browser.get(ALONE).content)["request_options"]
    answer = {"credential": device.use(options)}
    browser.post(ALONE, answer)
    browser.post(reverse("account_logout"))
    browser.post(ALONE, answer)
    assert not lets_in(browser)


def test_closed_account_does_not_log_in_by_passkey(added, device):
    User.objects.update(is_active=False)
    browser = Client()
    assert log_in_alone(browser, device).url == reverse("account_inactive")
    assert not lets_in(browser)


def test_after_a_break_a_passkey_continues_with_what_was_sent(added, device, client, clock):
    clock.shift(2 * 3600)
    asked = client.get("/admin/auth/group/", follow=True)
    assert asked.redirect_chain[-1][0].startswith(CONFIRM_BY_PASSKEY) or asked.redirect_chain[-1][
        0
    ].startswith(CONFIRM)
    posted = client.post("/admin/auth/group/add/", {"name": "Readers"})
    assert posted.url.startswith(CONFIRM)
    page = f"{CONFIRM_BY_PASSKEY}?next=/admin/auth/group/add/"
    options = options_on(text_of(client.get(page)))["request_options"]
    data = {"credential": device.use(options), "next": "/admin/auth/group/add/"}
    client.post(CONFIRM_BY_PASSKEY, data)
    assert User.objects.model.groups.field.related_model.objects.filter(name="Readers").exists()


def test_removed_passkey_opens_nothing_even_where_it_was_used(added, device, client):
    set_up_second_factor(added)
    passkey = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    client.post(reverse("mfa_remove_webauthn", args=[passkey.pk]))
    assert not Authenticator.objects.filter(pk=passkey.pk).exists()
    assert not lets_in(client)
    browser = Client()
    log_in_alone(browser, device)
    assert not lets_in(browser)


def test_no_one_removes_the_passkey_of_someone_else(added, client):
    passkey = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    User.objects.create_superuser("sam", password=PASSWORD)
    other = Client()
    other.post(LOGIN, {"login": "sam", "password": PASSWORD})
    other.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    removing = other.post(reverse("mfa_remove_webauthn", args=[passkey.pk]))
    assert removing.status_code == HTTPStatus.NOT_FOUND
    assert Authenticator.objects.filter(pk=passkey.pk).exists()


def test_list_names_passkeys(added, client):
    assert "Work laptop" in text_of(client.get(LIST))


@pytest.mark.parametrize(
    "sent",
    [
        *("", "x", "[]", "1", "{}", '{"id": 1}', '{"id": "\\u0000"}'),
        '{"response": {"userHandle": 5}}',
        '{"id": "AA", "rawId": "AA", "response": {"clientDataJSON": "AA"}, "type": "public-key"}',
    ],
)
def test_nonsense_in_place_of_a_passkey_is_a_fault_of_the_form(client, owner, sent):
    client.get(ALONE)
    assert client.post(ALONE, {"credential": sent}).status_code == HTTPStatus.OK
    give_password(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.get(ADD)
    data = {"name": "Laptop", "credential": sent}
    assert client.post(ADD, data).status_code == HTTPStatus.OK
    assert not Authenticator.objects.exists()


def test_wrong_passkeys_are_counted(added):
    browser = Client()
    for _ in range(GUESSES):
        assert browser.post(ALONE, {"credential": NONSENSE}).status_code == HTTPStatus.OK
    waiting = browser.post(ALONE, {"credential": NONSENSE})
    assert waiting.status_code == HTTPStatus.TOO_MANY_REQUESTS
