from quiz.admin.questionnaire import (
    BackgroundQuestionAdmin,
    ItemAdmin,
    QuestionnaireVersionAdmin,
    TraitAdmin,
)

__all__ = [
    "BackgroundQuestionAdmin",
    "ItemAdmin",
    "QuestionnaireVersionAdmin",
    "TraitAdmin",
]
