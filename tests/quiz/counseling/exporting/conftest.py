import pytest

from tests.quiz.counselors import make_counselor


@pytest.fixture
def counselor(content):
    return make_counselor()
