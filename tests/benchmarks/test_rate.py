"""What is asked at a fixed rate, and how its times are summed up."""

import asyncio
import random
from collections import Counter

import pytest

from benchmarks.browser import Page, VisitError
from benchmarks.parts.rate import Answer, walk_least, walk_ours, worst

pytestmark = pytest.mark.pure

SITE = "http://127.0.0.1:1"
START = '<form method="post" action="/quiz/"></form>'
STATEMENTS = """<form method="post"><input type="radio" name="S1" value="1">
    <button name="go" value="next">Next</button></form>"""


class Site:
    """Answers requests in order: pages are shown, and every POST but an early save redirects."""

    def __init__(self, pages, status=200):
        self.pages = iter(pages)
        self.status = status
        self.asked = []

    async def ask(self, method, url, values=None):
        go = dict(values or []).get("go")
        self.asked.append(go or method)
        if method == "GET":
            return Page(url, self.status, {}, next(self.pages))
        return Page(url, 204 if go == "keep" else 302, {"location": "/quiz/next/"}, "")


def steps_of(walk, site):
    async def steps():
        return [kind async for kind in walk(site, SITE, random.Random(1))]

    return Counter(asyncio.run(steps()))


def test_half_of_the_requests_of_a_visit_write():
    site = Site([START, *[STATEMENTS] * 5, "Your result"])
    assert steps_of(walk_ours, site) == {"read": 7, "write": 7}
    assert Counter(site.asked) == {"GET": 7, "POST": 1, "keep": 1, "next": 5}


def test_half_of_the_requests_to_the_least_app_write():
    assert steps_of(walk_least, Site([STATEMENTS, "Your result"])) == {"read": 2, "write": 2}


@pytest.mark.parametrize("walk", [walk_ours, walk_least])
def test_page_that_is_not_shown_ends_the_visit(walk):
    with pytest.raises(VisitError, match="HTTP 503"):
        steps_of(walk, Site([START], status=503))


def test_worst_looks_at_one_kind_and_at_the_first_seconds():
    answers = [Answer("read", second, second) for second in range(100)]
    answers.append(Answer("write", 0, 1000.0))
    assert worst(answers, "read") == 98
    assert worst(answers, "read", until=5) == 4
    assert worst(answers, "write") == 1000
