"""Which addresses have a session, a user and messages."""

import pytest
from django.conf import settings
from django.contrib import admin
from django.urls import resolve

from quiz.web.accounts import has_accounts
from tests.pages import views

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]


def test_only_the_admin_counselors_and_invitations_have_accounts():
    marked = {route.split("/")[0] for route, view in views() if has_accounts(view)}
    assert marked == {"admin", "counselor", "invitation", "group"}


def test_every_address_of_the_admin_and_of_counselors_has_accounts():
    unmarked = {
        route
        for route, view in views()
        if route.startswith(("admin/", "counselor/")) and not has_accounts(view)
    }
    assert unmarked == set()


def test_login_of_the_admin_has_accounts_although_it_is_a_bound_method():
    view = resolve("/admin/login/").func
    assert view == admin.site.login
    assert has_accounts(view)


@pytest.mark.parametrize("url", ["/admin/login/", "/counselor/account/login/", "/admin/nowhere/"])
def test_request_to_a_marked_address_has_session_user_and_messages(client, url):
    request = client.get(url).wsgi_request
    assert request.user.is_anonymous
    assert hasattr(request, "session")
    assert hasattr(request, "_messages")


@pytest.mark.parametrize("url", ["/", "/quiz/", "/roles/", "/nowhere/", "/healthz"])
def test_request_to_any_other_address_has_none_of_them(client, url):
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    request = client.get(url).wsgi_request
    assert not hasattr(request, "user")
    assert not hasattr(request, "session")
    assert not hasattr(request, "_messages")
