"""The quiz for other programs: its statements, and scores of answers, of which nothing is kept."""

import sys
from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema
from ninja.errors import HttpError, ValidationError

from quiz.core.answer_lines import (
    KNOWN,
    LineError,
    Unreadable,
    members_of,
    score_person,
    whole,
    written,
)
from quiz.core.questionnaire import BackgroundQuestion, Questionnaire, words
from quiz.core.scoring import shown
from quiz.questionnaires.file import with_first_background
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.questionnaires.models.version import frozen_questionnaire

router = Router(tags=["quiz"])


# ---------------------------------------------------------------- what the quiz asks


class ScaleAnswerOut(Schema):
    value: int = Field(description="what to send as the answer to a statement")
    label: str


class StatementOut(Schema):
    key: str
    text: str
    page: int = Field(description="the page of the quiz that shows it, from 1")


class OptionOut(Schema):
    value: str = Field(description="what to send as the answer to the question")
    label: str


class BackgroundQuestionOut(Schema):
    key: str
    text: str
    options: list[OptionOut]


class QuestionnaireOut(Schema):
    questionnaire: int = Field(description="number of the version, which never changes")
    language: str
    published_at: datetime
    instructions: str
    scale: list[ScaleAnswerOut]
    statements: list[StatementOut] = Field(description="in the order in which the quiz asks them")
    background: list[BackgroundQuestionOut] = Field(
        description="optional questions, which never change a score, only the suggested job"
    )


@router.get(
    "/questionnaires/",
    response=list[QuestionnaireOut],
    operation_id="list_questionnaires",
    url_name="questionnaires",
    summary="What the quiz asks now, once for each language",
)
def list_questionnaires(request: HttpRequest) -> list[dict[str, Any]]:
    """Empty while the quiz is closed. Holds nothing on how answers are scored."""
    return [
        {"published_at": published_at, **_asked_in(code, frozen_questionnaire(version_id))}
        for version_id, published_at in QuestionnaireVersion.objects.published().values_list(
            "pk", "published_at"
        )
        for code, _name in settings.LANGUAGES
        if code in frozen_questionnaire(version_id).languages
    ]


def _asked_in(language: str, questionnaire: Questionnaire) -> dict[str, Any]:
    return {
        "questionnaire": questionnaire.number,
        "language": language,
        "instructions": words(questionnaire.texts["instructions"], language),
        "scale": [
            {"value": answer.value, "label": words(answer.label, language)}
            for answer in questionnaire.scale
        ],
        "statements": [
            {"key": item.key, "text": words(item.text, language), "page": page}
            for page, items in enumerate(questionnaire.item_pages, start=1)
            for item in items
        ],
        "background": [
            {
                "key": question.key,
                "text": words(question.text, language),
                "options": [
                    {"value": option.value, "label": words(option.label, language)}
                    for option in question.options
                ],
            }
            for question in questionnaire.background
        ],
    }


# ---------------------------------------------------------------- scores


class FlagOut(Schema):
    index: Literal["longest_run", "spread", "time", "yes_saying"]
    level: Literal["review", "invalid"]


class ScoreOut(Schema):
    id: Any = Field(None, description="as it was sent; missing if none was")
    scores: dict[str, float] = Field(description="by trait, from 0 to 100")
    lean: float = Field(description="from -50 (service) to 50 (sales)")
    agreement: float = Field(description="from 0.5 to 1")
    band: Literal["clear", "leaning", "close", "insufficient"]
    field: Literal["sales", "service", ""] = Field(description="empty if neither is suggested")
    role: str = Field(description="slug of the suggested role; empty if field is")
    flags: list[FlagOut] = Field(description="signs of careless answers")
    agreement_low: float = Field(description="lower end of the range of the agreement")
    agreement_high: float = Field(description="upper end of the range of the agreement")


@router.post(
    "/score",
    response=ScoreOut,
    operation_id="score",
    url_name="score",
    summary="Score one person's answers and store nothing",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Person"}}},
        }
    },
)
def score(request: HttpRequest) -> HttpResponse:
    """The same numbers as the command `score_answers`, whose lines can be sent as they are.

    Without `questionnaire`, the answers are to the live version.
    """
    if request.content_type != "application/json":
        raise HttpError(415, "Send JSON, with the header Content-Type: application/json.")
    try:
        person = members_of(request.body, {*KNOWN, "questionnaire"})
        questionnaire = frozen_questionnaire(_version_id_of(person.get("questionnaire")))
        text = written(score_person(with_first_background(questionnaire), person))
    except Unreadable as error:
        raise HttpError(400, f"We can't read the body: {error}.") from None
    except LineError as error:
        raise ValidationError([{"loc": error.place, "msg": str(error)}]) from None
    return HttpResponse(text, content_type="application/json")


def _version_id_of(number: Any) -> int:
    """Find the version with this number, or the live one for None; HttpError if there is none."""
    versions = QuestionnaireVersion.objects
    if number is None:
        version_id = versions.live_id()
        if version_id is None:
            raise HttpError(404, "The quiz is closed now. Send the number of a questionnaire.")
        return version_id
    number = whole(number)
    if type(number) is not int:
        message = f"questionnaire must be the number of a version, not {shown(number)}"
        raise LineError(message, "questionnaire")
    # Drafts have no number.
    version_id = versions.filter(number=number).values_list("pk", flat=True).first()
    if version_id is None:
        raise HttpError(404, f"There is no questionnaire {shown(number)}.")
    return version_id


# ---------------------------------------------------------------- what may be sent, as JSON Schema


def person_schema() -> dict[str, Any]:
    """Describe what `score` takes: for each published version, with the keys of its statements."""
    numbers = QuestionnaireVersion.objects.exclude(number=None).order_by("-number")
    live_id = QuestionnaireVersion.objects.live_id()
    return {
        "title": "Person",
        "anyOf": [
            _person_schema_of(frozen_questionnaire(version_id), is_live=version_id == live_id)
            for version_id in numbers.values_list("pk", flat=True)
        ]
        or [False],  # before the first version is published, nothing may be sent
    }


def _person_schema_of(questionnaire: Questionnaire, *, is_live: bool) -> dict[str, Any]:
    questionnaire = with_first_background(questionnaire)
    keys = list(questionnaire.items_by_key)
    answer = {"type": "integer", "minimum": questionnaire.low, "maximum": questionnaire.high}
    seconds = {"type": ["number", "null"], "minimum": 0, "maximum": sys.float_info.max}
    return {
        "title": f"Answers to questionnaire {questionnaire.number}",
        "type": "object",
        "required": ["answers"] if is_live else ["answers", "questionnaire"],
        "additionalProperties": False,
        "properties": {
            "questionnaire": {"enum": [questionnaire.number, *([None] if is_live else [])]},
            "id": {"description": "Comes back as it is."},
            "answers": {
                "description": "The value on the scale, by key of the statement.",
                "type": "object",
                "required": keys,
                "additionalProperties": False,
                "properties": dict.fromkeys(keys, answer),
            },
            "seconds": {
                "description": "How long each answer took, if known.",
                "type": ["object", "null"],
                "additionalProperties": False,
                "properties": dict.fromkeys(keys, seconds),
            },
            "background": {
                "description": "Values of options, by key of the background question.",
                "type": ["object", "null"],
                "additionalProperties": False,
                "properties": {q.key: {"enum": _accepted(q)} for q in questionnaire.background},
            },
        },
    }


def _accepted(question: BackgroundQuestion) -> list[Any]:
    """Return what may be sent as an answer: a value, as a number too, or nothing."""
    values = [option.value for option in question.options]
    return [*values, *(int(v) for v in values if v.isdecimal() and str(int(v)) == v), None, ""]
