from quiz.models.attempt import Attempt
from quiz.models.questionnaire import (
    BackgroundOption,
    BackgroundQuestion,
    Item,
    QuestionnaireVersion,
    ScaleAnswer,
    Trait,
    Wording,
)

__all__ = [
    "Attempt",
    "BackgroundOption",
    "BackgroundQuestion",
    "Item",
    "QuestionnaireVersion",
    "ScaleAnswer",
    "Trait",
    "Wording",
]
