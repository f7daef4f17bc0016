"""What is told of a version in a language, read from one row however many people are in it."""

from dataclasses import dataclass
from datetime import datetime

from quiz.evidence import Figures, figures
from quiz.models.evidence import NormSet
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
