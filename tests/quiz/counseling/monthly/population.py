"""Clients of two counselors in groups, and what they do."""

from datetime import UTC, datetime, timedelta
from itertools import count

from quiz.attempts.models import Attempt
from quiz.counseling.models import Client, Disclosure
from quiz.counseling.monthly.months import ReportedMonth
from tests.answers import towards
from tests.factories import finished, make_counselor

OCTOBER = datetime(2026, 10, 5, 9, tzinfo=UTC)
# The moment from which on October can be counted.
COUNTED = datetime(2026, 11, 2, 0, 30, tzinfo=UTC)
ANSWERS = {field: towards(field) for field in ("sales", "service")}
names = count(1)


class Service:
    """Two counselors, and two groups of the first."""

    def __init__(self):
        self.dana, self.cole = make_counselor("Dana Reed"), make_counselor("Cole Park")
        self.groups = [self.dana.groups.create(name=name) for name in ("Class 9a", "Class 9b")]

    def add(self, people, group=None, at=OCTOBER, counselor=None):
        """Add clients, as of a moment."""
        clients = Client.objects.bulk_create(
            Client(
                counselor=counselor or (group.counselor if group else self.cole),
                group=group,
                name=f"Zed {next(names)}",
            )
            for _person in range(people)
        )
        Client.objects.filter(pk__in=[client.pk for client in clients]).update(created_at=at)
        return clients


def finish(clients, field="sales", at=OCTOBER):
    return Attempt.objects.bulk_create(
        finished(ANSWERS[field], at=at, client=client) for client in clients
    )


def share(clients, field="sales", at=OCTOBER):
    return Disclosure.objects.bulk_create(
        Disclosure(attempt=attempt, client=attempt.client, scope="verdict", at=at)
        for attempt in finish(clients, field, at)
    )


def report():
    """Return all that the report says, without what its rows are called."""
    return {
        f"{month}": [(row.is_rest, row.group_id, row.numbers) for row in month.rows.order_by("pk")]
        for month in ReportedMonth.objects.all()
    }


def later(moment, **more):
    return moment + timedelta(**more)
