"""A result as pages and files show it, within a scope."""

from collections.abc import Mapping
from typing import Any

from quiz.core.questionnaire import words
from quiz.core.scopes import EVERYTHING, Scope
from quiz.core.sitting import Sitting
from quiz.core.suggestions import MANAGER, suggested_roles
from quiz.questionnaires.models.norms import frozen_norms
from quiz.results.report import report
from quiz.results.shown_jobs import compare_url, shown_jobs


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
    return {
        "scope": scope,
        "is_own": is_own,
        "finished_at": sitting.finished_at,
        "items": len(sitting.questionnaire.items),
        "compare_url": compare_url(suggested),
        "is_manager": suggested.level == MANAGER,
        "norms": norms,
        "report": report(outcome, sitting.questionnaire, sitting.values(), sitting.language, norms),
        "answers": answers_in_words(sitting) if scope.shows_answers else [],
        "jobs": shown_jobs(suggested, background, is_own=is_own, is_suggestion=bool(outcome.field)),
        "own_step": sitting.next_step if is_own or shows_next_step else "",
    }


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
