import inspect
import os

import pytest
from django.core.management import call_command
from django.test import Client
from hypothesis import settings

from quiz.questionnaires.models.norms import frozen_norms
from quiz.questionnaires.models.version import frozen_questionnaire
from quiz.web import rendering
from roles import page_cache

# A slow machine is no fault of the code.
settings.register_profile("no-clock", deadline=None)
settings.load_profile("no-clock")

# What asks no database answers alike beside either: where tests run on two side by side, it runs
# beside this one.
WITHOUT_DATABASE_ON = "sqlite"
# How a PDF is laid out; what the admin's screens hold and who may open them, what a preview and
# the pages of roles look like; how the site starts. The browser visits such pages on both.
SAME_ON_BOTH = (
    *("results/test_pdf.py", "admin/test_registration.py", "admin/test_rights.py"),
    *("versions/test_preview.py", "roles/test_views.py", "roles/test_comparison_views.py"),
    "quizsite/test_serve.py",
)


def pytest_collection_modifyitems(config, items):
    if os.environ.get("TEST_ON", WITHOUT_DATABASE_ON) == WITHOUT_DATABASE_ON:
        return
    again = {item for item in items if not asks_database(item)}
    items[:] = [item for item in items if item not in again]
    config.hook.pytest_deselected(items=list(again))


def asks_database(item):
    """Whether a test asks for a database or its kind, or drives a site that has one."""
    if item.path.as_posix().endswith(SAME_ON_BOTH):
        return asks_its_kind(item)
    return (
        item.get_closest_marker("django_db") is not None
        or item.get_closest_marker("browser") is not None
        or "_django_db_helper" in item.fixturenames
        or asks_its_kind(item)
    )


def asks_its_kind(item):
    return "connection" in inspect.unwrap(item.function).__code__.co_names


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Load the shipped content once, so that every test begins with it."""
    with django_db_blocker.unblock():
        call_command("load_content", verbosity=0)


@pytest.fixture
def content(db):
    """The shipped roles and questionnaire in the database."""


@pytest.fixture(autouse=True)
def _empty_process_caches():
    """A version that a test rolls back frees its number for another one."""
    yield
    frozen_questionnaire.cache_clear()
    frozen_norms.cache_clear()
    rendering.clear()
    page_cache.clear()


@pytest.fixture
def client_class():
    """For a second visitor: `client` is the first."""
    return Client
