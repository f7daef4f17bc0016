"""What job pages load from the quiz: the visitor's own profile, and the way to the quiz."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django import template
from django.template.loader import render_to_string
from django.utils.translation import get_language

from quiz.attempts.models import Attempt
from quiz.core.scoring import Result
from quiz.core.suggestions import FIELDS_AND_LEVELS
from quiz.results.report import trait_reports
from quiz.results.role_demands import TraitDemands, traits_with_demands
from quiz.visitor.interest import interest_form
from quiz.visitor.own_attempt import own_attempt
from roles.demands import Demands
from roles.measures import category_named
from roles.models import Role
from roles.page_cache import PageCache

register = template.Library()


class Own(NamedTuple):
    """HTML on a job page: the way to the quiz; profile and question for the owner of a result."""

    offer: str
    profile: str = ""
    question: str = ""


@register.simple_tag(takes_context=True)
def own_profile(context: template.Context, demands: Sequence[Demands], asks_about: str = "") -> Own:
    """Compare a finished attempt's traits with the demands of one job or more.

    The question is whether the visitor could see themselves in a role (`asks_about`, its slug) and
    in its counterpart. The view keeps a page with an attempt cookie out of every cache.
    """
    attempt = own_attempt(context["request"])
    cache: PageCache = context["page_cache"]
    offer = _offer(attempt, cache)
    finished = Attempt.objects.newest_result_of(attempt) if attempt else None
    if finished is None:
        return Own(offer)
    language = get_language() or finished.language
    is_asked = asks_about in FIELDS_AND_LEVELS
    result = finished.stored_result
    values = _profile(finished, result, demands, language, cache)
    profile = render_to_string("quiz/job_page/_own_profile.html", values)
    if not is_asked:
        return Own(offer, profile)
    titles = cache.get_or_make(
        ("titles", language), lambda: {role.slug: role.title for role in Role.objects.all()}
    )
    asked = interest_form(finished, asks_about, titles)
    return Own(offer, profile, render_to_string("quiz/interest/_question.html", asked))


@register.simple_tag(takes_context=True)
def quiz_offer(context: template.Context) -> str:
    """Show the way to the quiz, or to the visitor's own result, on a page without a profile."""
    return _offer(own_attempt(context["request"]), context["page_cache"])


def _offer(attempt: Attempt | None, cache: PageCache) -> str:
    has_result = attempt is not None and attempt.has_result
    is_open = attempt is not None and not attempt.is_finished and bool(attempt.answers)
    values: dict[str, bool | str] = {
        "has_result": has_result,
        "open_url": attempt.way_on_url if attempt and is_open else "",
    }
    key = ("offer", get_language(), *values.values())
    return cache.get_or_make(key, lambda: render_to_string("quiz/job_page/_offer.html", values))


def _profile(
    attempt: Attempt, result: Result, demands: Sequence[Demands], language: str, cache: PageCache
) -> dict[str, Any]:
    rows = traits_with_demands(trait_reports(result, attempt.questionnaire, language), demands)
    sources = {rank.source: None for role in demands for rank in role.ranks.values()}
    return {
        "rows": [_shown(row, language, cache) for row in rows],
        "items": len(attempt.questionnaire.items),
        "flags": result.flags,
        "uses_default_norms": result.norms == 0,
        "has_demands": any(row.demands for row in rows),
        "closest": [role for role in demands if role.stands_in],
        "sources": list(sources),
    }


def _shown(row: TraitDemands, language: str, cache: PageCache) -> dict[str, Any]:
    """Return a row for the template; HTML that depends only on the row's side is cached."""
    titles = tuple(demand.title for demand in row.demands)
    key = ("demands", language, row.trait.key, row.trait.low, row.trait.high, row.side, titles)
    words = cache.get_or_make(key, lambda: _rendered(row))
    return {"trait": row.trait, "side": row.side, "demands": row.demands, "words": words}


def _rendered(row: TraitDemands) -> str:
    if not row.demands:
        return ""
    poles = {"trait": {"low": row.trait.low, "high": row.trait.high}}
    page = {"row": {"demands": row.demands, **poles}}
    return render_to_string("quiz/job_page/_demands_words.html", page)


@register.filter
def rating_in_words(name: str) -> str:
    return str(category_named(name).label)
