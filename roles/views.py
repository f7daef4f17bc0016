"""Role pages and comparisons: made from the content alone, cached, and read-only."""

from collections.abc import Sequence

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from organization.current import as_of_revision, current_organization
from roles import json_ld
from roles.credits import sources_used
from roles.demands import demands_of
from roles.highlights import (
    has_official_outlook,
    middle_pay_fact,
    most_named,
    named_fact,
    outlook_fact,
    outlooks_fact,
    pay_fact,
    standouts,
    tiles,
)
from roles.ladder import ladder
from roles.links import links_of
from roles.models import Advice, Role
from roles.models.advice import Kind
from roles.page_cache import PageCache, current_cache, respond
from roles.queries import FiguresByRole, figures_by_role, load_contrasts
from roles.sections import Column, sections, workforce
from roles.sentences import RoleFigures, difference_sentences, not_subtracted
from roles.social_picture import social_picture

FEWEST, MOST = 2, 4  # roles side by side
FIELD_PASSAGES = ("sales", "customer-service", "part-of-sales")
# The tables of "All figures" on a comparison, in this order.
SECTIONS = (
    *("pay", "best_paying", "outlook", "entry", "education", "experience", "years"),
    *("skills", "work_styles", "interests", "top_skills", "titles", "other"),
)


@require_safe
def role_list(request: HttpRequest) -> HttpResponse:
    cache = current_cache()
    roles = _roles(cache)
    page = {
        "title": _("Jobs with customers"),
        "description": _(
            "Sales and customer service, with and without a team to lead: work, pay and outlook "
            "from named sources, and how to get in."
        ),
        "roles": roles,
        "pairs": [(*pair, _question(pair)) for pair in _pairs(roles)],
    }
    return respond(
        request, "roles/role_list.html", page, cache, may_be_personal=has_attempt_cookie(request)
    )


@require_safe
def role_detail(request: HttpRequest, slug: str) -> HttpResponse:
    cache = current_cache()
    roles = _roles(cache)
    role = _role_at(slug, roles)
    page = cache.get_or_make(("detail", slug, get_language()), lambda: _detail(role, roles))
    return respond(
        request, "roles/role_detail.html", page, cache, may_be_personal=has_attempt_cookie(request)
    )


@require_safe
def role_comparison(request: HttpRequest, **slugs: str) -> HttpResponse:
    cache = current_cache()
    roles = _roles(cache)
    asked = [_role_at(slug, roles) for slug in slugs.values()]
    compared = list(dict.fromkeys(asked))
    if len(compared) < len(asked):
        return redirect(comparison_path(compared) if len(compared) > 1 else compared[0])
    key = ("comparison", *slugs.values(), get_language())
    page = cache.get_or_make(key, lambda: _comparison(compared, roles))
    return respond(
        request,
        "roles/role_comparison.html",
        page,
        cache,
        may_be_personal=has_attempt_cookie(request),
    )


@require_safe
def role_choice(request: HttpRequest) -> HttpResponse:
    """Redirect to the comparison of the ticked roles, or say how many to tick."""
    cache = current_cache()
    roles = _roles(cache)
    wanted = request.GET.getlist("role")
    ticked = [role for role in roles if role.slug in wanted]
    if FEWEST <= len(ticked) <= MOST:
        return redirect(comparison_path(ticked))
    page = {
        "roles": roles,
        "ticked": ticked,
        "form_faults": _too_few_or_many(roles, ticked) if wanted else [],
        "fewest": FEWEST,
        "most": MOST,
    }
    return respond(
        request, "roles/role_choice.html", page, cache, may_be_personal=has_attempt_cookie(request)
    )


@require_safe
@cache_control(max_age=24 * 3600, public=True)
def role_picture(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture that other sites show next to a link to a role's page."""
    role = _role_at(slug, _roles(current_cache()))
    organization = current_organization()
    picture = social_picture(
        role.title, organization.name, role.field, palette=organization.palette
    )
    return HttpResponse(picture, content_type="image/png")


def _too_few_or_many(roles: list[Role], ticked: list[Role]) -> list[dict[str, str]]:
    """Say what to check, for the summary of errors on top of the page."""
    text = ngettext(
        "You checked %d job. Check two, three or four.",
        "You checked %d jobs. Check two, three or four.",
        len(ticked),
    )
    return [{"place": f"compare-{roles[0].slug}", "message": text % len(ticked)}]


def comparison_path(roles: Sequence[Role]) -> str:
    """The address of two to four roles side by side, in this order."""
    return reverse("roles:role_comparison", args=[role.slug for role in roles])


def has_attempt_cookie(request: HttpRequest) -> bool:
    """Whether the page may show something of the visitor's own, which tags of the quiz add."""
    return settings.ATTEMPT_COOKIE_NAME in request.COOKIES


def _roles(cache: PageCache) -> list[Role]:
    return cache.get_or_make("roles", lambda: list(Role.objects.all()))


def _role_at(slug: str, roles: Sequence[Role]) -> Role:
    role = next((role for role in roles if role.slug == slug), None)
    if role is None:
        raise Http404(f"No role {slug!r}")
    return role


def _pairs(roles: list[Role]) -> list[tuple[Role, Role]]:
    """The pairs that people compare most: both fields, and both levels of one field."""
    across = [(role, role.in_other_field(roles)) for role in roles if role.field == "sales"]
    upwards = [
        (role, role.at_level(str(Role.Level.MANAGER), roles))
        for role in roles
        if role.level == Role.Level.INDIVIDUAL
    ]
    return [(first, second) for first, second in (*across, *upwards) if second is not None]


# ---------------------------------------------------------------- what is cached of a page


def _detail(role: Role, roles: list[Role]) -> dict[str, object]:
    in_field = [each for each in roles if each.field == role.field]
    figures = figures_by_role(in_field)
    duties, skills = list(role.duties.all()), list(role.skills.all())
    columns = [_column(role, figures), _benchmark(figures)]
    tables = sections(columns)
    who_holds_the_jobs = workforce(columns)
    is_manager = role.level == Role.Level.MANAGER
    other_level = str(Role.Level.INDIVIDUAL if is_manager else Role.Level.MANAGER)
    path = role.get_absolute_url()
    advice = list(role.advice.select_related("source"))
    context = {
        "role": role,
        "is_manager": is_manager,
        "duties": duties,
        "skills": skills,
        "tiles": tiles(figures[role], figures[None]),
        "advice": _by_kind(advice),
        "facts": {each.kind: each.text for each in role.advice_summaries.all()},
        "pay_fact": pay_fact(figures[role]),
        "outlook_fact": outlook_fact(figures[role]),
        "links": links_of(role),
        "tables": tables,
        "workforce": who_holds_the_jobs,
        "standouts": standouts(tables),
        "experience_named": most_named(tables.get("experience", ())),
        "has_official_outlook": has_official_outlook(figures[role]),
        "ladder": ladder(role, roles, [figure for each in in_field for figure in figures[each]]),
        "other_level": role.at_level(other_level, roles),
        "other_field": role.in_other_field(roles),
        "sources": sources_used(
            tables | {"workforce": who_holds_the_jobs},
            cited=[each.source for each in advice if each.source],
        ),
    }
    occupation = json_ld.occupation(
        role,
        figures[role],
        url=settings.SITE_URL + path,
        duties=[duty.text for duty in duties],
        skills=[skill.name for skill in skills],
    )
    return {
        "title": role.title,
        "description": f"{role.summary} "
        + _("A day, pay, outlook and how to get in, each figure with its source."),
        "path": path,
        "address": settings.SITE_URL + path,
        "picture": as_of_revision(reverse("roles:role_picture", args=[role.slug])),
        "machine_readable": json_ld.script(occupation),
        "top": render_to_string("roles/_detail_top.html", context),
        "rest": render_to_string("roles/_detail_rest.html", context),
        "demands": [demands_of(role, figures[role])],
    }


def _by_kind(advice: list[Advice]) -> dict[str, list[Advice]]:
    by_kind: dict[str, list[Advice]] = {}
    for each in advice:
        by_kind.setdefault(each.kind, []).append(each)
    return by_kind


def _comparison(compared: list[Role], roles: list[Role]) -> dict[str, object]:
    figures = figures_by_role(compared)
    compared_figures = [RoleFigures(role, figures[role]) for role in compared]
    columns = [_column(role, figures) for role in compared]
    tables = sections([*columns, _benchmark(figures)], fewest=FEWEST)
    titles = get_text_list([role.title for role in compared], _("and"))
    question = _question(compared)
    furthest_apart = standouts(tables)
    education_named = most_named(tables.get("education", ()))
    leads_to = compared[0].advice_summaries.filter(kind=Kind.LEADS_TO).first()
    context = {
        "roles": roles,
        "compared": compared,
        "question": question,
        **_contrasts(compared),
        "way_up": leads_to.text if leads_to else "",
        "sentences": difference_sentences(compared_figures),
        "not_subtracted": not_subtracted(compared_figures),
        "without_outlook": [role for role in compared if not has_official_outlook(figures[role])],
        "tables": tables,
        "all_tables": [tables[name] for name in SECTIONS if name in tables],
        "facts": {
            "pay": middle_pay_fact([figures[role] for role in compared]),
            "outlook": outlooks_fact([figures[role] for role in compared]),
            "education": named_fact(education_named),
        },
        "standouts": furthest_apart,
        "standouts_columns": [cell.column for cell in furthest_apart[0].cells]
        if furthest_apart
        else [],
        "education_named": education_named,
        "experience_named": most_named(tables.get("experience", ())),
        "sources": sources_used(tables),
    }
    in_order = sorted(compared, key=lambda role: (role.order, role.pk))
    return {
        "title": question,
        "description": _(
            "{titles}: what differs in work, pay, outlook and ways in, each figure with its source."
        ).format(titles=titles),
        # To a search engine, the same roles in another order are the same page.
        "path": comparison_path(in_order),
        "address": settings.SITE_URL + comparison_path(in_order),
        "top": render_to_string("roles/_comparison_top.html", context),
        "words": render_to_string("roles/_comparison_words.html", context),
        "rest": render_to_string("roles/_comparison_rest.html", context),
        "demands": [demands_of(role, figures[role]) for role in compared],
    }


def _question(compared: Sequence[Role]) -> str:
    """Ask which of the jobs, such as "Sales manager or customer service manager?"."""
    first, *others = (role.title for role in compared)
    names = [first, *(title[:1].lower() + title[1:] for title in others)]
    return _("{titles}?").format(titles=get_text_list(names, _("or")))


def _contrasts(compared: Sequence[Role]) -> dict[str, object]:
    """Pick the texts that compare the fields: for managers alone, only those about managers."""
    is_across_fields = len({role.field for role in compared}) > 1
    if not is_across_fields:
        return {"is_across_fields": False}
    texts = load_contrasts()
    if all(role.level == Role.Level.MANAGER for role in compared):
        intro = texts.passages.get("managers")
        return {"is_across_fields": True, "rows": texts.manager_differences, "intro": intro}
    passages = (texts.passages.get(key) for key in FIELD_PASSAGES)
    return {
        "is_across_fields": True,
        "rows": texts.differences,
        "skills": texts.shared_skills,
        "passages": [passage for passage in passages if passage],
    }


def _column(role: Role, figures: FiguresByRole) -> Column:
    stands_in = role.occupation_title if role.occupation_is_closest else ""
    return Column(role.title, figures[role], field=role.field, stands_in=stands_in)


def _benchmark(figures: FiguresByRole) -> Column:
    return Column(_("All occupations"), figures[None], is_benchmark=True)
