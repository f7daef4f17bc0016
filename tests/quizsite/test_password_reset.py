"""A new password by e-mail: who gets one, how long it works, and what it ends."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client
from django.urls import reverse

from quizsite.password_reset import MAILS_OF_A_NETWORK, MAILS_TO_ONE_ADDRESS
from tests.factories import PASSWORD, make_counselor, set_up_second_factor, signed_in
from tests.pages import give_password, text_of
from tests.tasks import run_tasks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.both_databases]

ASK, DONE = map(reverse, ("account_reset_password", "account_reset_password_done"))
LOGIN, CODE = reverse("account_login"), reverse("mfa_authenticate")
NEW_PASSWORD = "four plain words here"


@pytest.fixture
def counselor():
    dana = make_counselor("Dana Reed", "dana@school.example")
    set_up_second_factor(dana)
    return dana


def ask(client, email="dana@school.example"):
    return client.post(ASK, {"email": email})


def link_in_mail():
    run_tasks()
    return re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)[1]


def choose(client, link, password=NEW_PASSWORD):
    page = client.get(link, follow=True)
    data = {"password1": password, "password2": password}
    return client.post(page.redirect_chain[-1][0] if page.redirect_chain else link, data)


def test_link_changes_the_password_and_two_steps_stay(client, counselor):
    assert ask(client).url == DONE
    assert choose(client, link_in_mail()).url == LOGIN
    counselor.user.refresh_from_db()
    assert counselor.user.check_password(NEW_PASSWORD)
    answer = client.post(LOGIN, {"login": "dana@school.example", "password": NEW_PASSWORD})
    assert answer.url == CODE


def test_new_password_ends_every_session(client, counselor):
    inside = signed_in(counselor)
    assert inside.get(reverse("quiz:caseload")).status_code == HTTPStatus.OK
    ask(client)
    choose(client, link_in_mail())
    assert inside.get(reverse("quiz:caseload")).status_code == HTTPStatus.FOUND


def test_password_that_is_easy_to_guess_is_refused(client, counselor):
    ask(client)
    page = text_of(choose(client, link_in_mail(), "password1234"))
    assert "error" in page
    counselor.user.refresh_from_db()
    assert counselor.user.check_password(PASSWORD)


def test_link_works_once(client, counselor):
    ask(client)
    link = link_in_mail()
    choose(client, link)
    again = Client().get(link, follow=True)
    assert "work" in text_of(again)
    assert "password1" not in text_of(again)


def test_link_ends_after_an_hour(client, counselor, clock):
    ask(client)
    link = link_in_mail()
    clock.shift(timedelta(hours=1, seconds=1))
    assert "password1" not in text_of(client.get(link, follow=True))


def test_link_works_within_the_hour(client, counselor, clock):
    ask(client)
    link = link_in_mail()
    clock.shift(timedelta(minutes=59))
    assert "password1" in text_of(client.get(link, follow=True))


def test_link_leads_to_the_site_whatever_the_request_says(client, counselor, settings):
    settings.SITE_URL = "https://quiz.example"
    settings.ALLOWED_HOSTS = ["*"]
    client.post(ASK, {"email": "dana@school.example"}, headers={"host": "evil.example"})
    run_tasks()
    assert "https://quiz.example/" in mail.outbox[-1].body
    assert "evil" not in mail.outbox[-1].body


@pytest.mark.parametrize("who", ["no one", "closed", "without a password", "of the provider"])
def test_answer_is_the_same_and_no_mail_goes_out(client, counselor, settings, who):
    user = counselor.user
    if who == "closed":
        user.is_active = False
    if who == "without a password":
        user.set_unusable_password()
    user.save()
    if who == "of the provider":
        settings.OIDC_URL = "https://login.example"
        SocialAccount.objects.create(user=user, provider="https://login.example", uid="1")
    answer = ask(client, "no-one@school.example" if who == "no one" else user.email)
    assert answer.url == DONE
    run_tasks()
    assert mail.outbox == []


def test_mails_to_one_address_are_counted(client, counselor):
    for _ in range(MAILS_TO_ONE_ADDRESS):
        assert ask(client).url == DONE
    assert ask(client).status_code == HTTPStatus.TOO_MANY_REQUESTS


def test_mails_of_one_network_are_counted(client):
    for number in range(MAILS_OF_A_NETWORK):
        assert ask(client, f"{number}@school.example").url == DONE
    assert ask(client, "one.more@school.example").status_code == HTTPStatus.TOO_MANY_REQUESTS


def test_without_a_mail_server_the_page_says_who_to_ask(client, counselor, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    for page in (client.get(ASK), ask(client)):
        assert "Ask an administrator" in text_of(page)
        assert '<button class="btn">' not in text_of(page)
    assert run_tasks() == 0


@pytest.mark.parametrize("key", ["1/set-password", "1/a-b", "zzzzzzzzzzzzz/a-b", "_-/a", "z-Z/0"])
def test_link_that_no_one_sent_is_refused(client, key):
    page = client.get(f"{ASK}{key}/")
    assert page.status_code == HTTPStatus.OK
    assert "Get a new link" in text_of(page)


def test_old_password_no_longer_works(client, counselor):
    ask(client)
    choose(client, link_in_mail())
    give_password(client, counselor)  # with the old one
    assert client.get(CODE).status_code == HTTPStatus.FOUND
