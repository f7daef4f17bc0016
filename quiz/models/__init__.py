from quiz.models.attempt import Attempt
from quiz.models.parts import (
    BackgroundOption,
    BackgroundQuestion,
    Item,
    ScaleAnswer,
    Trait,
    Wording,
)
from quiz.models.questionnaire import QuestionnaireVersion

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
