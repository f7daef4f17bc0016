import pytest
from django.test import RequestFactory

from quiz.questionnaires.models import QuestionnaireVersion
from quiz.results.pictures import EXAMPLE
from quiz.web.rendering import ATTEMPT_PLACEHOLDER, FORM_PLACEHOLDER, cached_page
from tests.answers import SHIPPED, page_answers, towards
from tests.pages import page_url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]


def body(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("url", ["/quiz/", page_url(1), page_url(5)])
def test_every_visitor_gets_the_mark_of_their_own_quiz(client, client_class, url):
    other = client_class()
    pages = []
    for visitor in (client, other):
        visitor.post("/quiz/")
        pages.append(body(visitor.get(url)))
    assert all(ATTEMPT_PLACEHOLDER not in page for page in pages)
    assert pages[0] != pages[1]


def test_introduction_has_another_mark_each_time(client):
    pages = [body(client.get("/quiz/")) for _ in range(2)]
    assert all(FORM_PLACEHOLDER not in page for page in pages)
    assert pages[0] != pages[1]


def test_cached_page_checks_only_the_answers_of_its_visitor(client, client_class):
    client.post("/quiz/")
    client.post(page_url(1), page_answers(1, towards("sales")))
    other = client_class()
    other.post("/quiz/")
    assert body(client.get(page_url(1))).count(" checked") == 6
    assert " checked" not in body(other.get(page_url(1)))


def test_page_shows_the_texts_of_a_new_version_immediately(client):
    client.get("/quiz/")
    draft = QuestionnaireVersion.objects.add(SHIPPED, title="Next")
    draft.wordings.filter(key="instructions").update(text_en="Now read this instead.")
    draft.publish()
    assert "Now read this instead." in body(client.get("/quiz/"))


def test_values_that_look_like_markup_cannot_check_another_radio():
    request = RequestFactory().get("/")
    page = body(cached_page(request, "quiz/home.html", {"level": EXAMPLE}, checked={'x"><b': 'y"'}))
    assert "<b" not in page.replace("<body", "").replace("<button", "")
