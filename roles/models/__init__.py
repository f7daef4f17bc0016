from roles.models.advice import Advice, AdviceSummary, Kind
from roles.models.contrast import Difference, Passage, SharedSkill
from roles.models.figure import IDENTITY, Figure, Source
from roles.models.role import Duty, Role, Skill
from roles.models.shipped import ShippedRow

__all__ = [
    "IDENTITY",
    "Advice",
    "AdviceSummary",
    "Difference",
    "Duty",
    "Figure",
    "Kind",
    "Passage",
    "Role",
    "SharedSkill",
    "ShippedRow",
    "Skill",
    "Source",
]
