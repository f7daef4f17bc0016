"""Taking the quiz on scales other than 1 to 5, from the first page to the result."""

import dataclasses
import re
from http import HTTPStatus

import pytest

from quiz.core.numbers import plain_text
from quiz.core.questionnaire import Answer
from quiz.questionnaires.models import QuestionnaireVersion
from tests.answers import SHIPPED
from tests.pages import chosen, only_attempt, page_url, take_quiz, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[(1, 2), (0, 1), (1, 3), (0, 10)], ids=lambda ends: f"{ends[0]}..{ends[1]}")
def questionnaire(content, request):
    low, high = request.param
    scale = tuple(Answer(n, {"en": f"Answer {n}"}) for n in range(low, high + 1))
    questionnaire = dataclasses.replace(SHIPPED, number=None, scale=scale)
    QuestionnaireVersion.objects.add(questionnaire, title="Other").publish()
    return questionnaire


@pytest.fixture
def towards_sales(questionnaire):
    low, high = questionnaire.low, questionnaire.high
    return {item.key: high if item.keying > 0 else low for item in questionnaire.items}


def test_result_is_clear_at_the_end_of_the_scale(client, towards_sales):
    assert take_quiz(client, towards_sales).url == "/quiz/result/"
    result = only_attempt().result
    assert (result["lean"], result["band"], result["field"]) == (50, "clear", "sales")
    assert not result["flags"]
    html = text_of(client.get("/quiz/result/"))
    assert 'data-band="clear"' in html
    assert 'data-score="100' in html
    assert client.get("/quiz/result.json").status_code == HTTPStatus.OK


def test_page_checks_what_was_chosen(client, questionnaire, towards_sales):
    client.post("/quiz/")
    first = {item.key: str(towards_sales[item.key]) for item in questionnaire.item_pages[0]}
    client.post(page_url(1), first)
    assert chosen(client.get(page_url(1))) == first


def test_page_names_no_more_keys_than_digits(client, questionnaire):
    client.post("/quiz/")
    (most,) = re.findall(r"press 1 to (\d+) to answer", text_of(client.get(page_url(1))))
    assert int(most) == min(len(questionnaire.scale), 9)


def test_method_page_gives_the_limits_of_the_scale(client, questionnaire):
    html = text_of(client.get("/method/"))
    span = questionnaire.high - questionnaire.low
    for limit in (0.75, 1.0):
        assert f"more than {plain_text(limit * span / 4)}" in html
    spread = f"below {plain_text(0.5 * span / 4)}"
    assert (spread in html) == (span > 1)
