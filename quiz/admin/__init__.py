from quiz.admin.accounts import GroupAdmin, UserAdmin
from quiz.admin.questionnaire import (
    BackgroundQuestionAdmin,
    ItemAdmin,
    QuestionnaireVersionAdmin,
    TraitAdmin,
)

__all__ = [
    "BackgroundQuestionAdmin",
    "GroupAdmin",
    "ItemAdmin",
    "QuestionnaireVersionAdmin",
    "TraitAdmin",
    "UserAdmin",
]
