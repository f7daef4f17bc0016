"""A person's traits compared with what roles ask for."""

from dataclasses import dataclass, field, replace

import pytest

from quiz.core.scoring import score
from quiz.results.report import trait_reports
from quiz.results.role_demands import traits_with_demands
from tests.answers import SHIPPED, alike, scoring

pytestmark = pytest.mark.pure

HIGH = scoring(93.75, 93.75, 93.75)
LOW = scoring(6.25, 6.25, 6.25)
MIDDLE = alike(3)


@dataclass
class Rank:
    percentile: float
    in_a_hundred: int = 0


@dataclass
class Role:
    ranks: dict = field(default_factory=dict)
    title: str = "A role"
    field: str = "sales"


def role(**percentiles):
    names = {"service": "Service Orientation", "achievement": "Achievement Orientation"}
    return Role({names.get(n, n.capitalize()): Rank(p, round(p)) for n, p in percentiles.items()})


def row(key, answers, *roles):
    traits = trait_reports(score(SHIPPED, answers), SHIPPED, "en")
    return next(each for each in traits_with_demands(traits, roles) if each.trait.key == key)


@pytest.mark.parametrize(
    ("answers", "percentile", "side", "agrees"),
    [
        (HIGH, 97, "high", "same"),
        (HIGH, 20, "low", "other"),
        (HIGH, 60, "middle", "either"),
        (HIGH, 40, "middle", "either"),
        (HIGH, 60.1, "high", "same"),
        (HIGH, 39.9, "low", "other"),
        (LOW, 20, "low", "same"),
        (LOW, 97, "high", "other"),
        (MIDDLE, 97, "high", "unsure"),
        (MIDDLE, 50, "middle", "unsure"),
    ],
)
@pytest.mark.parametrize(("key", "name"), [("proactive", "initiative"), ("targets", "achievement")])
def test_sides_are_compared(key, name, answers, percentile, side, agrees):
    (demand,) = row(key, answers, role(**{name: percentile})).demands
    assert (demand.place, demand.side, demand.agrees) == (percentile, side, agrees)


def test_score_within_error_of_the_middle_has_no_side():
    sem = score(SHIPPED, MIDDLE).sem["proactive"]
    just_within, beyond = scoring(59.375, 50, 50), scoring(62.5, 50, 50)
    assert 59.375 - 50 < sem < 62.5 - 50
    assert row("proactive", just_within).side == "middle"
    assert row("proactive", beyond).side == "high"


def test_persuasion_is_compared_with_empathy():
    torn = role(persuasion=90, negotiation=80, service=95, empathy=75)
    (demand,) = row("persuasion", HIGH, torn).demands
    assert demand.place == 50
    seller = role(persuasion=98, negotiation=98, service=40, empathy=30)
    (demand,) = row("persuasion", HIGH, seller).demands
    assert demand.place == 50 + (98 - 35) / 2
    assert [each.name for each in demand.ratings] == [
        "Persuasion",
        "Negotiation",
        "Service Orientation",
        "Empathy",
    ]


@pytest.mark.parametrize("missing", ["persuasion", "negotiation", "service", "empathy"])
def test_role_with_a_missing_rating_has_no_demand(missing):
    ranks = {"persuasion": 90, "negotiation": 80, "service": 95, "empathy": 75}
    del ranks[missing]
    assert row("persuasion", HIGH, role(**ranks)).demands == ()


def test_older_rating_names_are_recognized():
    old = Role({"Achievement/Effort": Rank(90, 90)})
    (demand,) = row("targets", HIGH, old).demands
    assert [each.name for each in demand.ratings] == ["Achievement/Effort"]


def test_each_rating_has_dots():
    demands = row("proactive", HIGH, role(initiative=0), role(initiative=50)).demands
    assert [each.ratings[0].dots for each in demands] == [1, 3]


def test_unknown_trait_has_no_demands():
    (first, *_rest) = trait_reports(score(SHIPPED, HIGH), SHIPPED, "en")
    (other,) = traits_with_demands([replace(first, key="patience")], [role(initiative=90)])
    assert other.demands == ()
