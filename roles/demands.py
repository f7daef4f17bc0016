"""What the work asks for, as ranks among all occupations: for whoever sets something beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from roles.measures import Text, short_name
from roles.models import Figure, Role


@dataclass(frozen=True)
class Rank:
    """Of 100 occupations, how many rank lower in this; `of` so many occupations were rated."""

    percentile: float
    in_a_hundred: int
    of: int
    source: Text
    period: str


@dataclass(frozen=True)
class Demands:
    """One role's ranks by the official name of what was rated."""

    title: str
    field: str
    is_closest_occupation: bool
    ranks: Mapping[str, Rank]


def demands_of(role: Role, figures: Iterable[Figure]) -> Demands:
    ranks = {
        figure.category: Rank(
            float(figure.percentile),
            figure.in_a_hundred or 0,
            figure.percentile_of or 0,
            short_name(figure.source.key),
            figure.period,
        )
        for figure in figures
        if figure.measure == "rating" and figure.percentile is not None
    }
    return Demands(role.title, role.field, role.occupation_is_closest, ranks)
