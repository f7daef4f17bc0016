"""Security and caching headers of responses."""

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from quizsite.csp import SharedPolicyMiddleware

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

PAGES = ["/", "/quiz/", "/roles/", "/roles/sales-manager/", "/nowhere/", "/healthz"]
PAGES += ["/admin/login/"]
STATIC = "/static/site.css"


@pytest.fixture
def static_client(settings, tmp_path):
    """A browser of a site whose static folder holds one style sheet."""
    (tmp_path / "site.css").write_text("a {}")
    settings.STATIC_ROOT = tmp_path
    return Client(raise_request_exception=False)


def refused_and_static(client):
    """Return responses that no view makes."""
    return {
        "static": client.get(STATIC),
        "missing": client.get("/static/missing.css"),
        "host": client.get("/", headers={"host": "forged.example"}),
        "method": client.generic("TRACE", "/"),
    }


def test_static_files_and_refusals_have_the_headers_of_pages(static_client, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    for name, response in refused_and_static(static_client).items():
        assert response["X-Frame-Options"] == "DENY", name
        assert directives(response["Content-Security-Policy"])["frame-ancestors"] == ["'none'"]
        assert response["Cross-Origin-Resource-Policy"] == "same-origin", name
        assert "camera=()" in response["Permissions-Policy"], name
        list(response)  # a file stays open until it is read


def test_static_file_is_served_to_this_site_only(static_client):
    response = static_client.get(STATIC)
    assert b"".join(response) == b"a {}"
    assert "Access-Control-Allow-Origin" not in response


def test_redirect_to_https_has_the_headers_of_pages(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    response = Client().get("/")
    assert response.status_code == 301
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


def test_server_error_has_the_headers_of_pages(static_client, monkeypatch):
    monkeypatch.setattr("quiz.visitor.welcome.own_attempt", lambda request: 1 / 0)
    response = static_client.get("/")
    assert response.status_code == 500
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"


def test_features_that_pages_use_stay_allowed(client):
    policy = client.get("/")["Permissions-Policy"]
    assert "web-share" not in policy
    assert "clipboard-write" not in policy


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
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in response["Permissions-Policy"]


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
