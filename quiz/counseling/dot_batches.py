"""Which results the wall page shows: whole batches, so that no dot can be tied to a person. Pure.

A batch is a set of at least SMALLEST_GROUP results that appear at the same moment. While one of
them isn't shared, or its owner has a newer one, the whole batch is hidden. A result is in one batch
only. So whatever differs between two pictures, now or later, is whole batches.

Results go by their attempts' keys.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from secrets import SystemRandom
from typing import Any, NamedTuple
from uuid import UUID

from quiz.counseling.group_report import SMALLEST_GROUP

_by_chance = SystemRandom().shuffle


class Batch(NamedTuple):
    """A set of results; `size` is how many there were when they appeared."""

    key: UUID
    size: int


# The newest result that each person shares, and the batch it is in, if it was ever shown.
Shared = Mapping[int, Batch | None]


def shown_of(shared: Shared) -> frozenset[int]:
    """Return the results to show: those of batches that are still shared as a whole."""
    found = Counter(shared.values())
    return frozenset(key for key, batch in shared.items() if batch and found[batch] == batch.size)


def never_shown(shared: Shared) -> list[int]:
    """Return the results that may go into new batches.

    A result whose batch is hidden may not: next to another batch, it would reveal who left the
    first one.
    """
    return sorted(key for key, batch in shared.items() if batch is None)


def can_add(shared: Shared) -> bool:
    """Say whether there are enough new results for a batch."""
    return len(never_shown(shared)) >= SMALLEST_GROUP


def new_batches(
    fresh: Iterable[int], shuffle: Callable[[list[Any]], object] = _by_chance
) -> list[list[int]]:
    """Divide results into batches; none if they are too few for one.

    By chance, so that a batch doesn't hold those who finished one after the other.
    """
    drawn = list(fresh)
    shuffle(drawn)
    count = len(drawn) // SMALLEST_GROUP
    return [drawn[first::count] for first in range(count)]
