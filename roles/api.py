"""Roles and their figures as public, read-only JSON."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from ninja import Field, Router, Schema

from roles.models import Figure, Role, Source
from roles.page_cache import current_cache
from roles.queries import figures_by_role

router = Router(tags=["roles"])


class RoleCard(Schema):
    slug: str
    title: str
    field: str = Field(description="sales or service")
    level: str = Field(description="individual or manager")
    summary: str
    page: str = Field(description="address of the page on the site")
    api: str = Field(description="address of the role with all its figures")


class SourceOut(Schema):
    key: str
    name: str
    kind: str = Field(description="official or article")
    licence: str
    url: str
    about: str
    attribution: str = Field(description="text to show wherever its figures are used")


class FigureOut(Schema):
    measure: str
    category: str
    about: str = Field(
        description="work, or workforce (who holds the jobs), which the quiz never uses"
    )
    value: Decimal | None
    value_high: Decimal | None = Field(description="upper end of a range; value is the lower end")
    text: str
    unit: str
    currency: str
    region: str
    period: str = Field(description="as the source states it; empty if undated")
    source: str = Field(description="key of an entry in sources")
    licence: str
    occupation: str
    url: str
    checked_on: date | None = Field(description="date of the last comparison with the source")
    percentile: Decimal | None = Field(
        description="how many of 100 occupations rank lower; equal ones count half"
    )
    percentile_of: int | None
    note: str


class Occupation(Schema):
    code: str = Field(description="US Standard Occupational Classification")
    title: str
    is_closest: bool = Field(description="true if no official occupation matches this role exactly")


class RoleOut(RoleCard):
    work: str
    measured_by: str
    pathway: str
    occupation: Occupation
    duties: list[str]
    skills: list[str]
    figures: list[FigureOut]
    all_occupations: list[FigureOut] = Field(description="benchmark for pay")
    sources: list[SourceOut]


@router.get("/", response=list[RoleCard], url_name="roles", summary="All roles")
def list_roles(request: HttpRequest) -> Any:
    return current_cache().get_or_make(
        ("api", get_language()), lambda: [_card(role) for role in Role.objects.all()]
    )


@router.get("/{slug}/", response=RoleOut, url_name="role", summary="One role with its figures")
def show_role(request: HttpRequest, slug: str) -> Any:
    cache = current_cache()
    roles = cache.get_or_make("roles", lambda: list(Role.objects.all()))
    role = next((role for role in roles if role.slug == slug), None)
    if role is None:
        raise Http404
    return cache.get_or_make(("api", slug, get_language()), lambda: _full(role))


def _card(role: Role) -> dict[str, Any]:
    path = role.get_absolute_url()
    return {
        "slug": role.slug,
        "title": role.title,
        "field": role.field,
        "level": role.level,
        "summary": role.summary,
        "page": settings.SITE_URL + path,
        "api": f"{settings.SITE_URL}/api/v1{path}",
    }


def _full(role: Role) -> dict[str, Any]:
    by_role = figures_by_role([role])
    sources = {figure.source: None for figures in by_role.values() for figure in figures}
    return {
        **_card(role),
        "work": role.work,
        "measured_by": role.measured_by,
        "pathway": role.pathway,
        "occupation": {
            "code": role.occupation_code,
            "title": role.occupation_title,
            "is_closest": role.occupation_is_closest,
        },
        "duties": [duty.text for duty in role.duties.all()],
        "skills": [skill.name for skill in role.skills.all()],
        "figures": [_figure(figure) for figure in by_role[role]],
        "all_occupations": [_figure(figure) for figure in by_role[None]],
        "sources": [_source(source) for source in sorted(sources, key=lambda each: each.key)],
    }


COPIED_FIELDS = (
    *("measure", "category", "value", "value_high", "text", "unit", "currency", "region"),
    *("period", "occupation", "url", "checked_on", "percentile", "percentile_of", "note"),
)


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        **{name: getattr(figure, name) for name in COPIED_FIELDS},
        "about": "workforce" if figure.is_about_workforce else "work",
        "source": figure.source.key,
        "licence": figure.source.licence,
    }


def _source(source: Source) -> dict[str, Any]:
    names = ("key", "name", "kind", "licence", "url", "about", "attribution")
    return {name: getattr(source, name) for name in names}
