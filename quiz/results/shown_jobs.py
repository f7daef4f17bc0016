"""The jobs that a result leads to, as HTML that is made once for each revision of the content.

Everyone whose result leads to the same jobs gets the same HTML. It holds nothing else of a person
than what selects it: the kind of work, the level, and whether they have the usual schooling.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.translation import get_language

from quiz.core.suggestions import ROLE_SLUGS, SuggestedRoles, has_usual_schooling
from quiz.core.verdict import SALES, SERVICE
from quiz.web.addresses import address
from roles.models import Advice, Kind, Role
from roles.page_cache import PageCache, current_cache

STEPS_FOR_ONE_JOB, STEPS_FOR_EACH_OF_TWO = 3, 2


class ShownJobs(NamedTuple):
    """HTML about the jobs: buttons to those of a suggestion, and list items.

    `items` are the jobs and, for the owner, what to try this week. `later_items` are the comparison
    of both jobs and the jobs one level up.
    """

    buttons: str
    items: str
    later_items: str


class _Content(NamedTuple):
    """What results show of each job, by slug: its card, and what to try this week."""

    cards: dict[str, Role]
    ideas: dict[str, list[Advice]]


def compare_url(suggested: SuggestedRoles) -> str:
    """Return the address of the comparison of both jobs at the level that fits the person."""
    slugs = [ROLE_SLUGS[field, suggested.level] for field in (SALES, SERVICE)]
    return address("roles:role_comparison", *slugs)


def shown_jobs(
    suggested: SuggestedRoles,
    background: Mapping[str, str],
    *,
    is_own: bool,
    is_suggestion: bool,
) -> ShownJobs:
    """Return what a result shows of its jobs; costs one query.

    Background answers only select a sentence for each job.
    """
    schooling = tuple(has_usual_schooling(slug, background) for slug in suggested.slugs)
    cache = current_cache()
    return cache.get_or_make(
        ("jobs of a result", get_language(), suggested, schooling, is_own, is_suggestion),
        lambda: _rendered(cache, suggested, schooling, is_own=is_own, is_suggestion=is_suggestion),
    )


def _rendered(
    cache: PageCache,
    suggested: SuggestedRoles,
    schooling: Sequence[bool | None],
    *,
    is_own: bool,
    is_suggestion: bool,
) -> ShownJobs:
    content = cache.get_or_make("jobs of results", _content)
    values = {
        "is_own": is_own,
        "is_suggestion": is_suggestion,
        "compare_url": compare_url(suggested),
        "roles": [
            (content.cards[slug], has_schooling)
            for slug, has_schooling in zip(suggested.slugs, schooling, strict=True)
            if slug in content.cards
        ],
        "next_steps": _next_steps(content, suggested.slugs) if is_own else [],
        "next_roles": [
            content.cards[slug] for slug in suggested.next_slugs if slug in content.cards
        ],
    }
    return ShownJobs(
        buttons=render_to_string("quiz/result/_job_buttons.html", values),
        items=render_to_string("quiz/result/_jobs.html", values),
        later_items=render_to_string("quiz/result/_later_jobs.html", values),
    )


def _content() -> _Content:
    cards = Role.objects.for_cards(list(ROLE_SLUGS.values()))
    ideas: dict[str, list[Advice]] = {slug: [] for slug in cards}
    for idea in Advice.objects.filter(role__slug__in=cards, kind=Kind.TRY).select_related("role"):
        ideas[idea.role.slug].append(idea)
    return _Content(cards, ideas)


def _next_steps(content: _Content, slugs: Sequence[str]) -> list[Advice]:
    """What to try this week: all ideas for one job, or the first few for each of two.

    An idea that both jobs have is there once.
    """
    most = STEPS_FOR_ONE_JOB if len(slugs) == 1 else STEPS_FOR_EACH_OF_TWO
    steps: dict[str, Advice] = {}
    for slug in slugs:
        new = [idea for idea in content.ideas.get(slug, []) if idea.title not in steps]
        steps |= {idea.title: idea for idea in new[:most]}
    return list(steps.values())
