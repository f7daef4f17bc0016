"""How many people started and finished the quiz, day by day, for the dashboard's bar chart."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from quiz.attempts.models import Attempt
from quiz.results.pictures import Column, number

# Unfinished attempts are deleted after a month at the default, so older starts are incomplete.
DAYS = 28
WIDTH, HEIGHT, GAP = 392.0, 100.0, 1.0


@dataclass(frozen=True)
class Week:
    """Seven days in numbers: what the chart shows, as text."""

    first: date
    last: date
    started: int
    finished: int


@dataclass(frozen=True)
class Activity:
    """Starts and finishes of the last DAYS days; the bars run from the oldest day to today."""

    started: int
    finished: int
    most: int
    first: date
    last: date
    starts: tuple[Column, ...]
    finishes: tuple[Column, ...]
    weeks: tuple[Week, ...]


def activity(now: datetime) -> Activity:
    """Count by day in the site's time zone, in two queries."""
    today = timezone.localdate(now)
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    since = timezone.make_aware(datetime.combine(days[0], time()))
    # By the last save, for which there are indexes. Some of these started earlier.
    is_recent = Q(finished_at__gte=since) | Q(finished_at=None, saved_at__gte=since)
    started = _by_day(Attempt.objects.filter(is_recent), "started")
    finished = _by_day(Attempt.objects.filter(finished_at__gte=since), "finished")
    most = max(max(started[day], finished[day]) for day in days)
    return Activity(
        started=sum(started[day] for day in days),
        finished=sum(finished[day] for day in days),
        most=most,
        first=days[0],
        last=today,
        starts=_bars([started[day] for day in days], most, side=0),
        finishes=_bars([finished[day] for day in days], most, side=1),
        weeks=tuple(
            Week(
                week[0],
                week[-1],
                sum(started[day] for day in week),
                sum(finished[day] for day in week),
            )
            for week in (days[start : start + 7] for start in range(0, DAYS, 7))
        ),
    )


def _by_day(attempts: QuerySet[Attempt], what: str) -> Mapping[date, int]:
    days = attempts.annotate(day=TruncDate(f"{what}_at")).order_by().values_list("day")
    return Counter(dict(days.annotate(n=Count("pk"))))


def _bars(counts: list[int], most: int, *, side: int) -> tuple[Column, ...]:
    """Draw one of the two bars of each day; `side` is 0 for the left one and 1 for the right."""
    day = WIDTH / len(counts)
    width = day / 2 - GAP
    return tuple(
        Column(
            number(place * day + side * width + GAP),
            number(HEIGHT - HEIGHT * count / (most or 1)),
            number(width),
            number(HEIGHT * count / (most or 1)),
        )
        for place, count in enumerate(counts)
    )
