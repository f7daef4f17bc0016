"""What is told of a version in a language, read from one row however many people are in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from quiz.evidence import Figures, NormsError, estimated_norms, figures
from quiz.models.evidence import Folding, NormSet
from quiz.models.evidence import Tally as TallyRow
from quiz.models.questionnaire import frozen_questionnaire
from quiz.norms import NormGroup
from quiz.scoring import default_norms
from quiz.tally import Tally


@dataclass(frozen=True)
class Evidence:
    """A tally, the figures (None of too few people), and norms in use (None for the defaults)."""

    tally: Tally
    figures: Figures | None
    as_of: datetime
    norms: NormGroup | None


def freeze_norms(version_id: int, language: str, *, by: Any, now: datetime) -> NormSet:
    """Freeze norms of all who are counted so far: new results use them, old ones keep theirs.

    NormsError says why these people can carry none.
    """
    with transaction.atomic():
        Folding.objects.locked()  # so that two don't get one number
        row = TallyRow.objects.filter(version=version_id, language=language).first()
        if row is None:
            raise NormsError("Nobody is counted yet.")
        group = estimated_norms(
            Tally.from_data(row.data),
            frozen_questionnaire(version_id),
            NormSet.objects.next_number(),
        )
        kept = NormSet.of(
            group, version_id=version_id, language=language, frozen_at=now, frozen_by=by
        )
        kept.save()
    return kept


def evidence_of(version_id: int, language: str) -> Evidence | None:
    """Return what attempts on a version come to; None before any was folded in."""
    row = TallyRow.objects.filter(version=version_id, language=language).first()
    if row is None:
        return None
    kept = NormSet.objects.in_use(version_id, language)
    group = kept.group() if kept else None
    questionnaire, tally = frozen_questionnaire(version_id), Tally.from_data(row.data)
    norms = group.norms if group else default_norms(questionnaire)
    return Evidence(tally, figures(tally, questionnaire, norms), row.updated_at, group)
