"""Which verdicts this version would give: to simulated people, and to those who have finished."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from quiz.admin.versions.pages import show, url_of
from quiz.core.questionnaire import Questionnaire, words
from quiz.core.verdict import Verdict
from quiz.evidence.impact import BANDS, KEYED, MOVED, NORMS, REMOVED, TRAITS, WEIGHTS, Impact
from quiz.evidence.impact_rows import measure_impact
from quiz.evidence.simulation import Simulation, simulate
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.questionnaires.models.norms import norms_in_use
from quiz.results.pictures import Stretch, stretches

# With fewer people than this, the comparison could reveal what one of them answered.
FEWEST_COMPARED = 5


@dataclass(frozen=True)
class VerdictRow:
    """How many people get a verdict, and their percentage (0 to 100), in each column.

    `kind` is the band and field, which choose the color.
    """

    verdict: str
    kind: str
    counts: tuple[int, ...]
    percents: tuple[float, ...]


@dataclass(frozen=True)
class Bar:
    """All verdicts of one column as a bar: each stretch with the verdict's kind."""

    label: str
    stretches: tuple[tuple[str, Stretch], ...]


def outcomes(
    request: HttpRequest, model_admin: admin.ModelAdmin, version: QuestionnaireVersion
) -> HttpResponse:
    """Simulate people who take the version, and score finished attempts again under it."""
    questionnaire = version.questionnaire()
    if version.is_draft and version.errors():
        messages.error(
            request,
            _("Fix the errors of the draft first. Then this page can show what would come out."),
        )
        return redirect(url_of("change", version))
    norms = norms_in_use(version.pk, get_language() or "")
    context = {
        **_simulation_context(questionnaire, simulate(questionnaire, norms)),
        **_impact_context(questionnaire, measure_impact(questionnaire, norms)),
    }
    return show(request, model_admin, version, "outcomes", _("What would come out"), context)


def _simulation_context(questionnaire: Questionnaire, simulation: Simulation) -> dict[str, Any]:
    columns: dict[Any, Sequence[int]] = {
        _("Answers at random"): simulation.at_random.counts,
        _("Answers as in the norms"): simulation.from_norms.counts,
    }
    return {
        "takers": sum(simulation.at_random.counts),
        "columns": list(columns),
        "outcomes": _outcomes(questionnaire, list(columns.values())),
        "bars": _bars(columns),
    }


def _impact_context(questionnaire: Questionnaire, impact: Impact) -> dict[str, Any]:
    headings = _headings(questionnaire)
    return {
        "impact": impact,
        "is_compared": impact.looked_at >= FEWEST_COMPARED,
        "fewest_compared": FEWEST_COMPARED,
        "changed_percent": 100 * impact.changed / (impact.rescored or 1),
        "impact_bars": _bars({_("Now"): impact.before, _("Under this version"): impact.after}),
        "impact_outcomes": _outcomes(questionnaire, [impact.before, impact.after]),
        "impact_changes": [
            (headings[change.before.order], headings[change.after.order], change.count)
            for change in impact.transitions
        ],
        "impact_causes": [
            (_cause_in_words(cause.what, cause.item), cause.count) for cause in impact.causes
        ],
    }


def _cause_in_words(what: str, item: str) -> str:
    """Name a cause; `what` is one of the constants in `quiz.evidence.impact`."""
    words_by_cause = {
        WEIGHTS: _now("Other weights of the traits"),
        BANDS: _now("Other numbers for “clear” and “leaning”"),
        TRAITS: _now("Other traits"),
        NORMS: _now("Other norms than in the results"),
        REMOVED: _now("Statement %s is no longer asked"),
        KEYED: _now("Statement %s speaks for the other end"),
        MOVED: _now("Statement %s belongs to another trait"),
    }
    text = words_by_cause[what]
    return text % item if item else text


def _headings(questionnaire: Questionnaire) -> list[str]:
    language = get_language() or ""
    return [words(questionnaire.texts[each.heading], language) for each in Verdict]


def _outcomes(questionnaire: Questionnaire, columns: Sequence[Sequence[int]]) -> list[VerdictRow]:
    """Make a row per verdict from columns of counts."""
    totals = [sum(column) or 1 for column in columns]
    return [
        VerdictRow(
            heading,
            verdict.heading,
            counts,
            tuple(100 * count / total for count, total in zip(counts, totals, strict=True)),
        )
        for verdict, heading, *counts_of in zip(
            Verdict, _headings(questionnaire), *columns, strict=True
        )
        for counts in [tuple(counts_of)]
    ]


def _bars(columns: dict[Any, Sequence[int]]) -> list[Bar]:
    kinds = [verdict.heading for verdict in Verdict]
    return [
        Bar(label, tuple(zip(kinds, stretches(counts), strict=True)))
        for label, counts in columns.items()
    ]
