"""Role pages and comparisons. They read at most three times, and never write.

They are compressed, which is safe here: they hold neither a secret nor anything of a visitor but
light or dark, for which they vary by cookie.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from roles.highlights import (
    has_official_outlook,
    in_short,
    median_difference,
    most_named,
    standouts,
)
from roles.models import Role
from roles.reading import FiguresByRole, contrasts, duties_and_skills, figures_of
from roles.sections import Column, sections, sources_used


@require_safe
@vary_on_cookie
@gzip_page
def role_list(request: HttpRequest) -> HttpResponse:
    roles = list(Role.objects.all())
    beside = [(role, role.in_other_field(roles)) for role in roles if role.field == "sales"]
    upwards = [
        (role, role.at_level(str(Role.Level.MANAGER), roles))
        for role in roles
        if role.level == Role.Level.INDIVIDUAL
    ]
    pairs = [pair for pair in (*beside, *upwards) if pair[1] is not None]
    return render(request, "roles/role_list.html", {"roles": roles, "pairs": pairs})


@require_safe
@vary_on_cookie
@gzip_page
def role_detail(request: HttpRequest, slug: str) -> HttpResponse:
    roles = list(Role.objects.all())
    role = _role_at(slug, roles)
    figures = figures_of([role])
    duties, skills = duties_and_skills(role)
    columns = [_column(role, figures), _yardstick(figures)]
    tables = sections(columns)
    is_manager = role.level == Role.Level.MANAGER
    other_level = str(Role.Level.INDIVIDUAL if is_manager else Role.Level.MANAGER)
    context = {
        "role": role,
        "is_manager": is_manager,
        "duties": duties,
        "skills": skills,
        "in_short": in_short(columns),
        "tables": tables,
        "standouts": standouts(tables),
        "experience_named": most_named(tables.get("experience", ())),
        "has_official_outlook": has_official_outlook(figures[role]),
        "other_level": role.at_level(other_level, roles),
        "other_field": role.in_other_field(roles),
        "sources": sources_used(tables),
    }
    return render(request, "roles/role_detail.html", context)


@require_safe
@vary_on_cookie
@gzip_page
def role_comparison(request: HttpRequest, first: str, second: str) -> HttpResponse:
    roles = list(Role.objects.all())
    pair = [_role_at(slug, roles) for slug in (first, second)]
    if first == second:
        return redirect(pair[0])

    figures = figures_of(pair)
    columns = [_column(role, figures) for role in pair]
    tables = sections([*columns, _yardstick(figures)])
    said = contrasts()
    context = {
        "first": pair[0],
        "second": pair[1],
        "pair": pair,
        "is_across_fields": pair[0].field != pair[1].field,
        "are_managers": all(role.level == Role.Level.MANAGER for role in pair),
        "said": said,
        "median_difference": median_difference(figures[pair[0]], figures[pair[1]]),
        "without_outlook": [role for role in pair if not has_official_outlook(figures[role])],
        "columns": columns,
        "in_short": in_short(columns),
        "tables": tables,
        "standouts": standouts(tables),
        "education_named": most_named(tables.get("education", ())),
        "experience_named": most_named(tables.get("experience", ())),
        "sources": sources_used(tables),
    }
    return render(request, "roles/role_comparison.html", context)


def _role_at(slug: str, roles: list[Role]) -> Role:
    role = next((role for role in roles if role.slug == slug), None)
    if role is None:
        raise Http404(f"No role {slug!r}")
    return role


def _column(role: Role, figures: FiguresByRole) -> Column:
    return Column(role.title, figures[role], field=role.field)


def _yardstick(figures: FiguresByRole) -> Column:
    return Column(_("All occupations"), figures[None], is_yardstick=True)
