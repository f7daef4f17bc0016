"""Turning an invitation into a counselor account, once."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse

from quiz.counseling.accounts import open_account
from quiz.counseling.models import Counselor, CounselorInvitation
from tests.factories import NOON, PASSWORD, make_counselor, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.both_databases]

EMAIL = "Dana@counselors.example"
FORM = {"name": "Dana Reed", "password1": PASSWORD, "password2": PASSWORD}
TO_LOGIN = f'class="btn" href="{reverse("account_login")}"'


@pytest.fixture
def invitation():
    return invite()


def invite(email=EMAIL):
    return CounselorInvitation.objects.make(email=email, expires_at=NOON + timedelta(days=14))


class TestJoining:
    def test_opening_the_link_changes_nothing(self, client, invitation):
        response = client.get(invitation.path)
        assert EMAIL in response.content.decode()
        assert CounselorInvitation.objects.get().spent_at is None
        assert not User.objects.exists()
        assert settings.SESSION_COOKIE_NAME not in client.cookies

    def test_joining_creates_an_account_and_asks_for_a_second_factor(self, client, invitation):
        response = client.post(invitation.path, FORM)
        assert response.url == reverse("mfa_activate_totp")
        counselor = Counselor.objects.get()
        assert (counselor.name, counselor.user.email) == ("Dana Reed", EMAIL.lower())
        assert counselor.user.check_password(PASSWORD)
        assert f'action="{response.url}"' in client.get(response.url).content.decode()

    def test_account_has_no_admin_rights(self, client, invitation):
        client.post(invitation.path, FORM)
        user = User.objects.get()
        assert (user.is_staff, user.is_superuser) == (False, False)

    def test_address_cannot_be_changed(self, client, invitation):
        client.post(invitation.path, FORM | {"email": "other@counselors.example"})
        assert User.objects.get().email == EMAIL.lower()

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"name": " "}, "Enter your name"),
            ({"name": "x" * 121}, "at most 120"),
            ({"name": "Dana\0"}, "be seen"),
            ({"password2": "another password"}, "the same password"),
            ({"password1": "short", "password2": "short"}, "at least 12"),
            ({"password1": "password12345", "password2": "password12345"}, "Many people use"),
            ({"password1": EMAIL.lower(), "password2": EMAIL.lower()}, "too much like"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_error_is_shown_and_keeps_the_invitation(self, client, invitation, change, said):
        page = client.post(invitation.path, FORM | change).content.decode()
        assert said in page
        assert page.count("<h1>") == 1
        assert CounselorInvitation.objects.get().spent_at is None
        assert not User.objects.exists()

    def test_password_is_never_sent_back(self, client, invitation):
        page = client.post(invitation.path, FORM | {"name": ""}).content.decode()
        assert PASSWORD not in page

    def test_name_is_escaped(self, client, invitation):
        page = client.post(invitation.path, FORM | {"name": "<b>Dana", "password2": ""})
        assert "&lt;b&gt;Dana" in page.content.decode()

    def test_page_follows_the_content_security_policy(self, client, invitation):
        page = client.get(invitation.path).content.decode()
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|data:", page)

    def test_page_is_not_cached(self, client, invitation):
        assert client.get(invitation.path)["Cache-Control"] == "no-store"


class TestTwice:
    def test_double_click_creates_one_account_and_both_continue(
        self, client, client_class, invitation
    ):
        client.post(invitation.path, FORM)
        second = client_class().post(invitation.path, FORM)
        assert second.url == reverse("mfa_activate_totp")
        assert User.objects.count() == Counselor.objects.count() == 1

    def test_second_click_with_another_password_is_refused(self, client, client_class, invitation):
        client.post(invitation.path, FORM)
        other = client_class()
        other_password = {"password1": "something else", "password2": "something else"}
        response = other.post(invitation.path, FORM | other_password)
        assert response.status_code == HTTPStatus.NOT_FOUND
        assert settings.SESSION_COOKIE_NAME not in other.cookies

    def test_link_stops_working_after_a_minute(self, client, client_class, invitation, clock):
        client.post(invitation.path, FORM)
        clock.shift(61)
        second = client_class().post(invitation.path, FORM)
        assert second.status_code == HTTPStatus.NOT_FOUND

    def test_simultaneous_clicks_create_one_account(self, client, invitation, monkeypatch):
        def after_the_other(*args):
            assert open_account(*args)
            return open_account(*args)

        monkeypatch.setattr("quiz.counseling.views.joining.open_account", after_the_other)
        assert client.post(invitation.path, FORM).url == reverse("mfa_activate_totp")
        assert User.objects.count() == Counselor.objects.count() == 1

    def test_failed_account_keeps_the_invitation(self, client, invitation, monkeypatch):
        make_counselor(email=EMAIL.lower())
        monkeypatch.setattr(
            "quiz.counseling.views.joining.accounts_of", lambda email: User.objects.none()
        )
        assert client.post(invitation.path, FORM).url == invitation.path
        assert CounselorInvitation.objects.get().spent_at is None
        assert Counselor.objects.count() == 1

    def test_two_invitations_for_one_address_create_one_account(self, client, client_class):
        first, second = invite(), invite(EMAIL.upper())
        client.post(first.path, FORM)
        page = client_class().post(second.path, FORM).content.decode()
        assert TO_LOGIN in page
        assert User.objects.count() == 1


class TestExistingAccount:
    def test_owner_of_an_account_is_asked_to_log_in(self, client, invitation):
        make_counselor(email=EMAIL.lower())
        page = client.get(invitation.path).content.decode()
        assert TO_LOGIN in page
        assert 'name="password1"' not in page

    def test_existing_account_is_not_taken_over(self, client, invitation):
        user = User.objects.create_user("boss", EMAIL.lower(), "the password it has")
        client.post(invitation.path, FORM)
        user.refresh_from_db()
        assert user.check_password("the password it has")
        assert not Counselor.objects.exists()
        assert settings.SESSION_COOKIE_NAME not in client.cookies

    def test_logged_in_user_stays_logged_in(self, invitation):
        counselor = make_counselor()
        client = signed_in(counselor)
        page = client.post(invitation.path, FORM).content.decode()
        assert f'class="btn" href="{reverse("account_logout")}?next=' in page
        assert client.session["_auth_user_id"] == str(counselor.user.pk)
        assert not User.objects.filter(email=EMAIL.lower()).exists()


def addresses_of_invalid_links():
    spent, expired, revoked = invite(), invite(), invite()
    CounselorInvitation.objects.filter(pk=spent.pk).update(spent_at=NOON)
    CounselorInvitation.objects.filter(pk=expired.pk).update(expires_at=NOON)
    links = {"spent": spent.path, "expired": expired.path, "revoked": revoked.path}
    revoked.delete()
    tokens = {"unknown": "A" * 43, "malformed": "%C3%28", "long": "x" * 5000, "one": "1"}
    return links | {name: f"/counselor/join/{token}/" for name, token in tokens.items()}


class TestInvalidLinks:
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_all_invalid_links_answer_alike(self, client, method):
        answers = {
            name: getattr(client, method)(address, FORM if method == "post" else None)
            for name, address in addresses_of_invalid_links().items()
        }
        assert {answer.status_code for answer in answers.values()} == {HTTPStatus.NOT_FOUND}
        assert len({answer.content for answer in answers.values()}) == 1
        assert not User.objects.exists()

    def test_link_of_another_purpose_does_not_work(self, client, invitation):
        token = invitation.path.split("/")[-2]
        assert client.get(f"/shared/{token}/").status_code == HTTPStatus.NOT_FOUND
