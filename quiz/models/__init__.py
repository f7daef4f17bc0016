from quiz.attempts.models.attempt import Attempt
from quiz.attempts.models.sharing import Opening, ShareLink
from quiz.evidence.models.interest import Liking, LikingCount
from quiz.evidence.models.tallies import Folding, TalliedAttempt, Tally
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
