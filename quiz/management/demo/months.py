"""Three months that the demo's monthly report shows: of more people than the demo has."""

from datetime import timedelta
from functools import partial

from django.utils import timezone

from quiz.counseling.models import ClientGroup
from quiz.counseling.monthly.counting import WAIT, store
from quiz.counseling.monthly.steps import STEP, Counts, rounded_rows
from quiz.management.demo.taking import Taking

# Clients without a group of their own size, the oldest month first.
OTHERS = (
    Counts(38, 34, 29, (5, 6, 3, 4, 3, 1)),
    Counts(52, 45, 41, (6, 9, 5, 8, 4, 2)),
    Counts(47, 44, 37, (4, 8, 6, 7, 6, 1)),
)
CLASS = Counts(26, 22, 18, (2, 4, 3, 5, 2, 0))


def add_months(group: ClientGroup, taking: Taking) -> None:
    """Add the last months that are over, the class in the newest of them."""
    first_day = timezone.localdate(taking.now - WAIT).replace(day=1)
    offset_of = partial(taking.random.randrange, STEP)
    for back, others in enumerate(reversed(OTHERS)):
        first_day = (first_day - timedelta(days=1)).replace(day=1)
        counts = {None: others} | ({group.pk: CLASS} if back == 0 else {})
        store(first_day, rounded_rows(counts, offset_of))
