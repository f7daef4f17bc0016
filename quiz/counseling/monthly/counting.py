"""Count each month once it is over, and store what the report shows of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Min
from django.utils import timezone
from django_tasks import task

from quiz.attempts.models import Attempt
from quiz.core.verdict import Verdict
from quiz.counseling.models import Client, Disclosure
from quiz.counseling.monthly.months import ReportedMonth, ReportedRow
from quiz.counseling.monthly.steps import NO_VERDICTS, Counts, RoundedCounts, rounded_rows

# So long after its end a month is counted: a machine's clock may be slow.
WAIT = timedelta(days=1)

Numbers = dict[UUID | None, int]


@task
def count_months() -> int:
    """Count the months that are over."""
    return count_months_before(timezone.now())


def count_months_before(now: datetime) -> int:
    """Count each month that is over and wasn't counted yet; return how many.

    Later changes, such as a result that is no longer shared, don't change it: the difference would
    be one person.
    """
    return sum(store(month, rounded_rows(counts_in(month))) for month in _due(now))


def _due(now: datetime) -> Iterator[date]:
    """Yield the first days of months that are due, the oldest first."""
    newest = ReportedMonth.objects.first()
    if newest:
        month = month_after(newest.first_day)
    else:
        oldest = Client.objects.aggregate(oldest=Min("created_at"))["oldest"]
        month = timezone.localdate(oldest or now).replace(day=1)
    while _start(month_after(month)) + WAIT <= now:
        yield month
        month = month_after(month)


def store(month: date, rows: dict[UUID | None, RoundedCounts]) -> bool:
    """Store a month, and return True unless another worker was faster."""
    with transaction.atomic():
        stored, is_new = ReportedMonth.objects.get_or_create(first_day=month)
        if is_new:
            ReportedRow.objects.bulk_create(
                ReportedRow(
                    month=stored,
                    group_id=group,
                    is_rest=group is None,
                    invited=row.invited,
                    started=row.started,
                    finished=row.finished,
                    shared=row.shared,
                    verdicts=list(row.verdicts) or None,
                )
                for group, row in rows.items()
            )
    return is_new


def counts_in(month: date) -> dict[UUID | None, Counts]:
    """Count the clients of all counselors who did something in a month, by group; four queries.

    Each client counts once in each number. Those who left before the month was over don't count.
    """
    period = (_start(month), _start(month_after(month)))
    of_clients = Attempt.objects.filter(client__isnull=False)
    invited = _by_group(Client.objects.filter(created_at__range=_until(period)), "group", "pk")
    started = _by_group(of_clients.filter(started_at__range=_until(period)), "client__group")
    finished = _by_group(of_clients.filter(finished_at__range=_until(period)), "client__group")
    verdicts = _verdicts(Disclosure.objects.filter(at__range=_until(period)))
    return {
        group: Counts(
            invited.get(group, 0),
            started.get(group, 0),
            finished.get(group, 0),
            tuple(verdicts.get(group, NO_VERDICTS)),
        )
        for group in {*invited, *started, *finished, *verdicts}
    }


def _by_group(rows: Any, group: str, client: str = "client") -> Numbers:
    found = rows.order_by().values_list(F(group)).annotate(n=Count(client, distinct=True))
    return dict(found)


def _verdicts(shared: Any) -> dict[UUID | None, list[int]]:
    """Count the newest result that each client shares, by group and verdict."""
    newest: dict[UUID, tuple[UUID | None, Verdict]] = {}
    for each in _oldest_first(shared):
        newest[each.client_id] = (each.client.group_id, each.result.verdict)
    counts: dict[UUID | None, list[int]] = defaultdict(lambda: list(NO_VERDICTS))
    for group, verdict in newest.values():
        counts[group][verdict.order] += 1
    return counts


def _oldest_first(shared: Any) -> Iterable[Disclosure]:
    found: Iterable[Disclosure] = (
        shared.select_related("attempt", "client")
        .order_by("attempt__finished_at", "pk")
        .iterator(chunk_size=500)
    )
    return found


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def month_after(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _until(period: tuple[datetime, datetime]) -> tuple[datetime, datetime]:
    """Return a period as `range` takes it, which includes its end."""
    return period[0], period[1] - timedelta(microseconds=1)
