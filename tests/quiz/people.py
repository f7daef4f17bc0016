"""Finished attempts of many people, written without taking the quiz page by page."""

import random
from datetime import UTC, datetime
from uuid import uuid4

from quiz.attempts.models import Attempt
from quiz.core.questionnaire import Questionnaire
from quiz.core.scoring import score
from quiz.questionnaires.models import QuestionnaireVersion
from tests.quiz.answer_sets import SHIPPED

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MS = 4000


def likely_answers(rng: random.Random, questionnaire: Questionnaire = SHIPPED) -> dict[str, int]:
    """Return answers of somebody whose items of a trait go together; none of them careless."""
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
    """Return an unsaved attempt of the live version."""
    result = score(SHIPPED, given, seconds=dict.fromkeys(given, ms / 1000))
    places = {item.key: place for place, item in enumerate(SHIPPED.items, start=1)}
    code_hash = uuid4().hex * 2
    return Attempt(
        **{
            "code_hash": code_hash,
            "series": code_hash,
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
    """Write attempts of so many people."""
    rng = random.Random(seed)
    return Attempt.objects.bulk_create(
        [finished(likely_answers(rng), **more) for _ in range(count)]
    )
