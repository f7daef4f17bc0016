"""Administrators log in like counselors: two steps, a password of their own, breaks that lock."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from quiz.counseling.models import Counselor
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.web.first_password import FirstPassword
from quiz.web.provider import LOG_IN_HOURS
from quizsite.first_admin import create_first_admin
from tests.factories import PASSWORD, code_of, make_counselor, set_up_second_factor, sign_in
from tests.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LOGIN, CODE, CONFIRM = map(reverse, ("account_login", "mfa_authenticate", "mfa_reauthenticate"))
CHANGE, SET_UP = reverse("account_change_password"), reverse("mfa_activate_totp")
NEW_PASSWORD = "four plain words here"


@pytest.fixture
def staff():
    """An administrator with two-step login; `secret` is what their app holds."""
    user = User.objects.create_superuser("dana", "dana@staff.example", PASSWORD)
    user.secret = set_up_second_factor(user)
    return user


def lets_in(client):
    # The page that takes least.
    return client.get("/admin/jsi18n/").status_code == HTTPStatus.OK


def give_password(client, name="dana", password=PASSWORD, to=""):
    return client.post(LOGIN, {"login": name, "password": password, "next": to})


def change_password(client, old, new):
    data = {"oldpassword": old, "password1": new, "password2": new}
    return client.post(CHANGE, data)


def set_up_app(client):
    """Scan the key that the page shows, and send the first code; return the key."""
    secret = re.search('<code class="secret">([A-Z2-7]+)</code>', text_of(client.get(SET_UP)))[1]
    assert client.post(SET_UP, {"code": code_of(secret)}).url == reverse("mfa_view_recovery_codes")
    return secret


class TestSteps:
    def test_admin_asks_for_name_and_password_then_for_a_code(self, client, staff):
        page = "/admin/auth/user/"
        asked = client.get(page, follow=True)
        assert asked.redirect_chain[-1][0] == f"{LOGIN}?next={page}"
        assert give_password(client, to=page).url == CODE
        assert not lets_in(client)
        assert client.post(CODE, {"code": code_of(staff.secret)}).url == page
        assert lets_in(client)

    def test_password_alone_opens_nothing(self, client, staff):
        client.force_login(staff)
        assert client.get("/admin/", follow=True).redirect_chain[-1][0] == f"{CONFIRM}?next=/admin/"
        client.post(CONFIRM, {"code": code_of(staff.secret)})
        assert lets_in(client)

    def test_without_an_app_every_page_of_the_admin_redirects_to_set_one_up(self, client):
        User.objects.create_superuser("dana", password=PASSWORD)
        assert give_password(client).url == "/admin/"
        for path in ("/admin/", "/admin/auth/user/", "/admin/jsi18n/", "/admin/autocomplete/"):
            assert client.get(path, follow=True).redirect_chain[-2][0] == SET_UP, path

    def test_login_without_a_page_to_return_to_opens_the_admin(self, client, staff):
        give_password(client)
        assert client.post(CODE, {"code": code_of(staff.secret)}).url == "/admin/"

    def test_login_redirects_to_no_other_site(self, client, staff):
        to = "https://evil.example/"
        asked = client.get(f"/admin/login/?next={to}")
        assert "evil" not in asked.url
        give_password(client, to=to)
        assert client.post(CODE, {"code": code_of(staff.secret)}).url == "/admin/"

    def test_login_page_of_the_admin_opens_the_admin_for_someone_inside(self, admin_client):
        assert admin_client.get("/admin/login/?next=/admin/auth/").url == "/admin/auth/"

    def test_account_without_staff_status_is_refused(self, client):
        sign_in(client, User.objects.create_user("someone"))
        assert client.get("/admin/").url == "/admin/login/?next=/admin/"
        assert client.get("/admin/login/").status_code == HTTPStatus.FORBIDDEN

    def test_administrator_who_is_a_counselor_opens_both(self, client, staff):
        Counselor.objects.create(user=staff, name="Dana Reed")
        give_password(client)
        assert client.post(CODE, {"code": code_of(staff.secret)}).url == reverse("quiz:caseload")
        assert lets_in(client)
        page = text_of(client.get(reverse("quiz:caseload")))
        assert 'href="/admin/"' in page

    def test_account_pages_of_an_administrator_link_no_pages_about_clients(self, admin_client):
        page = text_of(admin_client.get(reverse("mfa_index")))
        nav = re.search(r'<nav class="toc desk".*?</nav>', page, re.DOTALL)[0]
        assert 'href="/admin/"' in nav
        assert f'href="{reverse("quiz:caseload")}"' not in nav
        assert 'class="btn" href="/admin/"' in page

    def test_editor_needs_both_steps_too(self, client):
        editor = User.objects.create_user("ed", password=PASSWORD, is_staff=True)
        editor.groups.set(Group.objects.filter(name="Editors"))
        give_password(client, "ed")
        assert not lets_in(client)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        set_up_app(client)
        assert lets_in(client)

    def test_closed_account_opens_nothing(self, client, staff):
        sign_in(client, staff)
        User.objects.update(is_active=False)
        assert not lets_in(client)


class TestFirstPassword:
    @pytest.fixture
    def password(self, tmp_path):
        create_first_admin(tmp_path / "password.txt")
        return (tmp_path / "password.txt").read_text().strip()

    def test_first_login_changes_the_password_sets_up_the_app_and_opens_the_admin(
        self, client, password
    ):
        give_password(client, "admin", password)
        assert client.get("/admin/", follow=True).redirect_chain[-1][0] == CHANGE
        assert change_password(client, password, NEW_PASSWORD).url == SET_UP
        set_up_app(client)
        assert lets_in(client)
        assert settings.DEVICE_COOKIE_NAME in client.cookies

    def test_set_up_does_not_skip_the_change(self, client, password):
        give_password(client, "admin", password)
        client.post(reverse("account_reauthenticate"), {"password": password})
        set_up_app(client)
        assert client.get("/admin/", follow=True).redirect_chain[-1][0] == CHANGE

    def test_first_password_is_asked_to_be_changed_at_every_login(self, client, password):
        for browser in (client, Client()):
            give_password(browser, "admin", password)
            assert browser.get("/admin/", follow=True).redirect_chain[-1][0] == CHANGE

    def test_first_password_stops_working(self, client, password):
        give_password(client, "admin", password)
        change_password(client, password, NEW_PASSWORD)
        assert give_password(Client(), "admin", password).status_code == HTTPStatus.OK
        assert not FirstPassword.objects.exists()

    def test_password_that_an_administrator_gave_must_be_changed(self, admin_client, client, staff):
        data = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
        admin_client.post(f"/admin/auth/user/{staff.pk}/password/", data)
        give_password(client, password=NEW_PASSWORD)
        client.post(CODE, {"code": code_of(staff.secret)})
        assert client.get("/admin/", follow=True).redirect_chain[-1][0] == CHANGE
        change_password(client, NEW_PASSWORD, PASSWORD)
        assert lets_in(client)

    def test_counselor_must_change_a_given_password_too(self, admin_client, client):
        counselor = make_counselor()
        secret = set_up_second_factor(counselor)
        data = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
        admin_client.post(f"/admin/auth/user/{counselor.user.pk}/password/", data)
        give_password(client, counselor.user.email, NEW_PASSWORD)
        client.post(CODE, {"code": code_of(secret)})
        assert client.get(reverse("quiz:caseload")).url == CHANGE

    def test_password_of_a_new_user_must_be_changed(self, admin_client):
        data = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
        admin_client.post("/admin/auth/user/add/", {"username": "new", **data})
        assert FirstPassword.objects.get().user.username == "new"

    def test_own_password_is_changed_where_the_old_one_is_asked(self, admin_client, admin_user):
        assert admin_client.get(f"/admin/auth/user/{admin_user.pk}/password/").url == CHANGE
        assert admin_client.get("/admin/password_change/").url == CHANGE

    def test_upgraded_site_asks_to_change_the_password_in_the_file(self, tmp_path):
        path = tmp_path / "password.txt"
        create_first_admin(path)
        FirstPassword.objects.all().delete()
        create_first_admin(path)
        assert FirstPassword.objects.get().user.username == "admin"

    def test_upgraded_site_asks_no_one_who_has_changed_it(self, tmp_path):
        path = tmp_path / "password.txt"
        create_first_admin(path)
        FirstPassword.objects.all().delete()
        admin = User.objects.get()
        admin.set_password(NEW_PASSWORD)
        admin.save()
        create_first_admin(path)
        assert not FirstPassword.objects.exists()


class TestBreaks:
    @pytest.fixture
    def inside(self, client, staff):
        return sign_in(client, staff)

    def test_a_break_asks_for_a_new_code(self, inside, staff, clock):
        clock.shift(settings.IDLE - timedelta(seconds=1))
        assert lets_in(inside)
        clock.shift(settings.IDLE)
        assert inside.get("/admin/", follow=True).redirect_chain[-1][0] == f"{CONFIRM}?next=/admin/"
        assert inside.post(CONFIRM, {"code": code_of(staff.secret), "next": "/admin/"}).url == (
            "/admin/"
        )
        assert lets_in(inside)

    def test_a_session_in_use_lasts_12_hours(self, inside, clock):
        for _ in range(14):
            clock.shift(timedelta(minutes=50))
            assert lets_in(inside)
        clock.shift(timedelta(hours=LOG_IN_HOURS) - 14 * timedelta(minutes=50))
        assert lets_in(inside)
        clock.shift(timedelta(seconds=1))
        assert not lets_in(inside)

    def test_use_is_written_once_a_minute(self, inside, clock):
        def writes():
            clock.shift(timedelta(seconds=20))
            before = Session.objects.get().session_data
            lets_in(inside)
            return Session.objects.get().session_data != before

        assert [writes() for _ in range(7)] == [False, False, True, False, False, True, False]

    def test_form_sent_after_a_break_is_saved_after_the_code(self, inside, staff, clock, content):
        live = QuestionnaireVersion.objects.published().get()
        clock.shift(settings.IDLE)
        page = reverse("admin:quiz_questionnaireversion_new_draft", args=[live.pk])
        assert inside.post(page, {"title": "Kept words"}).url.startswith(CONFIRM)
        assert "data-kept" in text_of(inside.get(f"{CONFIRM}?next={page}"))
        inside.post(CONFIRM, {"code": code_of(staff.secret), "next": page})
        assert QuestionnaireVersion.objects.filter(title="Kept words").exists()

    def test_session_without_requests_is_gone_after_12_hours(self, inside, clock):
        lets_in(inside)
        clock.shift(timedelta(hours=12, seconds=1))
        assert inside.get("/admin/", follow=True).redirect_chain[-1][0] == f"{LOGIN}?next=/admin/"
