import pytest

from quiz.models import QuestionnaireVersion
from tests.quiz.answer_sets import SHIPPED


@pytest.fixture
def live(content):
    return QuestionnaireVersion.objects.published().get()


@pytest.fixture
def draft(content):
    return QuestionnaireVersion.objects.add(SHIPPED, title="Draft")
