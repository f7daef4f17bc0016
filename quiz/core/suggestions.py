"""The one place that joins a Result to roles, by role slug; needs no database."""

from collections.abc import Mapping
from dataclasses import dataclass

from quiz.core.verdict import SALES, SERVICE

INDIVIDUAL, MANAGER = "individual", "manager"

ROLE_SLUGS = {
    (SALES, INDIVIDUAL): "sales-representative",
    (SALES, MANAGER): "sales-manager",
    (SERVICE, INDIVIDUAL): "customer-service-representative",
    (SERVICE, MANAGER): "customer-service-manager",
}

FIELDS_AND_LEVELS = {slug: of for of, slug in ROLE_SLUGS.items()}

# Years of work with customers that somebody who wants to lead a team has first.
# Source: the managers' comparison among the project's source documents (6-8 and 4-6 years).
YEARS_FOR_MANAGER = {SALES: 6, SERVICE: 4}

YEARS, LEADING, SCHOOLING = "B1", "B2", "B3"

# From the least on; the values of the question about school.
SCHOOLING_STEPS = ("none", "hs", "some", "assoc", "ba", "grad")
# What employers usually ask for at the start, where there is an official word on it.
# Source: BLS, Occupational Outlook Handbook; a test holds it to the roles' figures.
USUAL_SCHOOLING = {
    "sales-representative": "hs",
    "customer-service-representative": "hs",
    "sales-manager": "ba",
}


@dataclass(frozen=True)
class SuggestedRoles:
    """The role pages to show first, in order, and the level above that comes later (or none)."""

    level: str
    slugs: tuple[str, ...]
    next_slugs: tuple[str, ...]


def level_for(field: str, background: Mapping[str, str]) -> str:
    """Return the level to look at in a field: manager when leading now, or soon and ready."""
    leading = background.get(LEADING)
    if leading == "now":
        return MANAGER
    years = _years(background.get(YEARS, ""))
    return MANAGER if leading == "soon" and years >= YEARS_FOR_MANAGER[field] else INDIVIDUAL


def _years(value: str) -> int:
    """Return the years an answer stands for: its value is the least of its range."""
    return int(value) if value.isascii() and value.isdigit() else 0


def has_usual_schooling(role_slug: str, background: Mapping[str, str]) -> bool | None:
    """Say whether somebody has what a role usually asks for; None where either is not known.

    It picks a sentence, and changes neither a score nor the level.
    """
    finished, usual = background.get(SCHOOLING), USUAL_SCHOOLING.get(role_slug)
    if finished not in SCHOOLING_STEPS or usual is None:
        return None
    return SCHOOLING_STEPS.index(finished) >= SCHOOLING_STEPS.index(usual)


def suggested_roles(
    field: str, background: Mapping[str, str], *, shows_sales_first: bool
) -> SuggestedRoles:
    """Return the roles for a suggested field; for an empty one both fields, at one level.

    Both stand in an order drawn when the attempt began: the answers don't decide it.
    """
    fields = (field,) if field else _both_fields(shows_sales_first=shows_sales_first)
    levels = {level_for(each, background) for each in fields}
    level = MANAGER if levels == {MANAGER} else INDIVIDUAL
    slugs = tuple(ROLE_SLUGS[each, level] for each in fields)
    if level == MANAGER:
        return SuggestedRoles(level, slugs, ())
    return SuggestedRoles(level, slugs, tuple(ROLE_SLUGS[each, MANAGER] for each in fields))


def both_at_level_of(role_slug: str, *, shows_sales_first: bool) -> tuple[str, ...]:
    """Return a role and the one of the other field at its level, in the order drawn by lot."""
    _field, level = FIELDS_AND_LEVELS[role_slug]
    both = _both_fields(shows_sales_first=shows_sales_first)
    return tuple(ROLE_SLUGS[field, level] for field in both)


def _both_fields(*, shows_sales_first: bool) -> tuple[str, ...]:
    return (SALES, SERVICE) if shows_sales_first else (SERVICE, SALES)
