"""Which results an export contains, decided when it starts."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from quiz.attempts.models import Attempt
from quiz.core.questionnaire import Questionnaire
from quiz.counseling.exporting.expressions import Keys
from quiz.counseling.exporting.rows import Row, RowReader
from quiz.counseling.models import ClientGroup, Counselor, Disclosure, Tag
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
        return cls(counselor, attempt_ids, _versions_of(attempt_ids))

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


def _versions_of(attempt_ids: Sequence[int]) -> dict[int, Questionnaire]:
    """Return the versions of these attempts. Each statement reads a batch of them by their keys."""
    used: set[int] = set()
    for start in range(0, len(attempt_ids), BATCH):
        attempts = Attempt.objects.filter(pk__in=Keys(attempt_ids[start : start + BATCH]))
        used.update(attempts.values_list("version_id", flat=True).distinct())
    return {version_id: frozen_questionnaire(version_id) for version_id in sorted(used)}
