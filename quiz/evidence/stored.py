"""A version's stored evidence and norms. Reads a few rows, however many people they count."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from organization.current import current_organization
from quiz.core.norms import NormGroup
from quiz.core.precision import default_norms
from quiz.evidence.display import Display, display_of
from quiz.evidence.figures import NO_ONE, Figures, NormsError, estimated_norms, figures
from quiz.evidence.models.tallies import Folding, Tally
from quiz.evidence.rule import Rule
from quiz.evidence.tally import TallyCounts
from quiz.questionnaires.models.norms import NormSet
from quiz.questionnaires.models.version import frozen_questionnaire


@dataclass(frozen=True)
class Evidence:
    """A tally and its figures (None for too few people).

    At `as_of` nothing was left to count. `changed_on` is the last day on which the tally
    changed, for example because attempts were deleted.
    """

    tally: TallyCounts
    figures: Figures | None
    as_of: datetime
    changed_on: date

    def display(self, rule: Rule) -> Display:
        """Prepare the evidence for a page, in the words of `rule`."""
        return display_of(
            rule,
            self.tally,
            self.figures,
            on=self.as_of.date(),
            deleted_on=self.changed_on,
            kept=current_organization().keep_unfinished,
        )


def norms_of(version_id: int, language: str) -> NormGroup | None:
    """Return the norms in use and the group they come from. None means the defaults."""
    kept = NormSet.objects.in_use(version_id, language)
    return kept.group() if kept else None


def evidence_of(version_id: int, language: str, group: NormGroup | None) -> Evidence | None:
    """Return the evidence of a version in a language; None before any attempt is counted.

    The figures test the predictions of the norms of `group`.
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
    """Freeze norms based on everyone counted so far.

    New results use them; earlier results keep theirs. Raises NormsError if the people can't
    serve as norms.
    """
    with transaction.atomic():
        Folding.objects.locked()  # so that two sets never get the same number
        row = Tally.objects.filter(version=version_id, language=language).first()
        if row is None:
            raise NormsError(NO_ONE, "no one is counted yet")
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
