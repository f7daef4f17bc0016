"""What a page reads, in at most three SQL statements."""

from collections import defaultdict
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import CharField, F, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language
from translated_fields import to_attribute

from roles.models import Difference, Duty, Figure, Passage, Role, SharedSkill, Skill

FiguresByRole = dict[Role | None, list[Figure]]


class Point(NamedTuple):
    """A duty (its text in `name`) or a skill."""

    name: str
    meaning: str


class Contrast(NamedTuple):
    """A difference or a shared skill: what it is about, and how it looks on either side."""

    topic: str
    meaning: str
    sales: str
    service: str


class SaidOf(NamedTuple):
    heading: str
    text: str


def figures_of(roles: list[Role]) -> FiguresByRole:
    """Return the published figures of each role, and under None those of all occupations."""
    by_id = {role.pk: role for role in roles}
    figures = Figure.objects.published().about_roles(roles).select_related("source")
    by_role: FiguresByRole = defaultdict(list)
    for figure in figures:
        by_role[by_id.get(figure.role_id)].append(figure)
    return by_role


def duties_and_skills(role: Role) -> tuple[list[Point], list[Point]]:
    duties = _texts(Duty.objects.filter(role=role), "order", "text", None)
    skills = _texts(Skill.objects.filter(role=role), "order", "name", "meaning")
    rows = _in_one_statement(duties, skills)
    return [Point(*row) for row in rows["duty"]], [Point(*row) for row in rows["skill"]]


class Contrasts(NamedTuple):
    differences: list[Contrast]
    manager_differences: list[Contrast]
    shared_skills: list[Contrast]
    passages: dict[str, SaidOf]

    @property
    def service(self) -> SaidOf | None:
        return self.passages.get("customer-service")

    @property
    def part_of_sales(self) -> SaidOf | None:
        return self.passages.get("part-of-sales")


def contrasts() -> Contrasts:
    """Return all that is said about sales and customer service side by side."""
    by_level = Difference.objects.all()
    rows = _in_one_statement(
        _texts(by_level, "order", "topic", None, "sales", "service", kind=F("level")),
        _texts(SharedSkill.objects.all(), "order", "name", "meaning", "in_sales", "in_service"),
        _texts(Passage.objects.all(), "pk", "heading", "text", None, None, kind=F("key")),
    )
    differences = rows.pop(str(Role.Level.INDIVIDUAL), [])
    manager_differences = rows.pop(str(Role.Level.MANAGER), [])
    shared_skills = rows.pop("sharedskill", [])
    return Contrasts(
        [Contrast(*row) for row in differences],
        [Contrast(*row) for row in manager_differences],
        [Contrast(*row) for row in shared_skills],
        {key: SaidOf(*row[:2]) for key, (row, *_) in rows.items()},
    )


def _texts(
    queryset: models.QuerySet, order: str, *names: str | None, kind: Combinable | None = None
) -> models.QuerySet:
    """Return rows of (kind, order, texts in the current language)."""
    own_kind = Value(queryset.model._meta.model_name, output_field=CharField())
    texts = {f"text{place}": _in_language(name) for place, name in enumerate(names)}
    rows = queryset.order_by().annotate(kind=kind or own_kind, place=F(order), **texts)
    return rows.values_list("kind", "place", *texts)


def _in_language(name: str | None) -> Combinable:
    """Return the column of a translated text, or of the site's own language where that is empty."""
    if name is None:
        return Value("", output_field=CharField())
    own = F(to_attribute(name, settings.LANGUAGES[0][0]))
    current = F(to_attribute(name, get_language() or settings.LANGUAGES[0][0]))
    return own if own == current else Coalesce(NullIf(current, Value("")), own)


def _in_one_statement(
    first: models.QuerySet, *others: models.QuerySet
) -> dict[str, list[tuple[str, ...]]]:
    """Return the texts by kind, each kind in its order."""
    by_kind: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for kind, _place, *texts in sorted(first.union(*others, all=True)):
        by_kind[kind].append(tuple(texts))
    return by_kind
