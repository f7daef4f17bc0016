"""Which results an export contains, decided when it starts."""

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
    """Results shared with a counselor, by the keys of their attempts.

    The rows are read later, without results that were withdrawn or handed over by then. No result
    can appear twice, even if it is withdrawn and shared again in the meantime.
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
        """Yield the rows in the batches in which they are read."""
        reader = RowReader(self.counselor, self.columns)
        for start in range(0, len(self), BATCH):
            yield reader.rows(self.attempt_ids[start : start + BATCH])


def _versions_between(attempt_ids: Sequence[int]) -> dict[int, Questionnaire]:
    """Return the versions used by any attempt between the first and the last of these.

    Usually those are exactly the versions of these attempts. Checking each attempt would read the
    largest table twice, so we accept that a column may be empty.
    """
    if not attempt_ids:
        return {}
    taken = Attempt.objects.filter(
        version=OuterRef("pk"), pk__range=(attempt_ids[0], attempt_ids[-1])
    )
    versions = QuestionnaireVersion.objects.filter(Exists(taken)).values_list("pk", flat=True)
    return {version_id: frozen_questionnaire(version_id) for version_id in versions}
