from quiz.models.attempt import Attempt
from quiz.models.counseling import (
    AuditEntry,
    Client,
    ClientGroup,
    ClientInvitation,
    Counselor,
    CounselorInvitation,
    Disclosure,
    GroupLink,
    Note,
    Tag,
)
from quiz.models.evidence import Folding, NormSet, TalliedAttempt, Tally
from quiz.models.liking import Liking, LikingCount
from quiz.models.parts import (
    BackgroundOption,
    BackgroundQuestion,
    Item,
    ScaleAnswer,
    Trait,
    Wording,
)
from quiz.models.questionnaire import QuestionnaireVersion
from quiz.models.sharing import Opening, ShareLink

__all__ = [
    "Attempt",
    "AuditEntry",
    "BackgroundOption",
    "BackgroundQuestion",
    "Client",
    "ClientGroup",
    "ClientInvitation",
    "Counselor",
    "CounselorInvitation",
    "Disclosure",
    "Folding",
    "GroupLink",
    "Item",
    "Liking",
    "LikingCount",
    "NormSet",
    "Note",
    "Opening",
    "QuestionnaireVersion",
    "ScaleAnswer",
    "ShareLink",
    "Tag",
    "TalliedAttempt",
    "Tally",
    "Trait",
    "Wording",
]
