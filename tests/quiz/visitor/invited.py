"""How a client goes through an invitation."""

import re
from datetime import timedelta

from django.utils import timezone

from quiz.attempts.models import Attempt
from tests.answers import leaning, page_answers

ANSWERS = leaning("sales", 7)


def in_days(days):
    return timezone.now() + timedelta(days=days)


def form_on(browser, link):
    """Read the hidden code from the page that a link opens."""
    html = browser.get(link.path).content.decode()
    return re.search('name="code" value="([^"]+)"', html)[1]


def start(browser, link, **typed):
    return browser.post(link.path, {"code": form_on(browser, link), **typed})


def finish(browser):
    """Answer everything after starting from an invitation."""
    for page in range(1, 5):
        browser.post(f"/quiz/{page}/", page_answers(page, ANSWERS))
    return browser.post("/quiz/5/", {})


def main_of(response):
    return response.content.decode().split("<main")[1].split("</main>")[0]


def overtake(monkeypatch, faster):
    """Let another click win the race just after this one finds no attempt."""

    def by_code(manager, code):
        monkeypatch.undo()
        faster()

    monkeypatch.setattr(type(Attempt.objects), "by_code", by_code)
