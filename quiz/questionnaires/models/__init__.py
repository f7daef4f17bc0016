from quiz.questionnaires.models.norms import NormSet
from quiz.questionnaires.models.parts import (
    BackgroundOption,
    BackgroundQuestion,
    Item,
    ScaleAnswer,
    Trait,
    Wording,
)
from quiz.questionnaires.models.version import QuestionnaireVersion

__all__ = [
    "BackgroundOption",
    "BackgroundQuestion",
    "Item",
    "NormSet",
    "QuestionnaireVersion",
    "ScaleAnswer",
    "Trait",
    "Wording",
]
