import dataclasses

import pytest


@pytest.fixture
def counselor(content):
    from tests.factories import make_counselor

    return make_counselor()


@pytest.fixture
def versions(content):
    """What manages the versions of the questionnaire; Django is set up by now."""
    from quiz.questionnaires.models import QuestionnaireVersion

    return QuestionnaireVersion.objects


@pytest.fixture
def live(versions):
    return versions.published().get()


@pytest.fixture
def whole_draft(versions):
    from tests.answers import SHIPPED

    return versions.add(SHIPPED, title="Draft")


@pytest.fixture
def draft(whole_draft):
    return whole_draft


@pytest.fixture
def small_draft(versions):
    """A page of it is drawn sooner: for tests that need neither all parts nor an errorfree draft.

    For each trait a statement of either keying; two texts, so that it can't be published.
    """
    from tests.answers import SHIPPED

    small = dataclasses.replace(
        SHIPPED,
        texts={key: SHIPPED.texts[key] for key in ("instructions", "close")},
        scale=SHIPPED.scale[:2],
        items=SHIPPED.items[:6],
        background=SHIPPED.background[:2],
    )
    return versions.add(small, title="Draft")
