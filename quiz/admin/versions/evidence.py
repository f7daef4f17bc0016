"""How well a version measures: its preferences, statements, verdicts, completion and norms."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from organization.current import current_organization
from quiz.admin.versions.pages import may, show, url_of
from quiz.core.norms import FEWEST_FOR_NORMS
from quiz.core.numbers import fixed_text
from quiz.core.precision import default_norms
from quiz.core.questionnaire import words
from quiz.evidence.figures import (
    CHANCE,
    DROP,
    FEWEST_PUBLISHED,
    KEEP,
    KEEP_FROM,
    NO_ONE,
    REVIEW,
    REVIEW_FROM,
    TOO_FEW,
    UNDEFINED,
    ItemFigures,
    NormsError,
    TraitFigures,
)
from quiz.evidence.folding import fold
from quiz.evidence.models import Folding, Tally
from quiz.evidence.models.interest import rates_of
from quiz.evidence.rule import rule_of
from quiz.evidence.stored import evidence_of, freeze_norms, norms_of
from quiz.evidence.turnout import too_common
from quiz.questionnaires.models import NormSet, QuestionnaireVersion

# One press of the button counts this many attempts. More would take too long for one request.
MOST_AT_ONCE = 20_000
COUNT, FREEZE = "count", "freeze"
# If a larger share gives the answer at one end of the scale, the item separates few people.
MOST_AT_AN_END = 0.5


@dataclass(frozen=True)
class Advice:
    """What to do with an item, and why."""

    what: str
    reasons: tuple[str, ...]


def evidence(
    request: HttpRequest, model_admin: admin.ModelAdmin, version: QuestionnaireVersion
) -> HttpResponse:
    """Show the statistics of a version; a POST counts new attempts or freezes norms."""
    languages = list(
        Tally.objects.filter(version=version)
        .order_by("language")
        .values_list("language", flat=True)
    )
    language = request.GET.get("language") or get_language() or ""
    if language not in languages:
        language = languages[0] if languages else language
    if request.method == "POST":
        return _count_or_freeze(request, model_admin, version, language)
    context = _statistics(version, language) | {
        "language": language,
        "languages": [(each, f"?{urlencode({'language': each})}") for each in languages],
        "may_freeze": may(request.user, "publish"),
        "count": COUNT,
        "freeze": FREEZE,
    }
    return show(request, model_admin, version, "evidence", _("How well it measures"), context)


def _count_or_freeze(
    request: HttpRequest,
    model_admin: admin.ModelAdmin,
    version: QuestionnaireVersion,
    language: str,
) -> HttpResponse:
    if request.POST.get("do") == FREEZE and may(request.user, "publish"):
        with transaction.atomic():
            # A copy of the form waits here, then finds the norms that the first one froze.
            Folding.objects.locked()
            _freeze(request, model_admin, version, language)
    elif request.POST.get("do") == COUNT:
        count = fold(timezone.now(), most=MOST_AT_ONCE)
        text = ngettext("%d new attempt is counted.", "%d new attempts are counted.", count)
        messages.success(request, text % count)
        if count >= MOST_AT_ONCE:
            messages.info(request, _("There are more to count. Press the button again."))
    else:
        messages.error(request, _("Nothing was changed. You don't have the right to do this."))
    return redirect(f"{url_of('evidence', version)}?{urlencode({'language': language})}")


def _freeze(
    request: HttpRequest,
    model_admin: admin.ModelAdmin,
    version: QuestionnaireVersion,
    language: str,
) -> None:
    """Freeze norms, unless others are in use than when the page was opened."""
    kept = NormSet.objects.in_use(version.pk, language)
    if kept and request.POST.get("after") != str(kept.number):
        text = _("Norms %(number)s from %(n)s people are frozen already. Nothing else was frozen.")
        messages.info(request, text % {"number": kept.number, "n": kept.people})
        return
    try:
        norms = freeze_norms(version.pk, language, by=request.user, now=timezone.now())
    except NormsError as error:
        why = _why_no_norms(version, error.reason, error.trait)
        messages.error(request, f"{_('No norms were frozen.')} {why}")
        return
    text = _("Norms %(number)s from %(n)s people are frozen. New results use them.")
    message = text % {"number": norms.number, "n": norms.people}
    model_admin.log_change(request, version, message)
    messages.success(request, message)


def _why_no_norms(version: QuestionnaireVersion, reason: str, trait_key: str) -> str:
    """Say why there can be no norms yet; `reason` and `trait_key` come from a `NormsError`."""
    language = get_language() or ""
    names = {t.key: words(t.name, language) for t in version.questionnaire().traits}
    texts = {
        NO_ONE: _("No one is counted yet."),
        TOO_FEW: _("Norms need %(fewest)s people."),
        UNDEFINED: _("There's no way to tell how well “%(trait)s” is measured."),
        CHANCE: _("The answers have so little in common that a lean is hardly more than chance."),
    }
    return texts[reason] % {"fewest": FEWEST_FOR_NORMS, "trait": names.get(trait_key, "")}


def _statistics(version: QuestionnaireVersion, language: str) -> dict[str, Any]:
    group = norms_of(version.pk, language)
    found = evidence_of(version.pk, language, group)
    context: dict[str, Any] = {
        "evidence": found,
        "norms": group,
        "fewest_published": FEWEST_PUBLISHED,
        "fewest_for_norms": FEWEST_FOR_NORMS,
        "funnel_days": current_organization().keep_unfinished.days,
        "norm_sets": NormSet.objects.filter(version=version, language=language).select_related(
            "frozen_by"
        ),
        "interest": rates_of(version.pk, language),
    }
    if found is None:
        return context
    questionnaire = version.questionnaire()
    norms = group.norms if group else default_norms(questionnaire)
    rule = rule_of(questionnaire, norms, get_language() or "")
    display = found.display(rule)
    return context | {
        "display": display,
        "labels": rule.labels,
        "too_common": too_common(found.tally.finished),
        "traits": [
            (
                trait,
                [(item, _advice(item.figures, trait.figures, rule.labels)) for item in trait.items],
            )
            for trait in display.traits
        ],
    }


def _advice(item: ItemFigures, trait: TraitFigures, labels: Sequence[str]) -> Advice:
    in_words = {KEEP: _("Keep"), REVIEW: _("Review"), DROP: _("Drop")}
    return Advice(in_words[item.advice], tuple(_reasons(item, trait, labels)))


def _reasons(item: ItemFigures, trait: TraitFigures, labels: Sequence[str]) -> Iterator[str]:
    """Say in words why an item should be kept, reviewed or dropped."""
    r, without = item.statistics.item_rest, item.statistics.alpha_if_dropped
    if r is None:
        yield _("Everyone answers it the same way, or everyone answers the others the same way.")
    elif r < 0:
        yield _(
            "People answer it the opposite way from the others. It may speak for the other end."
        )
    elif r < REVIEW_FROM:
        yield _("It has little to do with the other statements of its preference.")
    elif r < KEEP_FROM:
        yield _("It goes with the others only loosely. Does it ask one thing, in plain words?")
    else:
        yield _("It goes with the other statements of its preference.")
    if without is not None and trait.scale.alpha is not None and without > trait.scale.alpha:
        numbers = {"now": fixed_text(trait.scale.alpha, 2), "then": fixed_text(without, 2)}
        yield _("Without it, alpha would be %(then)s instead of %(now)s.") % numbers
    for share, label in ((item.floor, labels[0]), (item.ceiling, labels[-1])):
        if share > MOST_AT_AN_END:
            values = {"percent": fixed_text(100 * share, 0), "label": label}
            yield _("%(percent)s%% answer “%(label)s”, so it hardly shows who differs.") % values
