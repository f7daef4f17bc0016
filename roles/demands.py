"""What a role asks for, as ranks among all occupations, for comparison with a person's profile."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from roles.measures import Text, short_name
from roles.models import Figure, Role


@dataclass(frozen=True)
class Rank:
    """A role's rank in one rating, among `of` rated occupations.

    `percentile` (0 to 100) and `in_a_hundred` (1 to 99) say how many of 100 occupations rank lower.
    """

    percentile: float
    in_a_hundred: int
    of: int
    source: Text
    period: str


@dataclass(frozen=True)
class Demands:
    """The ranks of one role, keyed by O*NET's name of what was rated."""

    title: str
    field: str
    stands_in: str  # title of the official occupation that was rated, if it is only the closest one
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
    stands_in = role.occupation_title if role.occupation_is_closest else ""
    return Demands(role.title, role.field, stands_in, ranks)
