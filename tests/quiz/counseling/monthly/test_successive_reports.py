"""Someone collects every report and compares them, to find out about one person."""

from datetime import timedelta
from functools import cache
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quiz.attempts.models import Attempt
from quiz.core.verdict import Verdict
from quiz.counseling.handover import Part, hand_over
from quiz.counseling.models import Client, Disclosure
from quiz.counseling.monthly import counting
from quiz.counseling.monthly.counting import count_months_before, counts_in
from quiz.counseling.monthly.steps import FEWEST, STEP, Counts, rounded
from quiz.evidence.folding import delete_attempts
from tests.quiz.counseling.monthly.population import (
    COUNTED,
    OCTOBER,
    Service,
    finish,
    report,
    share,
)

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("content"), pytest.mark.slow]

PEOPLE = 36
EVENTS = ["finish", "share sales", "share service", "stop", "delete", "leave", "move", "hand over"]
# Each event is about some of the people, in a row. "report" takes a report; "month" is a new one.
histories = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(EVENTS), st.integers(0, PEOPLE - 1), st.integers(1, 20)),
        st.tuples(st.sampled_from(["report", "month", "month"]), st.just(0), st.just(0)),
    ),
    min_size=4,
    max_size=16,
)


class Life:
    """A career service, day by day; `truth` holds the real counts of months when counted."""

    def __init__(self):
        self.service = Service()
        self.now = OCTOBER
        self.reports = []
        self.truth = {}
        first, second = self.service.groups
        for people, group in ((15, first), (12, second), (9, None)):
            self.service.add(people, group, at=self.now)

    def clients(self, first, count):
        keys = list(Client.objects.order_by("name").values_list("pk", flat=True))
        return list(Client.objects.filter(pk__in=keys[first : first + count]))

    def happen(self, what, first, count):
        self.now += timedelta(hours=1)
        if what == "month":
            self.now += timedelta(days=31)
        elif what == "report":
            self.take_report()
        else:
            self.change(what, self.clients(first, count))

    def change(self, what, clients):
        keys = [client.pk for client in clients]
        if what == "finish":
            finish(clients, at=self.now)
        elif what.startswith("share"):
            share(clients, what.split()[1], at=self.now)
        elif what == "stop":
            Disclosure.objects.filter(client__in=keys).delete()
        elif what == "delete":
            attempts = Disclosure.objects.filter(client__in=keys).values("attempt")
            delete_attempts(Attempt.objects.filter(pk__in=attempts))
        elif what == "leave":
            Client.objects.filter(pk__in=keys[:1]).delete()
        elif what == "move":
            Client.objects.filter(pk__in=keys, counselor=self.service.dana).update(
                group=self.service.groups[1]
            )
        else:
            hand_over(self.service.dana, self.service.cole, Part(keys[:1]))

    def take_report(self):
        with patch.object(counting, "counts_in", self.remember):
            count_months_before(self.now)
        self.reports.append(report())

    def remember(self, month):
        self.truth[f"{month:%Y-%m}"] = counts = counts_in(month)
        return counts


@cache
def possible(number):
    """Return the counts of people that may be rounded to a number."""
    return [
        count
        for count in range(number + 2 * STEP)
        if any(rounded([count], offset) == (number,) for offset in range(STEP))
    ]


@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories)
def test_reports_together_say_no_more_than_each_month_alone(db, history):
    with transaction.atomic():
        life = Life()
        for event in [*history, ("month", 0, 0), ("report", 0, 0)]:
            life.happen(*event)
        transaction.set_rollback(True)

    last = life.reports[-1]
    for earlier in life.reports:
        # What two reports have in common is the same, so their difference is whole months.
        assert earlier.items() <= last.items()
    for month, rows in last.items():
        listed = {group for is_rest, group, _numbers in rows if not is_rest}
        truth = life.truth[month]
        others = sum((n for group, n in truth.items() if group not in listed), Counts())
        for is_rest, group, numbers in rows:
            assert_row_hides_people(numbers, others if is_rest else truth[group])


def assert_row_hides_people(numbers, counts):
    """Compare a row with the truth: it may be right, and leaves at least five counts open."""
    shared = sum(counts.verdicts)
    pairs = [
        (numbers.invited, counts.invited),
        (numbers.started, counts.started),
        (numbers.finished, counts.finished),
        (numbers.shared, shared),
        *zip(numbers.verdicts, counts.verdicts, strict=bool(numbers.verdicts)),
    ]
    for number, count in pairs:
        assert number % STEP == 0
        assert count in possible(number)
        assert len(possible(number)) >= STEP
    assert max(count for _number, count in pairs[:4]) > FEWEST
    if numbers.verdicts:
        assert shared > FEWEST
        assert len(numbers.verdicts) == len(Verdict)


def test_first_report_waits_for_the_end_of_the_month(db):
    life = Life()
    life.take_report()
    assert life.reports == [{}]
    life.now = COUNTED
    life.take_report()
    assert list(life.reports[-1]) == ["2026-10"]
