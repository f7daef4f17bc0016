"""Before a worker serves, it has done what the first visitors would wait for."""

from http import HTTPStatus

import pytest
from django.db import DatabaseError
from django.template import engines

from quiz.attempts.models import Attempt
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.web import rendering
from quizsite import warming
from tests.answers import towards
from tests.pages import page_url, take_quiz


@pytest.fixture(autouse=True)
def collector(monkeypatch):
    monkeypatch.setattr(warming, "spare_from_garbage_collection", lambda: None)


@pytest.fixture
def closed(monkeypatch):
    """The connection of a test stays open."""
    monkeypatch.setattr(warming.connection, "close", lambda: None, raising=False)


@pytest.mark.django_db
def test_pages_of_a_visit_are_rendered_afterwards(content, closed, client):
    rendering.clear()
    warming.warm_up()
    known = rendering._page_html.cache_info().misses
    client.get("/")
    client.get("/quiz/")
    client.post("/quiz/")
    for page in range(1, 6):
        assert client.get(page_url(page)).status_code == HTTPStatus.OK
    assert rendering._page_html.cache_info().misses == known


@pytest.mark.django_db
def test_all_parts_of_a_result_but_the_own_link_are_rendered_afterwards(content, closed, client):
    take_quiz(client, towards("sales"))
    rendering.clear()
    warming.warm_up()
    known = parts_rendered()
    client.get("/quiz/result/")
    assert parts_rendered() - known == 1


def parts_rendered() -> int:
    return sum(map(len, rendering._parts.values()))


@pytest.mark.django_db
def test_nothing_is_stored(content, closed):
    warming.warm_up()
    assert not Attempt.objects.exists()


@pytest.mark.django_db
def test_site_without_a_published_version_is_served(closed, monkeypatch):
    monkeypatch.setattr(QuestionnaireVersion.objects, "live_id", lambda: None)
    warming.warm_up()


@pytest.mark.django_db
def test_templates_are_compiled_afterwards(content, closed):
    [loader] = engines["django"].engine.template_loaders
    loader.reset()
    warming.warm_up()
    assert {"quiz/home.html", "quiz/answer_page.html", "quiz/result.html"} <= set(
        loader.get_template_cache
    )


def test_pages_of_the_admin_wait_until_they_are_asked_for():
    names = set(warming.visitors_templates())
    assert "quiz/result.html" in names
    assert not any(name.startswith("admin/") for name in names)


@pytest.mark.parametrize(("error", "lines"), [(DatabaseError("away"), 0), (KeyError("page"), 1)])
def test_site_starts_though_no_page_can_be_rendered(monkeypatch, closed, caplog, error, lines):
    def fail():
        raise error

    monkeypatch.setattr(warming, "render_a_visit", fail)
    warming.warm_up()
    assert caplog.text.count("A page can't be rendered.") == lines
