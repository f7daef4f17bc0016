"""How tests get clients, what clients have finished, and what they share."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from quiz.attempts.models import Attempt
from quiz.core.scopes import ANSWERS
from quiz.counseling.models import Client, Counselor, Disclosure
from quiz.questionnaires.models import QuestionnaireVersion
from tests.quiz.answer_sets import SHIPPED, leaning
from tests.quiz.visits import NOON, SECONDS_A_PAGE


def make_client(counselor: Counselor, name: str = "Kim", **values: Any) -> Client:
    return Client.objects.create(counselor=counselor, name=name, **values)


def make_clients(counselor: Counselor, names: list[str]) -> list[Client]:
    return Client.objects.bulk_create(Client(counselor=counselor, name=name) for name in names)


def started_attempt(client: Client | None = None, at: datetime = NOON) -> Attempt:
    version_id = QuestionnaireVersion.objects.live_id()
    attempt, _code = Attempt.objects.start(
        version_id, language="en", is_first=True, now=at, client_id=client.pk if client else None
    )
    return attempt


def finished_attempt(
    client: Client | None = None,
    answers: Mapping[str, int] | None = None,
    at: datetime = NOON,
    background: Mapping[str, str] | None = None,
) -> Attempt:
    """Add an attempt finished at a reader's pace; without answers given, it leans to sales."""
    pages = list(enumerate(SHIPPED.item_pages, start=1))
    attempt = started_attempt(client, at - timedelta(seconds=SECONDS_A_PAGE) * len(pages))
    values = answers or leaning("sales", 9)
    for page, items in pages:
        page_values = {item.key: values[item.key] for item in items}
        saved_at = attempt.started_at + timedelta(seconds=SECONDS_A_PAGE) * page
        attempt.save_answers(page_values, page=page, now=saved_at)
    assert attempt.finish(background or {}, now=at)
    return attempt


def disclose(
    client: Client,
    scope: str = ANSWERS,
    answers: Mapping[str, int] | None = None,
    at: datetime = NOON,
) -> Disclosure:
    """Let a client share a newly finished result."""
    attempt = finished_attempt(client, answers, at)
    return Disclosure.objects.create(attempt=attempt, client=client, scope=scope, at=at)
