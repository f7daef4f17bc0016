"""What is told of a version in a language, read from a few rows however many people are in it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from quiz.core.norms import NormGroup
from quiz.core.scoring import default_norms
from quiz.evidence.display import Display, display_of
from quiz.evidence.figures import NOBODY, Figures, NormsError, estimated_norms, figures
from quiz.evidence.models.tallies import Folding, Tally
from quiz.evidence.rule import Rule
from quiz.evidence.tally import TallyCounts
from quiz.questionnaires.models.norms import NormSet
from quiz.questionnaires.models.version import frozen_questionnaire


@dataclass(frozen=True)
class Evidence:
    """A tally, and the figures (None of too few people).

    Nothing was waiting to be counted `as_of` then; people were taken out on `changed_on` at last.
    """

    tally: TallyCounts
    figures: Figures | None
    as_of: datetime
    changed_on: date

    def display(self, rule: Rule) -> Display:
        """Return it ready to be shown, in the words of a rule."""
        return display_of(
            rule,
            self.tally,
            self.figures,
            on=self.as_of.date(),
            deleted_on=self.changed_on,
            kept=settings.KEEP_UNFINISHED,
        )


def norms_of(version_id: int, language: str) -> NormGroup | None:
    """Return the norms in use, and whom they are of; None for the defaults."""
    kept = NormSet.objects.in_use(version_id, language)
    return kept.group() if kept else None


def evidence_of(version_id: int, language: str, group: NormGroup | None) -> Evidence | None:
    """Return what attempts on a version come to; None before any was folded in.

    `group` has the norms whose promise is tried.
    """
    row = Tally.objects.filter(version=version_id, language=language).first()
    if row is None:
        return None
    questionnaire, tally = frozen_questionnaire(version_id), TallyCounts.from_data(row.data)
    norms = group.norms if group else default_norms(questionnaire)
    folded_at = Folding.objects.values_list("folded_at", flat=True).first()
    return Evidence(
        tally=tally,
        figures=figures(tally, questionnaire, norms),
        as_of=folded_at or row.updated_at,
        changed_on=row.updated_at.date(),
    )


def freeze_norms(version_id: int, language: str, *, by: Any, now: datetime) -> NormSet:
    """Freeze norms of all who are counted so far: new results use them, old ones keep theirs.

    NormsError says why these people can carry none.
    """
    with transaction.atomic():
        Folding.objects.locked()  # so that two don't get one number
        row = Tally.objects.filter(version=version_id, language=language).first()
        if row is None:
            raise NormsError(NOBODY, "nobody is counted yet")
        group = estimated_norms(
            TallyCounts.from_data(row.data),
            frozen_questionnaire(version_id),
            NormSet.objects.next_number(),
        )
        kept = NormSet.of(
            group, version_id=version_id, language=language, frozen_at=now, frozen_by=by
        )
        kept.save()
    return kept
