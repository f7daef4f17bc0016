import pytest

from roles.content import load_roles


@pytest.fixture
def content(db):
    """The shipped roles, comparison and figures in the database."""
    load_roles()
