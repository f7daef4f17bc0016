"""How tests take the quiz over HTTP."""

import re
from datetime import UTC, datetime

import time_machine
from django.test import Client

from quiz.attempts.models import Attempt
from tests.quiz.answer_sets import SHIPPED

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECONDS_A_PAGE = 60


def page_url(page: int) -> str:
    return f"/quiz/{page}/"


def page_answers(page: int, answers: dict[str, int]) -> dict[str, int]:
    return {item.key: answers[item.key] for item in SHIPPED.item_pages[page - 1]}


def take_quiz(client: Client, answers: dict[str, int], background: dict[str, str] | None = None):
    """Take the whole quiz at a reader's pace; return the response of the last POST."""
    with time_machine.travel(NOON, tick=False) as clock:
        client.post("/quiz/")
        for page in range(1, 5):
            clock.shift(SECONDS_A_PAGE)
            response = client.post(page_url(page), page_answers(page, answers))
            assert response.url == page_url(page + 1)
        clock.shift(SECONDS_A_PAGE)
        return client.post(page_url(5), background or {})


def only_attempt() -> Attempt:
    return Attempt.objects.get()


def chosen(response) -> dict[str, str]:
    """Read the checked radio buttons off a page."""
    inputs = re.findall(r"<input[^>]*type=\"radio\"[^>]*>", response.content.decode())
    return {
        re.search('name="([^"]*)"', i)[1]: re.search('value="([^"]*)"', i)[1]
        for i in inputs
        if re.search(r"\schecked\b", i)
    }
