"""Rows that tests start from: attempts, counselors, clients and what they share."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client as Browser

from quiz.attempts.models import Attempt
from quiz.core.questionnaire import Questionnaire
from quiz.core.scopes import ANSWERS
from quiz.core.scoring import score
from quiz.counseling.models import Client, Counselor, Disclosure
from quiz.questionnaires.models import QuestionnaireVersion
from tests.answers import SHIPPED, leaning

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECONDS_A_PAGE = 60  # a reader's pace
MS = 4000  # for each statement
PASSWORD = "a level and a bubble"
numbers = count(1)


def likely_answers(rng: random.Random, questionnaire: Questionnaire = SHIPPED) -> dict[str, int]:
    """Draw answers that go together within each trait and raise no flag of carelessness."""
    while True:
        answers = {}
        for items in questionnaire.items_by_trait.values():
            side = rng.gauss(0, 0.8)
            for item in items:
                value = round(3 + item.keying * side + rng.gauss(0, 1))
                answers[item.key] = min(5, max(1, value))
        if not score(questionnaire, answers).flags:
            return answers


def finished(given: dict[str, int], *, at: datetime = NOON, ms: int = MS, **more) -> Attempt:
    """Build an attempt of the published version, without saving it."""
    result = score(SHIPPED, given, seconds=dict.fromkeys(given, ms / 1000))
    places = {item.key: place for place, item in enumerate(SHIPPED.items, start=1)}
    return Attempt(
        **{
            "code_hash": uuid4().hex * 2,
            "version_id": QuestionnaireVersion.objects.live_id(),
            "language": "en",
            "is_first": True,
            "shows_sales_first": True,
            "answers": {
                key: {"value": value, "position": places[key], "ms": ms}
                for key, value in given.items()
            },
            "result": result.to_data() | {"questionnaire": 1},
            "revision": 5,
            "started_at": at,
            "saved_at": at,
            "finished_at": at,
            **more,
        }
    )


def many_finished(count: int, seed: int = 1, **more) -> list[Attempt]:
    """Save `count` attempts, without taking the quiz page by page."""
    rng = random.Random(seed)
    return Attempt.objects.bulk_create(
        [finished(likely_answers(rng), **more) for _ in range(count)]
    )


def make_counselor(name: str = "Dana Reed", email: str = "") -> Counselor:
    """Add an account with PASSWORD, an address of its own and no two-step login yet."""
    email = email or f"{name.lower().replace(' ', '.')}.{next(numbers)}@counselors.example"
    user = User.objects.create_user(email, email, PASSWORD)
    return Counselor.objects.create(user=user, name=name)


def set_up_second_factor(account: Counselor | User) -> str:
    """Turn on two-step login; return the secret that the person's app would hold."""
    secret = generate_totp_secret()
    TOTP.activate(getattr(account, "user", account), secret)
    return secret


def signed_in(counselor: Counselor) -> Browser:
    """Return a browser that is logged in by both steps, without visiting any page."""
    return sign_in(Browser(), counselor.user)


def sign_in(client: Browser, user: User) -> Browser:
    """Log in by both steps, without visiting any page."""
    if not Authenticator.objects.filter(user=user).exists():
        set_up_second_factor(user)
    client.force_login(user)
    request = SimpleNamespace(session=client.session)
    record_authentication(request, user, "mfa", type=Authenticator.Type.TOTP.value)
    request.session.save()
    return client


def code_of(secret: str) -> str:
    """Return the six digits that the app would show now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


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
    """Add an attempt finished at a reader's pace; without `answers` it leans towards sales."""
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
    """Finish an attempt as this client and share its result."""
    attempt = finished_attempt(client, answers, at)
    return Disclosure.objects.create(attempt=attempt, client=client, scope=scope, at=at)


def flag(shared: Disclosure, **levels: str) -> None:
    """Mark the shared result as careless, by these indexes (index=level)."""
    flags = [{"index": index, "level": level} for index, level in levels.items()]
    result = shared.attempt.result | {"flags": flags, "band": "insufficient", "field": ""}
    Attempt.objects.filter(pk=shared.attempt.pk).update(result=result)


def people() -> set[str]:
    """Return what names each person who has an attempt."""
    return {attempt.person for attempt in Attempt.objects.all()}


def all_rows():
    """Count the rows of every table."""
    return {model: model._base_manager.count() for model in apps.get_models()}
