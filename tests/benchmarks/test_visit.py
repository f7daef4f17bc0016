"""A visit without JavaScript, as benchmarks take it."""

import asyncio
import random

import pytest

from benchmarks.browser import Page, VisitError
from benchmarks.visit import fields, questions_on, take

pytestmark = pytest.mark.pure

SITE = "http://127.0.0.1:1"
START = '<form method="post" action="/quiz/"><input type="hidden" name="t" value="1"></form>'


def statements(count, more=""):
    radios = "".join(
        f'<input type="radio" name="S{n}" value="{value}">'
        for n in range(count)
        for value in (1, 2)
    )
    return (
        f'<form method="post"><input type="hidden" name="t" value="1">{radios}{more}'
        '<button name="go" value="next">Next</button></form>'
    )


def page(path, text, status=200):
    return Page(SITE + path, status, {}, text)


class Scripted:
    """A browser that finds prepared pages, in this order."""

    def __init__(self, *pages):
        self.pages = iter(pages)
        self.sent = []

    async def get(self, address):
        self.sent.append(address.removeprefix(SITE))
        return next(self.pages)

    async def submit(self, form, values):
        self.sent.append((form.action.removeprefix(SITE), len(values)))
        return next(self.pages)


def taken(*pages):
    browser = Scripted(*pages)
    asyncio.run(take(browser, f"{SITE}/", random.Random(1)))
    return browser.sent


def test_form_is_sent_whole_with_one_answer_each():
    form = questions_on(page("/quiz/1/", statements(3)))
    sent = fields(form, random.Random(1))
    assert [name for name, _value in sent] == ["t", "S0", "S1", "S2", "go"]
    assert dict(sent)["go"] == "next"
    assert dict(fields(form, random.Random(1), "keep"))["go"] == "keep"


def test_visit_starts_at_home_and_ends_at_the_result():
    sent = taken(
        page("/", '<a href="/roles/">Jobs</a> <a href="/quiz/">Start</a>'),
        page("/quiz/", START),
        page("/quiz/1/", statements(24)),
        page("/quiz/result/", "Your result"),
    )
    assert sent == ["/", "/quiz/", ("/quiz/", 1), ("/quiz/1/", 26)]


def test_visit_of_the_least_app_starts_at_the_statements():
    sent = taken(page("/quiz/", statements(24)), page("/result/1/", "Your result"))
    assert sent == ["/", ("/quiz/", 26)]


@pytest.mark.parametrize(
    "pages",
    [
        [page("/quiz/", "Closed", 503)],
        [page("/", "No way in")],
        [page("/quiz/", statements(23)), page("/quiz/result/", "Your result")],
        [page("/quiz/", statements(24)), page("/quiz/", "Something else")],
    ],
    ids=["refused", "no start", "fewer statements", "no result"],
)
def test_visit_without_a_result_is_an_error(pages):
    with pytest.raises(VisitError):
        taken(*pages)
