"""Before a worker serves, it has done what the first visitors would wait for."""

import pytest
from django.db import DatabaseError
from django.template import engines

from quiz.questionnaires.models import QuestionnaireVersion
from quiz.questionnaires.models.version import frozen_questionnaire
from quizsite import warming


@pytest.fixture(autouse=True)
def collector(monkeypatch):
    monkeypatch.setattr(warming, "spare_from_garbage_collection", lambda: None)


@pytest.fixture
def closed(monkeypatch):
    """The connection of a test stays open."""
    monkeypatch.setattr(warming.connection, "close", lambda: None, raising=False)


@pytest.mark.django_db
def test_published_version_needs_no_query_afterwards(content, closed, django_assert_num_queries):
    warming.warm_up()
    version_id = QuestionnaireVersion.objects.live_id()
    with django_assert_num_queries(0):
        frozen_questionnaire(version_id)


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


def test_worker_serves_without_a_database(monkeypatch, closed):
    def fail():
        raise DatabaseError("away")

    monkeypatch.setattr(warming, "load_published_version", fail)
    warming.warm_up()
