from roles.admin.contrast import DifferenceAdmin, PassageAdmin, SharedSkillAdmin
from roles.admin.figure import FigureAdmin, SourceAdmin
from roles.admin.role import RoleAdmin

__all__ = [
    "DifferenceAdmin",
    "FigureAdmin",
    "PassageAdmin",
    "RoleAdmin",
    "SharedSkillAdmin",
    "SourceAdmin",
]
