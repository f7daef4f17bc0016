"""What pages read from the database: a fixed number of queries, however many rows there are."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from roles.models import Difference, Figure, Passage, Role, SharedSkill

FiguresByRole = dict[Role | None, list[Figure]]


class Contrast(NamedTuple):
    """A row that compares the fields: a difference or a shared skill."""

    topic: str
    meaning: str
    sales: str
    service: str


class Contrasts(NamedTuple):
    differences: list[Contrast]
    manager_differences: list[Contrast]
    shared_skills: list[Contrast]
    passages: dict[str, Passage]


def figures_by_role(roles: Sequence[Role]) -> FiguresByRole:
    """Load the published figures of each role; the key None has those of all occupations."""
    by_id: dict[int | None, Role] = {role.pk: role for role in roles}
    figures = Figure.objects.published().about_roles(list(roles)).select_related("source")
    by_role: FiguresByRole = defaultdict(list)
    for figure in figures:
        by_role[by_id.get(figure.role_id)].append(figure)
    return by_role


def load_contrasts() -> Contrasts:
    by_level: dict[str, list[Contrast]] = defaultdict(list)
    for row in Difference.objects.all():
        by_level[row.level].append(Contrast(row.topic, "", row.sales, row.service))
    return Contrasts(
        by_level[str(Role.Level.INDIVIDUAL)],
        by_level[str(Role.Level.MANAGER)],
        [
            Contrast(skill.name, skill.meaning, skill.in_sales, skill.in_service)
            for skill in SharedSkill.objects.all()
        ],
        {passage.key: passage for passage in Passage.objects.all()},
    )
