"""Log-out, and the list of one's own sessions."""

import re
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from quizsite.account_views import browser_in
from tests.factories import PASSWORD, code_of, set_up_second_factor
from tests.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LOGIN, CODE, SESSIONS = map(reverse, ("account_login", "mfa_authenticate", "usersessions_list"))
LOG_OUT = [reverse("account_logout"), "/admin/logout/"]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0"
CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
)


@pytest.fixture
def staff():
    user = User.objects.create_superuser("dana", "dana@staff.example", PASSWORD)
    user.secret = set_up_second_factor(user)
    return user


@pytest.fixture
def log_in(staff, clock):
    def log_in(user_agent=FIREFOX):
        browser = Client(headers={"user-agent": user_agent})
        browser.post(LOGIN, {"login": "dana", "password": PASSWORD})
        browser.post(CODE, {"code": code_of(staff.secret)})
        clock.shift(timedelta(seconds=30))
        return browser

    return log_in


def lets_in(browser):
    return browser.get("/admin/jsi18n/").status_code == 200


def listed(browser):
    """Return the kind and the browser of each session, in order."""
    page = text_of(browser.get(SESSIONS))
    return re.findall(r'<li data-session="(\w+)">\s*<div>\s*<strong>([^<]*)</strong>', page)


class TestLogOut:
    @pytest.mark.parametrize("path", LOG_OUT)
    def test_log_out_ends_the_session_and_clears_the_kept_pages(self, log_in, path):
        browser = log_in()
        response = browser.post(path)
        assert response.url == LOGIN
        assert response["Clear-Site-Data"] == '"cache"'
        assert not lets_in(browser)

    @pytest.mark.parametrize("path", LOG_OUT)
    def test_log_out_leaves_a_visitors_quiz_in_the_browser(self, log_in, path):
        browser = log_in()
        browser.cookies[settings.ATTEMPT_COOKIE_NAME] = "answers"
        dropped = {name for name, morsel in browser.post(path).cookies.items() if not morsel.value}
        assert dropped == {settings.SESSION_COOKIE_NAME}

    @pytest.mark.parametrize("path", LOG_OUT)
    def test_log_out_works_after_a_break(self, log_in, clock, path):
        browser = log_in()
        clock.shift(settings.IDLE)
        browser.post(path)
        assert "_auth_user_id" not in browser.session

    def test_asking_to_log_out_clears_nothing(self, log_in):
        browser = log_in()
        assert "Clear-Site-Data" not in browser.get(LOG_OUT[0]).headers
        assert lets_in(browser)


class TestSessions:
    def test_own_sessions_are_listed_with_their_browsers(self, log_in):
        there, here = log_in(FIREFOX), log_in(CHROME)
        assert listed(here) == [("current", "Chrome on Android"), ("other", "Firefox on Windows")]
        assert listed(there) == [("current", "Firefox on Windows"), ("other", "Chrome on Android")]

    def test_one_session_can_be_ended(self, log_in):
        there, other, here = log_in(), log_in(), log_in()
        page = text_of(here.get(SESSIONS))
        last_listed = re.findall(r'name="session" value="(\d+)"', page)[-1]
        here.post(SESSIONS, {"session": last_listed})
        assert [lets_in(each) for each in (there, other, here)] == [False, True, True]

    def test_all_others_can_be_ended(self, log_in):
        there, other, here = log_in(), log_in(), log_in()
        response = here.post(SESSIONS, follow=True)
        assert 'role="status"' in text_of(response)
        assert [lets_in(each) for each in (there, other, here)] == [False, False, True]

    @pytest.mark.parametrize("name", ["999999", "x", "\u0661", "-1"])
    def test_session_of_someone_else_stays(self, log_in, name):
        there, here = log_in(), log_in()
        here.post(SESSIONS, {"session": name})
        assert lets_in(there)

    def test_foreign_session_stays(self, log_in):
        here = log_in()
        User.objects.create_superuser("other", password=PASSWORD)
        Client().post(LOGIN, {"login": "other", "password": PASSWORD})
        foreign = UserSession.objects.exclude(user__username="dana").get()
        here.post(SESSIONS, {"session": foreign.pk})
        here.post(SESSIONS)
        assert UserSession.objects.filter(pk=foreign.pk).exists()
        assert len(listed(here)) == 1

    def test_ended_sessions_are_not_listed(self, log_in):
        there, here = log_in(), log_in()
        there.post(LOG_OUT[0])
        assert len(listed(here)) == 1

    def test_new_password_ends_the_others(self, log_in):
        there, here = log_in(), log_in()
        new = "four plain words here"
        data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        here.post(reverse("account_change_password"), data)
        assert (lets_in(there), lets_in(here)) == (False, True)
        assert len(listed(here)) == 1

    def test_last_use_is_shown(self, log_in, clock):
        browser = log_in()
        clock.shift(timedelta(minutes=45))
        lets_in(browser)
        (shown,) = browser.get(SESSIONS).context["sessions"]
        assert shown.seen_at - shown.since >= timedelta(minutes=45)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox on Windows"),
        (CHROME + " Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/142 Safari Edg/142", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel) Version/26.0 Safari/605.1.15", "Safari on Mac"),
        ("Mozilla/5.0 (iPhone; like Mac OS X) CriOS/142 Safari/604.1", "Chrome on iPhone"),
        ("curl/8.0", "Unknown browser"),
        ("", "Unknown browser"),
        ("<script>alert(1)</script>", "Unknown browser"),
    ],
)
def test_browser_is_named_as_people_do(user_agent, name):
    assert browser_in(user_agent) == name
