"""A person's traits compared with what roles ask for. Pure.

The two use different scales: a score is a position between two poles, and a demand is a rank among
occupations. So we compare sides, never distances.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from quiz.results.report import HIGH, LOW, MIDDLE, TraitReport
from roles.pictures import dots

# The O*NET ratings closest to each trait's high and low pole, by their official names. The quiz's
# weights are based on the same ratings (docs/explanation/scoring.md).
NEAREST: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "proactive": (("Initiative",), ()),
    "persuasion": (("Persuasion", "Negotiation"), ("Service Orientation", "Empathy")),
    "targets": (("Achievement Orientation",), ()),
}
OLDER_NAMES = {"Achievement Orientation": "Achievement/Effort", "Empathy": "Concern for Others"}

# A rank counts as a side if it is this far from 50: above 60 or below 40 of 100 occupations.
OFF_THE_MIDDLE = 10
SAME, OTHER, UNSURE, EITHER = "same", "other", "unsure", "either"


class Rank(Protocol):
    """How many of 100 occupations rank lower."""

    @property
    def percentile(self) -> float: ...
    @property
    def in_a_hundred(self) -> int: ...


class Demands(Protocol):
    """What one role asks for."""

    @property
    def title(self) -> str: ...
    @property
    def field(self) -> str: ...
    @property
    def ranks(self) -> Mapping[str, Rank]: ...


@dataclass(frozen=True)
class Named:
    """One rating behind a demand; `dots` is 1 to 5."""

    name: str
    in_a_hundred: int
    dots: int


@dataclass(frozen=True)
class Demand:
    """A role's place on a trait (0..100), and how it compares with the person's side.

    `agrees` is SAME, OTHER, UNSURE (the person is in the middle, within the error) or EITHER (the
    role is near the middle).
    """

    title: str
    field: str
    place: float
    side: str
    agrees: str
    ratings: tuple[Named, ...]


@dataclass(frozen=True)
class TraitDemands:
    """One trait of a person with the demands of each role that has ratings for it."""

    trait: TraitReport
    side: str
    demands: tuple[Demand, ...]


def traits_with_demands(
    traits: Sequence[TraitReport], roles: Sequence[Demands]
) -> tuple[TraitDemands, ...]:
    return tuple(_with_demands(trait, roles) for trait in traits)


def _with_demands(trait: TraitReport, roles: Sequence[Demands]) -> TraitDemands:
    demands = (_demand(trait.key, role, trait.side) for role in roles)
    return TraitDemands(trait, trait.side, tuple(each for each in demands if each))


def _demand(key: str, role: Demands, own_side: str) -> Demand | None:
    towards_high, towards_low = NEAREST.get(key, ((), ()))
    high, low = _ranks(role, towards_high), _ranks(role, towards_low)
    if not high or len(high) < len(towards_high) or len(low) < len(towards_low):
        return None
    mean_high = sum(rank.percentile for _name, rank in high) / len(high)
    place = mean_high
    if low:
        mean_low = sum(rank.percentile for _name, rank in low) / len(low)
        place = 50 + (mean_high - mean_low) / 2
    is_middle = abs(place - 50) <= OFF_THE_MIDDLE
    side = MIDDLE if is_middle else HIGH if place > 50 else LOW
    return Demand(
        role.title,
        role.field,
        place,
        side,
        _agreement(own_side, side),
        tuple(
            Named(name, rank.in_a_hundred, dots(rank.percentile)) for name, rank in (*high, *low)
        ),
    )


def _ranks(role: Demands, names: Sequence[str]) -> list[tuple[str, Rank]]:
    found = []
    for name in names:
        for known in (name, OLDER_NAMES.get(name, name)):
            if known in role.ranks:
                found.append((known, role.ranks[known]))
                break
    return found


def _agreement(own_side: str, side: str) -> str:
    if own_side == MIDDLE:
        return UNSURE
    if side == MIDDLE:
        return EITHER
    return SAME if own_side == side else OTHER
