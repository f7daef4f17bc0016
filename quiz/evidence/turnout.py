"""What all who began came to: how far they got, and which verdicts were reached. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from quiz.core.verdict import SALES, SERVICE, Verdict
from quiz.evidence.figures import FEWEST_TOLD
from quiz.evidence.tally import Counts, Tally

# From which share of people on one suggestion is too common.
MOST_ALIKE = 0.75


@dataclass(frozen=True)
class MonthOfVerdicts:
    """How many got each Verdict, of all who finished in a month."""

    month: str
    counts: tuple[int, ...]


def months_of_verdicts(tally: Tally) -> tuple[MonthOfVerdicts, ...]:
    """Return the months with at least FEWEST_TOLD people, the oldest first."""
    return tuple(
        MonthOfVerdicts(month, tuple(counts.tolist()))
        for month, counts in sorted(tally.verdicts.items())
        if counts.sum() >= FEWEST_TOLD
    )


def too_common(finished: Counts) -> tuple[str, float] | None:
    """Return the field suggested to more than MOST_ALIKE of all who finished, and its share."""
    total = finished.sum()
    if total < FEWEST_TOLD:
        return None
    for field in (SALES, SERVICE):
        places = [verdict.order for verdict in Verdict if verdict.field == field]
        share = float(finished[places].sum() / total)
        if share > MOST_ALIKE:
            return field, share
    return None


@dataclass(frozen=True)
class Step:
    """How many came so far: `page` 0 began, a page was completed, or (None) the quiz was."""

    page: int | None
    people: int
    share: float


def funnel(
    tally: Tally, counted_on: date, kept: timedelta, deleted_on: date | None = None
) -> tuple[Step, ...]:
    """Return how far people came who began in the days before it was counted, without two.

    Of the last two it is not known yet; and attempts that nobody finished are `kept` only so long,
    and then taken out, perhaps last on a later day than the counting (`deleted_on`).
    """
    first = (deleted_on or counted_on) - kept + timedelta(days=1)
    last = counted_on - timedelta(days=2)
    within = [
        counts for day, counts in tally.ways.items() if first <= date.fromisoformat(day) <= last
    ]
    if not within:
        return ()
    counts = sum(within, np.zeros_like(within[0]))
    # Whoever came to a page came through all before it.
    reached = np.cumsum(counts[::-1])[::-1]
    began = int(reached[0])
    if began < FEWEST_TOLD:
        return ()
    return tuple(
        Step(None if place == len(reached) - 1 else place, int(people), float(people / began))
        for place, people in enumerate(reached)
    )
