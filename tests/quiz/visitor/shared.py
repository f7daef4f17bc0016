"""How an owner shares a result, and how others open it."""

import uuid
from datetime import timedelta
from http import HTTPStatus

from quiz.attempts.models import ShareLink
from tests.answers import leaning
from tests.factories import NOON

SOON = NOON + timedelta(hours=1)
ANSWERS = leaning("sales", 7)  # of the owner
ASKS_PASSPHRASE = 'name="passphrase"'


def make(owner, **changes):
    """Create a link through the form; return its row."""
    sent = {"id": uuid.uuid4(), "scope": "traits", "until": "30", "shown_name": "", **changes}
    response = owner.post("/quiz/shares/", sent)
    assert response.status_code == HTTPStatus.FOUND, response.content.decode()
    return ShareLink.objects.get(pk=sent["id"])


def page(browser, link):
    response = browser.get(link.path)
    assert response.status_code == HTTPStatus.OK
    return response.content.decode()
