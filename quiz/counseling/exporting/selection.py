"""Which results a counselor takes out, as they stand when an export begins."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef

from quiz.attempts.models import Attempt
from quiz.core.questionnaire import Questionnaire
from quiz.counseling.exporting.rows import Row, RowReader
from quiz.counseling.models import ClientGroup, Counselor, Disclosure, Tag
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.questionnaires.models.version import frozen_questionnaire
from quiz.results.tables.columns import Columns

BATCH = 2_000


@dataclass(frozen=True)
class Selection:
    """Results shared with a counselor, by the attempts' keys.

    The rows are read later. What was withdrawn or handed over by then is left out; no result can
    come twice, not even one that was withdrawn and shared anew meanwhile.
    """

    counselor: Counselor
    attempt_ids: Sequence[int]
    questionnaires: Mapping[int, Questionnaire]

    @classmethod
    def of(
        cls, counselor: Counselor, group: ClientGroup | None = None, tag: Tag | None = None
    ) -> "Selection":
        shared = Disclosure.objects.of(counselor)
        if group:
            shared = shared.filter(client__group=group)
        if tag:
            shared = shared.filter(client__tags=tag)
        found = shared.order_by("attempt_id").values_list("attempt_id", flat=True)
        attempt_ids = array("q", found.iterator())
        return cls(counselor, attempt_ids, _versions_between(attempt_ids))

    def __len__(self) -> int:
        return len(self.attempt_ids)

    @cached_property
    def columns(self) -> Columns:
        return Columns.of(self.questionnaires.values())

    def batches(self) -> Iterator[Iterator[Row]]:
        """Yield the rows, as many at once as are read at once."""
        reader = RowReader(self.counselor, self.columns)
        for begin in range(0, len(self), BATCH):
            yield reader.rows(self.attempt_ids[begin : begin + BATCH])


def _versions_between(attempt_ids: Sequence[int]) -> dict[int, Questionnaire]:
    """Return the versions that were taken from the first of some attempts to the last.

    Mostly those are their versions. To ask each attempt for its own would read the largest table
    twice; so a column may be empty throughout.
    """
    if not attempt_ids:
        return {}
    taken = Attempt.objects.filter(
        version=OuterRef("pk"), pk__range=(attempt_ids[0], attempt_ids[-1])
    )
    versions = QuestionnaireVersion.objects.filter(Exists(taken)).values_list("pk", flat=True)
    return {version_id: frozen_questionnaire(version_id) for version_id in versions}
