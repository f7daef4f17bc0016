"""How far people got who started the quiz, and which verdicts they reached. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from quiz.core.verdict import SALES, SERVICE, Verdict
from quiz.evidence.figures import FEWEST_PUBLISHED
from quiz.evidence.tally import Counts, TallyCounts

# If one suggestion goes to more than this share of people, admins are warned.
MOST_ALIKE = 0.75


@dataclass(frozen=True)
class MonthOfVerdicts:
    """How many of those who finished in a month got each Verdict."""

    month: str
    counts: tuple[int, ...]


def months_of_verdicts(tally: TallyCounts) -> tuple[MonthOfVerdicts, ...]:
    """Return the months with at least FEWEST_PUBLISHED people, oldest first."""
    return tuple(
        MonthOfVerdicts(month, tuple(counts.tolist()))
        for month, counts in sorted(tally.verdicts.items())
        if counts.sum() >= FEWEST_PUBLISHED
    )


def too_common(finished: Counts) -> tuple[str, float] | None:
    """Return the field suggested to more than MOST_ALIKE of those who finished, and its share."""
    total = finished.sum()
    if total < FEWEST_PUBLISHED:
        return None
    for field in (SALES, SERVICE):
        places = [verdict.order for verdict in Verdict if verdict.field == field]
        share = float(finished[places].sum() / total)
        if share > MOST_ALIKE:
            return field, share
    return None


@dataclass(frozen=True)
class Step:
    """How many completed a page. `page` 0 is the start, and None the end of the quiz."""

    page: int | None
    people: int
    share: float


def funnel(
    tally: TallyCounts, counted_on: date, kept: timedelta, deleted_on: date | None = None
) -> tuple[Step, ...]:
    """Return how far people got who started before the day of counting.

    The last two days are left out because those people may still continue. Unfinished attempts
    are `kept` for this long and then deleted, so earlier days are left out too; the last deletion
    (`deleted_on`) may be later than the counting.
    """
    first = (deleted_on or counted_on) - kept + timedelta(days=1)
    last = counted_on - timedelta(days=2)
    within = [
        counts for day, counts in tally.ways.items() if first <= date.fromisoformat(day) <= last
    ]
    if not within:
        return ()
    counts = sum(within, np.zeros_like(within[0]))
    # Reaching a page means having completed all pages before it.
    reached = np.cumsum(counts[::-1])[::-1]
    started = int(reached[0])
    if started < FEWEST_PUBLISHED:
        return ()
    return tuple(
        Step(None if place == len(reached) - 1 else place, int(people), float(people / started))
        for place, people in enumerate(reached)
    )
