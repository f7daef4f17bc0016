"""The method page: how the quiz works and how well it measures, for a careful reader."""

from itertools import pairwise
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from organization.current import current_organization
from quiz.core.norms import FEWEST_FOR_NORMS
from quiz.core.precision import default_norms
from quiz.evidence.figures import FEWEST_PUBLISHED
from quiz.evidence.models.interest import rates_of
from quiz.evidence.rule import rule_of
from quiz.evidence.stored import evidence_of, norms_of
from quiz.questionnaires.changelog import Changelog, changelog
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.questionnaires.models.version import frozen_questionnaire


@require_safe
@gzip_page  # about 80 kB with figures, and nothing secret
def method(request: HttpRequest) -> HttpResponse:
    """Explain the live version, else the newest retired one, else what is true of any version."""
    language = get_language() or ""
    versions = _versions()
    is_live = [version.status == QuestionnaireVersion.Status.PUBLISHED for version in versions]
    context: dict[str, Any] = {
        "is_open": any(is_live),
        "fewest_published": FEWEST_PUBLISHED,
        "fewest_for_norms": FEWEST_FOR_NORMS,
        "kept_days": current_organization().keep_unfinished.days,
    }
    if versions:
        shown = versions[is_live.index(True) if any(is_live) else 0]
        context |= {
            "version": shown,
            "versions": list(zip(versions, _changes(versions, language), strict=True)),
            **_evidence_about(shown, language),
        }
    return render(request, "quiz/method.html", context)


def _versions() -> list[QuestionnaireVersion]:
    """Published and retired versions, newest first."""
    drafts = QuestionnaireVersion.Status.DRAFT
    return list(QuestionnaireVersion.objects.exclude(status=drafts).order_by("-number"))


def _evidence_about(version: QuestionnaireVersion, language: str) -> dict[str, Any]:
    questionnaire = frozen_questionnaire(version.pk)
    group = norms_of(version.pk, language)
    found = evidence_of(version.pk, language, group)
    rule = rule_of(questionnaire, group.norms if group else default_norms(questionnaire), language)
    context: dict[str, Any] = {
        "rule": rule,
        "norms": group,
        "norm_means": [(trait.name, group.mean[trait.key]) for trait in rule.traits]
        if group
        else [],
        "interest": rates_of(version.pk, language),
    }
    if found is None:
        return context
    return context | {"as_of": found.as_of, "display": found.display(rule)}


def _changes(versions: list[QuestionnaireVersion], language: str) -> "list[Changelog | None]":
    """What each version changed, newest first; None for the very first."""
    questionnaires = [frozen_questionnaire(version.pk) for version in versions]
    return [*(changelog(old, new, language) for new, old in pairwise(questionnaires)), None]
