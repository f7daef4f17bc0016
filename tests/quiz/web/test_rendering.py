import pytest
from django.middleware.csrf import get_token
from django.test import RequestFactory

from quiz.attempts.models import Attempt
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.results.pictures import EXAMPLE
from quiz.web.rendering import TOKEN_PLACEHOLDER, cached_page
from tests.answers import SHIPPED, page_answers, towards
from tests.pages import page_url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]


def body(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("url", ["/quiz/", page_url(1), page_url(5)])
def test_every_visitor_gets_their_own_csrf_token(client, client_class, url):
    other = client_class()
    pages = []
    for visitor in (client, other):
        visitor.post("/quiz/")
        pages.append(body(visitor.get(url)))
    assert all(TOKEN_PLACEHOLDER not in page for page in pages)
    assert pages[0] != pages[1]


def test_token_on_a_cached_page_is_accepted(client_class):
    client = client_class(enforce_csrf_checks=True)
    token = _token_on(body(client.get("/quiz/")))
    response = client.post("/quiz/", {"csrfmiddlewaretoken": token})
    assert response.url == page_url(1)
    assert Attempt.objects.count() == 1


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
    get_token(request)
    page = body(cached_page(request, "quiz/home.html", {"level": EXAMPLE}, checked={'x"><b': 'y"'}))
    assert "<b" not in page.replace("<body", "").replace("<button", "")


def _token_on(page: str) -> str:
    return page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
