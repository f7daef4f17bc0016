"""The pages of a visit, rendered before the first visitor asks for them."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from quiz.attempts.codes import LENGTH
from quiz.attempts.models import Attempt
from quiz.core.questionnaire import Questionnaire
from quiz.core.scoring import score
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.questionnaires.models.version import frozen_questionnaire
from quiz.visitor.result import frame_of, sitting_result
from quiz.visitor.taking import sitting_page
from quiz.visitor.welcome import home, introduction


def render_a_visit() -> None:
    """Render each page of a visit to the published version, and its results. Stores nothing."""
    version_id = QuestionnaireVersion.objects.live_id()
    if version_id is None:
        return
    request = HttpRequest()
    request.method = "GET"
    home(request)
    introduction(request)
    questionnaire, now = frozen_questionnaire(version_id), timezone.now()
    attempt = Attempt(
        version_id=version_id,
        language=get_language() or "",
        shows_sales_first=True,
        started_at=now,
        saved_at=now,
    )
    attempt.code = "0" * LENGTH
    for page in range(1, questionnaire.last_page + 1):
        sitting_page(request, attempt, page)
    for values in _answers_each_way(questionnaire):
        attempt.answers = {
            key: {"value": value, "position": position, "ms": None}
            for position, (key, value) in enumerate(values.items(), start=1)
        }
        attempt.result = score(questionnaire, values, norms=attempt.norms).to_data()
        attempt.finished_at = now
        sitting_result(request, attempt, more=frame_of(attempt, attempt))


def _answers_each_way(questionnaire: Questionnaire) -> Iterator[dict[str, int]]:
    """Yield answers that lean as far as they can to one side, then to the other."""
    high, low = questionnaire.high, questionnaire.low
    for favorable, other in ((high, low), (low, high)):
        yield {item.key: favorable if item.keying > 0 else other for item in questionnaire.items}
