import pytest
from django.core.management import call_command
from django.test import Client
from hypothesis import settings

from quiz import forms, rendering
from quiz.models.questionnaire import frozen_questionnaire
from roles import keeping

# A slow machine is no fault of the code.
settings.register_profile("no-clock", deadline=None)
settings.load_profile("no-clock")


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
    """A version that a test rolls back leaves its number to another one."""
    yield
    for cached in (
        frozen_questionnaire,
        forms.page_form,
        forms.blank_fields,
        forms._offered,
        rendering._kept,
    ):
        cached.cache_clear()
    keeping.forget()


@pytest.fixture
def client_class():
    """For a second visitor: `client` is the first."""
    return Client
