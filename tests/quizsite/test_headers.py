"""Security and caching headers of responses."""

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
def test_content_security_policy_allows_only_this_site_and_nothing_inline(client, url):
    policy = directives(client.get(url)["Content-Security-Policy"])
    assert policy["default-src"] == ["'none'"]
    for name in ("script-src", "style-src", "img-src", "connect-src", "form-action"):
        assert policy[name] == ["'self'"], name
    for name in ("frame-ancestors", "base-uri", "object-src"):
        assert policy[name] == ["'none'"], name
    assert "unsafe" not in str(policy)


@pytest.mark.parametrize("url", PAGES)
def test_referrer_sniffing_and_framing_are_restricted(client, url):
    response = client.get(url)
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("url", ["/", "/quiz/", "/quiz/1/", "/quiz/result/"])
def test_pages_of_a_visitor_are_never_cached(client, url):
    client.post("/quiz/")
    assert client.get(url)["Cache-Control"] == "no-store"


@pytest.mark.parametrize("url", ["/", "/roles/", "/roles/sales-manager/"])
def test_pages_without_a_form_set_no_cookie(client, url):
    assert not client.get(url).cookies


def test_view_can_change_the_policy_of_its_response():
    def view(request):
        response = HttpResponse()
        response._csp_update = {"img-src": ["data:"]}
        return response

    response = SharedPolicyMiddleware(view)(RequestFactory().get("/"))
    assert directives(response["Content-Security-Policy"])["img-src"] == ["'self'", "data:"]
