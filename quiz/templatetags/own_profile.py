"""The one tag that templates of roles may load: the visitor's own profile beside the work."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.translation import get_language

from quiz.beside import beside
from quiz.report import trait_reports
from quiz.scoring import Result
from quiz.views.own_attempt import own_attempt
from roles.demands import Demands
from roles.measures import category_named

register = template.Library()


@register.inclusion_tag("quiz/_own_profile.html", takes_context=True)
def own_profile(context: template.Context, demands: Sequence[Demands]) -> dict[str, Any]:
    """Show a finished attempt's traits beside the demands, and mark the page as the visitor's own.

    Without a finished attempt it shows nothing, and the page stays one for everybody.
    """
    request = context["request"]
    attempt = own_attempt(request)
    if attempt is None or not attempt.is_finished:
        return {}
    request.shows_own = True
    result = Result.from_data(attempt.result)
    language = get_language() or attempt.language
    rows = beside(trait_reports(result, attempt.questionnaire, language), demands)
    sources = {rank.source: None for role in demands for rank in role.ranks.values()}
    return {
        "rows": rows,
        "items": len(attempt.questionnaire.items),
        "flags": result.flags,
        "uses_default_norms": result.norms == 0,
        "has_demands": any(row.demands for row in rows),
        "closest": [role.title for role in demands if role.is_closest_occupation],
        "sources": list(sources),
    }


@register.filter
def rating_in_words(name: str) -> str:
    """Return what a rating is called on pages."""
    return str(category_named(name).label)
