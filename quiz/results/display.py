"""A result as pages and files show it, within a scope."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from quiz.core.questionnaire import words
from quiz.core.scopes import EVERYTHING, Scope
from quiz.core.sitting import Sitting
from quiz.core.suggestions import MANAGER, ROLE_SLUGS, has_usual_schooling, suggested_roles
from quiz.core.verdict import SALES, SERVICE
from quiz.questionnaires.models.norms import frozen_norms
from quiz.results.report import report
from quiz.web.addresses import address
from roles.models import Advice, Kind, Role
from roles.page_cache import current_cache

STEPS_FOR_ONE_JOB, STEPS_FOR_EACH_OF_TWO = 3, 2


def result_values(
    sitting: Sitting,
    scope: Scope = EVERYTHING,
    *,
    is_own: bool,
    shows_next_step: bool = False,
) -> dict[str, Any]:
    """Return the context of `quiz/result/_result.html` for a finished sitting, within a scope.

    Background answers select the level and one sentence, for the owner only. No one else gets
    anything based on them. Others see the owner's next step only with `shows_next_step`.
    """
    outcome = sitting.stored_result
    background: Mapping[str, str] = sitting.background if is_own else {}
    suggested = suggested_roles(
        outcome.field, background, shows_sales_first=sitting.shows_sales_first
    )
    norms = frozen_norms(outcome.norms) if outcome.norms else None
    jobs = current_cache().get_or_make("jobs of results", _jobs)
    slugs = [ROLE_SLUGS[field, suggested.level] for field in (SALES, SERVICE)]
    return {
        "scope": scope,
        "is_own": is_own,
        "finished_at": sitting.finished_at,
        "items": len(sitting.questionnaire.items),
        "compare_url": address("roles:role_comparison", *slugs),
        "is_manager": suggested.level == MANAGER,
        "norms": norms,
        "report": report(outcome, sitting.questionnaire, sitting.values(), sitting.language, norms),
        "answers": answers_in_words(sitting) if scope.shows_answers else [],
        "roles": [
            (jobs.cards[slug], has_usual_schooling(slug, background))
            for slug in suggested.slugs
            if slug in jobs.cards
        ],
        "own_step": sitting.next_step if is_own or shows_next_step else "",
        "next_steps": _next_steps(jobs, suggested.slugs) if is_own else [],
        "next_roles": [jobs.cards[slug] for slug in suggested.next_slugs if slug in jobs.cards],
    }


class Jobs(NamedTuple):
    """What results show of each job, by slug: its card, and what to try this week."""

    cards: dict[str, Role]
    ideas: dict[str, list[Advice]]


def _jobs() -> Jobs:
    cards = Role.objects.for_cards(list(ROLE_SLUGS.values()))
    ideas: dict[str, list[Advice]] = {slug: [] for slug in cards}
    for idea in Advice.objects.filter(role__slug__in=cards, kind=Kind.TRY).select_related("role"):
        ideas[idea.role.slug].append(idea)
    return Jobs(cards, ideas)


def _next_steps(jobs: Jobs, slugs: Sequence[str]) -> list[Advice]:
    """What to try this week: all ideas for one job, or the first few for each of two.

    An idea that both jobs have is there once.
    """
    most = STEPS_FOR_ONE_JOB if len(slugs) == 1 else STEPS_FOR_EACH_OF_TWO
    steps: dict[str, Advice] = {}
    for slug in slugs:
        new = [idea for idea in jobs.ideas.get(slug, []) if idea.title not in steps]
        steps |= {idea.title: idea for idea in new[:most]}
    return list(steps.values())


def answers_in_words(sitting: Sitting) -> list[tuple[str, str]]:
    """Pair each statement with its answer, in the order shown."""
    labels = {a.value: words(a.label, sitting.language) for a in sitting.questionnaire.scale}
    values = sitting.values()
    return [
        (words(item.text, sitting.language), labels[values[item.key]])
        for item in sitting.questionnaire.items
    ]


def result_data(sitting: Sitting) -> dict[str, Any]:
    """Return everything in a finished result, at full precision, for the owner's JSON file."""
    outcome = sitting.stored_result
    norms = frozen_norms(outcome.norms) if outcome.norms else None
    outcome = outcome.with_range(sitting.questionnaire, norms.norms if norms else None)
    return {
        "questionnaire": outcome.questionnaire,
        "norms": outcome.norms,
        "norms_of": norms and {"people": norms.people, "since": norms.since, "until": norms.until},
        "language": sitting.language,
        "finished_at": sitting.finished_at,
        "field": outcome.field,
        "band": outcome.band,
        "lean": outcome.lean,
        "lean_error": outcome.lean_se,
        "agreement": outcome.agreement,
        "agreement_low": outcome.agreement_low,
        "agreement_high": outcome.agreement_high,
        "flags": [{"index": flag.index, "level": flag.level} for flag in outcome.flags],
        "my_next_step": sitting.next_step,
        "traits": {
            trait.key: {
                "name": words(trait.name, sitting.language),
                "low": words(trait.low, sitting.language),
                "high": words(trait.high, sitting.language),
                "score": outcome.scores[trait.key],
                "error": outcome.sem[trait.key],
                "weight": trait.weight,
                "percentile": norms and norms.percentile(trait.key, outcome.scores[trait.key]),
                "adds_to_lean": outcome.contributions[trait.key],
            }
            for trait in sitting.questionnaire.traits
        },
        "answers": {
            item.key: {
                "statement": words(item.text, sitting.language),
                "trait": item.trait,
                "keying": item.keying,
                **sitting.answers[item.key],
                "adds_to_lean": outcome.pulls[item.key],
            }
            for item in sitting.questionnaire.items
        },
    }
