"""What a whole visit without JavaScript costs: requests, statements and commits."""

import re

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.databases import commits_since, mark
from tests.answers import page_answers, towards
from tests.browser.site import Site
from tests.counts import counting
from tests.pages import page_url

SALES = towards("sales", 1)


SECURITY = {
    *("Content-Security-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"),
    *("Permissions-Policy", "Referrer-Policy", "X-Content-Type-Options", "X-Frame-Options"),
}


def visit(client: Client) -> list[HttpResponse]:
    """Take the quiz, following each redirect; return every response."""
    steps = [client.get("/"), client.get("/quiz/"), client.post("/quiz/")]
    for page in range(1, 6):
        assert steps[-1].url == page_url(page)
        steps.append(client.get(page_url(page)))
        steps.append(client.post(page_url(page), page_answers(page, SALES) if page < 5 else {}))
    steps.append(client.get(steps[-1].url))
    assert 'data-band="' in steps[-1].text
    return steps


@pytest.mark.usefixtures("own_site")
def test_visit_takes_14_requests_and_at_most_41_statements():
    visit(Client())  # loads the version and what pages keep
    with CaptureQueriesContext(connection) as statements:
        assert len(visit(Client())) == 14
    assert len(statements) <= 41, [each["sql"][:60] for each in statements]


@pytest.mark.usefixtures("own_site")
def test_every_response_of_a_visit_has_the_same_headers_that_protect():
    responses = visit(Client())
    assert len({tuple((name, each[name]) for name in sorted(SECURITY)) for each in responses}) == 1
    assert {each["Cache-Control"] for each in responses} == {"no-store"}


@pytest.mark.usefixtures("own_site")
def test_headers_of_a_visit_take_at_most_950_bytes_a_response():
    for response in visit(Client()):
        assert len(response.serialize_headers()) <= 950


@pytest.mark.sqlite_only
def test_visit_takes_6_commits(own_site):
    site = Site("", own_site, "", 0)
    start = mark(site)
    visit(Client())
    assert commits_since(site, start) == 6


def test_metrics_add_no_statement_and_no_commit_to_a_visit(own_site, tmp_path):
    def statements_of_a_visit() -> list[str]:
        with CaptureQueriesContext(connection) as statements:
            visit(Client())
        return [re.sub(r"'[^']*'|\d+|true|false", "", each["sql"]) for each in statements]

    visit(Client())  # loads the version and what pages keep
    without = statements_of_a_visit()
    with counting(tmp_path / "metrics") as counts:
        assert statements_of_a_visit() == without
        assert counts("requests_total") == 14
        assert counts("quizzes_finished_total") == 1
