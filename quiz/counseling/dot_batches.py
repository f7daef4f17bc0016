"""Which results the wall page shows: whole batches, so that no dot can be tied to a person. Pure.

A batch is a set of at least SMALLEST_GROUP results that appear at the same moment. When one of them
is no longer shared, or its owner has a newer one, the whole batch disappears for good. So whatever
differs between two pictures, now or later, is whole batches.

Results go by a key of their own. A batch is a list of keys, because it is stored as JSON.
"""

from collections.abc import Callable, Iterable
from secrets import SystemRandom
from typing import Any

from quiz.counseling.group_report import SMALLEST_GROUP

Batch = list[str]
_by_chance = SystemRandom().shuffle


def shown_of(batches: Iterable[Batch], shared: set[str]) -> frozenset[str]:
    """Return the results to show: those of batches that are still shared as a whole."""
    return frozenset(key for batch in batches if shared.issuperset(batch) for key in batch)


def new_batches(
    used: Iterable[Batch],
    shared: set[str],
    shuffle: Callable[[list[Any]], object] = _by_chance,
) -> list[Batch]:
    """Divide the results that were never shown into batches; none if they are too few for one.

    By chance, so that a batch doesn't hold those who finished one after the other. `used` are all
    batches so far: a result whose batch has disappeared stays hidden, because next to another
    batch it would reveal who left the first one.
    """
    fresh = sorted(shared.difference(*used))
    shuffle(fresh)
    count = len(fresh) // SMALLEST_GROUP
    return [fresh[first::count] for first in range(count)]


def can_add(used: Iterable[Batch], shared: set[str]) -> bool:
    """Say whether there are enough new results for a batch."""
    return len(shared.difference(*used)) >= SMALLEST_GROUP
