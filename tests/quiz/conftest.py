import dataclasses

import pytest

from quiz.questionnaires.models import QuestionnaireVersion
from tests.answers import SHIPPED
from tests.factories import make_counselor

# For each trait a statement of either keying; two texts, so that it can't be published.
SMALL = dataclasses.replace(
    SHIPPED,
    texts={key: SHIPPED.texts[key] for key in ("instructions", "close")},
    scale=SHIPPED.scale[:2],
    items=SHIPPED.items[:6],
    background=SHIPPED.background[:2],
)


@pytest.fixture
def counselor(content):
    return make_counselor()


@pytest.fixture
def live(content):
    return QuestionnaireVersion.objects.published().get()


@pytest.fixture
def whole_draft(content):
    return QuestionnaireVersion.objects.add(SHIPPED, title="Draft")


@pytest.fixture
def draft(whole_draft):
    return whole_draft


@pytest.fixture
def small_draft(content):
    """For what asks neither how many parts there are nor for errors: its page is drawn sooner."""
    return QuestionnaireVersion.objects.add(SMALL, title="Draft")
