"""The one place that links a result to job pages, by role slug."""

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

# Years of work in the field, or with customers if only that was asked, before leading a team.
# Source: the managers' comparison among the project's source documents (6-8 and 4-6 years).
YEARS_FOR_MANAGER = {SALES: 6, SERVICE: 4}

LEADING, SCHOOLING = "B2", "B3"
# Version 1 asks for the years in both fields together, version 2 for those in each.
YEARS_IN_BOTH = "B1"
YEARS_IN = {SALES: "B1_sales", SERVICE: "B1_service"}

# Values of the question about school, from least to most. Others can't be compared.
SCHOOLING_STEPS = ("none", "hs", "some", "assoc", "ba", "grad")
# What employers usually ask of a beginner, where an official source says so.
# Source: BLS, Occupational Outlook Handbook; a test compares it with the figures of the roles.
USUAL_SCHOOLING = {
    "sales-representative": "hs",
    "customer-service-representative": "hs",
    "sales-manager": "ba",
}


@dataclass(frozen=True)
class SuggestedRoles:
    """The role pages to show first, in order, and those one level up (empty for managers)."""

    level: str
    slugs: tuple[str, ...]
    next_slugs: tuple[str, ...]


def level_for(field: str, background: Mapping[str, str]) -> str:
    """Choose manager for people who lead now, or want to soon and have the years."""
    leading = background.get(LEADING)
    if leading == "now":
        return MANAGER
    years = _years(background.get(YEARS_IN[field]) or background.get(YEARS_IN_BOTH, ""))
    return MANAGER if leading == "soon" and years >= YEARS_FOR_MANAGER[field] else INDIVIDUAL


def _years(value: str) -> int:
    """Read the years: the value of an answer is the lower end of its range."""
    return int(value) if value.isascii() and value.isdigit() else 0


def has_usual_schooling(role_slug: str, background: Mapping[str, str]) -> bool | None:
    """Compare a person's schooling with what a role usually asks for; None if either is unknown.

    This only picks a sentence; it changes neither a score nor the level.
    """
    finished, usual = background.get(SCHOOLING), USUAL_SCHOOLING.get(role_slug)
    if finished not in SCHOOLING_STEPS or usual is None:
        return None
    return SCHOOLING_STEPS.index(finished) >= SCHOOLING_STEPS.index(usual)


def suggested_roles(
    field: str, background: Mapping[str, str], *, shows_sales_first: bool
) -> SuggestedRoles:
    """Return the roles of a field; without a field, those of both fields at one level.

    Their order is drawn when the attempt starts, so the answers don't decide it.
    """
    fields = (field,) if field else _both_fields(shows_sales_first=shows_sales_first)
    levels = {level_for(each, background) for each in fields}
    level = MANAGER if levels == {MANAGER} else INDIVIDUAL
    slugs = tuple(ROLE_SLUGS[each, level] for each in fields)
    if level == MANAGER:
        return SuggestedRoles(level, slugs, ())
    return SuggestedRoles(level, slugs, tuple(ROLE_SLUGS[each, MANAGER] for each in fields))


def both_at_level_of(role_slug: str, *, shows_sales_first: bool) -> tuple[str, ...]:
    """Return a role and its counterpart in the other field, in the order drawn for the attempt."""
    _field, level = FIELDS_AND_LEVELS[role_slug]
    both = _both_fields(shows_sales_first=shows_sales_first)
    return tuple(ROLE_SLUGS[field, level] for field in both)


def _both_fields(*, shows_sales_first: bool) -> tuple[str, ...]:
    return (SALES, SERVICE) if shows_sales_first else (SERVICE, SALES)
