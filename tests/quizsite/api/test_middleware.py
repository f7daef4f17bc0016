"""Methods, other sites, and what is kept: the same for every address of the API."""

import pytest

from quiz.questionnaires.models import QuestionnaireVersion
from tests.answers import alike

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

SCORE = "/api/v1/score"
READS = [
    "/api/v1/roles/",
    "/api/v1/roles/sales-manager/",
    "/api/v1/questionnaires/",
    "/api/v1/openapi.json",
]
each_read = pytest.mark.parametrize("url", READS)


@each_read
class TestReads:
    def test_any_site_may_read_and_everyone_may_keep_it(self, client, url):
        response = client.get(url, headers={"origin": "https://other.example"})
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert response["Cache-Control"] == "public, max-age=300"
        assert "Access-Control-Allow-Credentials" not in response
        assert "Cookie" not in response.get("Vary", "")
        assert response.cookies == {}

    def test_copy_that_is_still_right_costs_no_body(self, client, url):
        tag = client.get(url)["ETag"]
        response = client.get(url, headers={"if-none-match": tag})
        assert (response.status_code, response.content) == (304, b"")
        assert response["ETag"] == tag
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Cache-Control"] == "public, max-age=300"

    def test_head_has_the_headers_of_get(self, client, url):
        whole, head = client.get(url), client.head(url)
        assert (head.status_code, head.content) == (200, b"")
        for response in (whole, head):
            del response["X-Request-ID"]
        assert dict(head.items()) == dict(whole.items())


def test_changed_content_has_another_tag(client):
    before = client.get("/api/v1/questionnaires/")["ETag"]
    QuestionnaireVersion.objects.published().get().retire()
    response = client.get("/api/v1/questionnaires/", headers={"if-none-match": before})
    assert response.status_code == 200
    assert response["ETag"] != before


def test_scores_are_not_kept(client):
    response = client.post(SCORE, {"answers": alike(3)}, "application/json")
    assert response["Cache-Control"] == "no-store"
    assert "ETag" not in response


@pytest.mark.parametrize(
    ("url", "allowed"),
    [(SCORE, "POST, OPTIONS"), *((url, "GET, HEAD, OPTIONS") for url in READS)],
)
def test_page_of_another_site_may_ask_what_it_may_send(client, url, allowed):
    response = client.options(
        url,
        headers={
            "origin": "https://other.example",
            "access-control-request-method": allowed.partition(",")[0],
            "access-control-request-headers": "content-type",
        },
    )
    assert (response.status_code, response.content) == (204, b"")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Access-Control-Allow-Headers"] == "*"
    assert response["Access-Control-Allow-Methods"] == response["Allow"] == allowed


def test_page_of_another_site_may_send_answers(client):
    headers = {"origin": "https://other.example", "sec-fetch-site": "cross-site"}
    response = client.post(SCORE, {"answers": alike(3)}, "application/json", headers=headers)
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "NONSENSE"])
@pytest.mark.parametrize(
    ("url", "allowed"), [(SCORE, "POST, OPTIONS"), (READS[0], "GET, HEAD, OPTIONS")]
)
def test_refused_method_says_which_ones_the_address_has(client, method, url, allowed):
    response = client.generic(method, url)
    assert (response.status_code, response["Allow"]) == (405, allowed)


@pytest.mark.parametrize("method", ["HEAD", "DELETE"])
def test_log_has_the_method_that_was_sent(client, caplog, method):
    caplog.set_level("INFO", logger="request")
    client.generic(method, READS[0])
    assert [record.fields["method"] for record in caplog.records] == [method]


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("text/html, application/*;q=0.8", 200),
        ("*/*", 200),
        ("", 200),
        ("a; b*=unknown'x'y", 200),
        ("application/json;q=0", 406),
        ("text/html", 406),
        ("application/xml", 406),
    ],
)
def test_who_takes_no_json_is_told_so(client, accept, status):
    assert client.get(READS[0], headers={"accept": accept}).status_code == status


def test_pages_are_for_this_site_alone(client):
    response = client.get("/roles/")
    assert "Access-Control-Allow-Origin" not in response
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
