"""What every answer carries, so that a browser and a proxy treat it right."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from quizsite.csp import SharedPolicyMiddleware

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

PAGES = ["/", "/quiz/", "/roles/", "/roles/sales-manager/", "/nowhere/", "/healthz"]
PAGES += ["/admin/login/"]


def directives(policy: str) -> dict[str, list[str]]:
    parts = (part.split() for part in policy.split(";"))
    return {name: values for name, *values in parts}


@pytest.mark.parametrize("url", PAGES)
def test_the_policy_allows_nothing_inline_and_nobody_else(client, url):
    policy = directives(client.get(url)["Content-Security-Policy"])
    assert policy["default-src"] == ["'none'"]
    for name in ("script-src", "style-src", "img-src", "connect-src", "form-action"):
        assert policy[name] == ["'self'"], name
    for name in ("frame-ancestors", "base-uri", "object-src"):
        assert policy[name] == ["'none'"], name
    assert "unsafe" not in str(policy)


@pytest.mark.parametrize("url", PAGES)
def test_addresses_are_told_to_this_site_only(client, url):
    response = client.get(url)
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("url", ["/", "/quiz/", "/quiz/1/", "/quiz/result/"])
def test_what_may_be_a_visitor_s_is_kept_nowhere(client, url):
    client.post("/quiz/")
    assert client.get(url)["Cache-Control"] == "no-store"


@pytest.mark.parametrize("url", ["/", "/roles/", "/roles/sales-manager/"])
def test_a_page_that_asks_nothing_sets_no_cookie(client, url):
    assert not client.get(url).cookies


def test_a_policy_that_a_view_changes_is_sent_as_changed():
    def view(request):
        response = HttpResponse()
        response._csp_update = {"img-src": ["data:"]}
        return response

    response = SharedPolicyMiddleware(view)(RequestFactory().get("/"))
    assert directives(response["Content-Security-Policy"])["img-src"] == ["'self'", "data:"]
