"""Counting a month: when, who, and never again."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quiz.core.verdict import Verdict
from quiz.counseling.handover import Part, hand_over
from quiz.counseling.monthly import counting
from quiz.counseling.monthly.counting import count_months_before, counts_in
from quiz.counseling.monthly.months import ReportedMonth, ReportedRow
from quiz.counseling.monthly.steps import STEP, Counts
from quiz.evidence.folding import delete_attempts
from tests.plans import large_table_of_attempts, reading_all_attempts
from tests.quiz.counseling.monthly.population import (
    COUNTED,
    OCTOBER,
    Service,
    finish,
    later,
    report,
    share,
)

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("content")]

FIRST = date(2026, 10, 1)


@pytest.fixture
def service(db):
    return Service()


class TestMonths:
    def test_month_is_counted_a_day_after_it_is_over(self, service):
        service.add(20)
        assert count_months_before(COUNTED - timedelta(minutes=31)) == 0
        assert count_months_before(COUNTED) == 1
        assert ReportedMonth.objects.get().first_day == FIRST

    def test_each_month_is_counted_once(self, service):
        service.add(20)
        assert count_months_before(COUNTED) == 1
        before = report()
        assert count_months_before(COUNTED) == 0
        assert count_months_before(later(COUNTED, days=31)) == 1
        assert report()["2026-10"] == before["2026-10"]
        assert report()["2026-11"] == []

    def test_missed_months_are_made_up_for(self, service):
        service.add(20)
        assert count_months_before(later(COUNTED, days=95)) == 4
        months = ReportedMonth.objects.order_by("first_day")
        assert [month.first_day.month for month in months] == [10, 11, 12, 1]

    def test_site_without_clients_counts_nothing(self, db):
        assert count_months_before(COUNTED) == 0

    def test_month_that_another_worker_counted_in_the_meantime_stays(self, service, monkeypatch):
        service.add(1)

        def overtaken(month):
            ReportedMonth.objects.create(first_day=month)
            return {None: Counts(invited=20)}

        monkeypatch.setattr(counting, "counts_in", overtaken)
        assert count_months_before(COUNTED) == 0
        assert not ReportedRow.objects.exists()

    def test_month_starts_at_midnight_of_the_sites_time_zone(self, service, settings):
        settings.TIME_ZONE = "America/Toronto"
        last_evening = COUNTED.replace(day=1, hour=3, minute=59)
        service.add(1, at=last_evening)
        assert counts_in(FIRST)[None].invited == 1
        service.add(1, at=later(last_evening, minutes=1))
        assert counts_in(FIRST)[None].invited == 1


class TestWho:
    def test_people_are_counted_by_what_they_did_in_the_month(self, service):
        group = service.groups[0]
        clients = service.add(5, group)
        service.add(2, group, at=later(OCTOBER, days=-31))
        finish(clients[:2])
        finish(clients[2:3], at=later(OCTOBER, days=31))
        share(clients[3:4], "service")
        share(clients[4:5], "sales")
        verdicts = dict.fromkeys(Verdict, 0)
        verdicts |= {Verdict.CLEAR_SALES: 1, Verdict.CLEAR_SERVICE: 1}
        assert counts_in(FIRST) == {group.pk: Counts(5, 4, 4, tuple(verdicts.values()))}

    def test_person_with_two_results_counts_once_with_the_newest(self, service):
        clients = service.add(1)
        share(clients, "sales", at=later(OCTOBER, days=2))
        share(clients, "service", at=later(OCTOBER, days=1))
        counts = counts_in(FIRST)[None]
        assert (counts.started, counts.finished, sum(counts.verdicts)) == (1, 1, 1)
        assert counts.verdicts[Verdict.CLEAR_SALES.order] == 1

    def test_results_that_are_not_shared_have_no_suggestion(self, service):
        finish(service.add(30))
        count_months_before(COUNTED)
        row = ReportedRow.objects.get()
        assert (row.finished, row.shared, row.verdicts) == (30, 0, None)

    def test_visitors_without_a_counselor_do_not_count(self, service):
        finish([None] * 30)
        assert counts_in(FIRST) == {}

    def test_clients_of_all_counselors_without_a_group_are_one_row(self, service):
        service.add(10, counselor=service.dana)
        service.add(10, counselor=service.cole)
        count_months_before(COUNTED)
        row = ReportedRow.objects.get()
        assert (row.is_rest, row.group, row.invited) == (True, None, 20)

    def test_query_count_does_not_grow_with_people(self, service):
        def queries_with(more):
            share(service.add(more, service.groups[0]))
            with CaptureQueriesContext(connection) as captured:
                counts_in(FIRST)
            return len(captured)

        assert queries_with(2) == queries_with(9) == 4

    def test_large_table_of_attempts_is_not_read_as_a_whole(self, service):
        share(service.add(20, service.groups[0]))
        large_table_of_attempts(OCTOBER)
        with CaptureQueriesContext(connection) as captured:
            counts_in(FIRST)
        assert reading_all_attempts(captured) == []

    def test_only_rounded_numbers_are_stored(self, service):
        share(service.add(33, service.groups[0]))
        count_months_before(COUNTED)
        row = ReportedRow.objects.get()
        numbers = [row.invited, row.started, row.finished, row.shared, *row.verdicts]
        assert all(number % STEP == 0 for number in numbers)


class TestNeverAgain:
    """Whatever someone does after a month was counted, its numbers stay."""

    @pytest.fixture
    def shared(self, service):
        shared = share(service.add(16, service.groups[0]))
        share(service.add(16), "service")
        count_months_before(COUNTED)
        return shared

    @pytest.mark.parametrize("change", ["stop", "delete", "leave", "move", "hand over", "share"])
    def test_change_of_one_person_changes_nothing(self, service, shared, change):
        before = report()
        one = shared[0]
        if change == "stop":
            one.delete()
        elif change == "delete":
            delete_attempts(type(one.attempt).objects.filter(pk=one.attempt_id))
        elif change == "leave":
            one.client.delete()
        elif change == "move":
            one.client.group = service.groups[1]
            one.client.save()
        elif change == "hand over":
            assert hand_over(service.dana, service.cole, Part({one.client.pk})).clients
        else:
            share(service.add(1, service.groups[0]))
        count_months_before(later(COUNTED, days=1))
        assert report() == before

    def test_row_of_a_deleted_group_stays_without_its_name(self, service, shared):
        service.groups[0].delete()
        row = ReportedRow.objects.get(is_rest=False)
        assert (row.group, row.invited > 0) == (None, True)
