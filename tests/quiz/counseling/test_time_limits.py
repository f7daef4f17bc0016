"""Clients with whom nothing happens are archived, then deleted, and both are announced."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quiz.attempts.models import Attempt
from quiz.counseling import time_limits
from quiz.counseling.bulk import restore
from quiz.counseling.handover import Part, hand_over
from quiz.counseling.meetings import Meeting, hold
from quiz.counseling.models import AuditEntry, Client, Disclosure, Note
from quiz.counseling.reminders import remind
from quiz.counseling.time_limits import ends_of, keep_time_limits, with_activity
from tests.factories import (
    NOON,
    disclose,
    finished_attempt,
    make_client,
    make_clients,
    make_counselor,
)
from tests.quiz.counseling.pages import main_of, url_of

pytestmark = pytest.mark.both_databases

YEAR, HALF = timedelta(days=365), timedelta(days=180)


@pytest.fixture
def limits(settings, clock):
    settings.ARCHIVE_CLIENTS, settings.DELETE_ARCHIVED_CLIENTS = YEAR, HALF
    return settings


@pytest.fixture
def idle(counselor):
    """A client with whom nothing has happened for a year."""
    return added(make_client(counselor, "Ida"), NOON - YEAR)


def added(client, at):
    Client.objects.filter(pk=client.pk).update(created_at=at)
    client.created_at = at
    return client


def shared_long_after_the_quiz(client, at=NOON):
    attempt = finished_attempt(client, at=NOON - YEAR)
    return Disclosure.objects.create(attempt=attempt, client=client, scope="traits", at=at)


def meet(client):
    disclosure = shared_long_after_the_quiz(client, at=NOON - YEAR)
    return hold(disclosure, uuid4(), {"agreement": "Visit a shop"}, NOON)


def close(counselor, *, is_open=False):
    counselor.user.is_active = is_open
    counselor.user.save()


def run():
    return keep_time_limits.call()


def archived(client):
    client.refresh_from_db()
    return client.archived_at is not None


class TestArchiving:
    def test_without_a_setting_nothing_happens(self, settings, idle, clock):
        assert not settings.ARCHIVE_CLIENTS
        assert run() == {"archived": 0, "deleted": 0}

    def test_idle_client_is_archived_and_logged(self, limits, counselor, idle):
        recent = added(make_client(counselor, "Rea"), NOON - YEAR + timedelta(seconds=1))
        assert run() == {"archived": 1, "deleted": 0}
        assert (archived(idle), archived(recent)) == (True, False)
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.detail, entry.client) == (AuditEntry.ARCHIVED, "time", idle)

    @pytest.mark.parametrize(
        "happens",
        [
            lambda client: finished_attempt(client),
            lambda client: Note.objects.create(client=client, author=client.counselor, text="x"),
            lambda client: AuditEntry.objects.log(client.counselor, AuditEntry.CHANGED, client),
            lambda client: shared_long_after_the_quiz(client),
            lambda client: meet(client),
            lambda client: remind(client.counselor, [client.pk], NOON),
        ],
        ids=["a quiz", "a note", "an edit", "a shared result", "a meeting", "a reminder"],
    )
    def test_anything_that_happens_starts_the_year_again(self, limits, idle, happens):
        happens(idle)
        assert run()["archived"] == 0

    def test_client_taken_out_of_the_archive_stays_out_for_a_year(
        self, limits, counselor, idle, clock
    ):
        run()
        restore(counselor, [idle.pk])
        assert run()["archived"] == 0
        clock.shift(YEAR)
        assert run()["archived"] == 1

    def test_batches_archive_all(self, limits, counselor, monkeypatch):
        monkeypatch.setattr(time_limits, "BATCH", 2)
        monkeypatch.setattr(time_limits, "PAUSE", 0)
        make_clients(counselor, ["Kim"] * 5)
        Client.objects.update(created_at=NOON - YEAR)
        assert run()["archived"] == 5


class TestDeleting:
    @pytest.fixture
    def old(self, counselor):
        return make_client(counselor, "Ola", archived_at=NOON - HALF)

    def test_archived_client_is_deleted_on_the_announced_day_and_not_before(
        self, limits, idle, clock
    ):
        run()
        announced = ends_of([idle])[idle.pk].delete_on
        idle.refresh_from_db()
        assert announced == idle.delete_after == NOON + HALF
        clock.shift(HALF - timedelta(seconds=1))
        assert run()["deleted"] == 0
        clock.shift(timedelta(seconds=1))
        assert run()["deleted"] == 1
        assert not Client.objects.exists()

    def test_who_was_archived_before_the_setting_gets_thirty_days_notice(self, limits, old, clock):
        added(old, NOON - YEAR)
        assert run()["deleted"] == 0
        clock.shift(timedelta(days=30))
        assert run()["deleted"] == 1

    def test_announced_date_moves_only_further_away(self, limits, old, clock):
        added(old, NOON - YEAR)
        run()
        limits.DELETE_ARCHIVED_CLIENTS = timedelta(days=1)
        run()
        old.refresh_from_db()
        assert old.delete_after == NOON + timedelta(days=30)
        limits.DELETE_ARCHIVED_CLIENTS = YEAR
        run()
        old.refresh_from_db()
        assert old.delete_after == NOON - HALF + YEAR

    def test_client_who_takes_the_quiz_again_is_kept(self, limits, old, clock):
        added(old, NOON - YEAR)
        run()
        clock.shift(timedelta(days=29))
        finished_attempt(old, at=NOON + timedelta(days=29))
        clock.shift(timedelta(days=1))
        assert run()["deleted"] == 0

    def test_without_the_setting_nothing_stays_announced(self, limits, old):
        added(old, NOON - YEAR)
        run()
        limits.DELETE_ARCHIVED_CLIENTS = timedelta()
        run()
        old.refresh_from_db()
        assert old.delete_after is None

    def test_their_own_attempt_stays_and_notes_and_what_they_shared_go(
        self, limits, counselor, old, clock
    ):
        added(old, NOON - YEAR)
        disclose(old, at=NOON - HALF)
        Note.objects.create(client=old, author=counselor, text="Brave")
        Note.objects.update(written_at=NOON - HALF)
        old.tags.add(counselor.tags.create(name="autumn"))
        run()
        clock.shift(timedelta(days=30))
        assert run()["deleted"] == 1
        attempt = Attempt.objects.get()
        assert attempt.is_finished
        assert attempt.client is None
        assert not Note.objects.exists()
        assert not counselor.tags.exists()
        (entry,) = AuditEntry.objects.filter(action=AuditEntry.DELETED)
        assert (entry.counselor, entry.client, entry.detail) == (counselor, None, "time")

    def test_meeting_stays_with_the_client(self, limits, counselor, old, clock):
        added(old, NOON - YEAR)
        meeting = meet(old)
        run()
        clock.shift(HALF)
        assert run()["deleted"] == 1
        meeting.refresh_from_db()
        assert (meeting.client, meeting.reader) == (None, None)
        assert list(Meeting.objects.of_same_person(meeting.attempt)) == [meeting]

    def test_client_who_does_something_after_the_date_was_written_is_kept(
        self, limits, old, clock, monkeypatch
    ):
        added(old, NOON - YEAR)
        run()
        clock.shift(timedelta(days=30))
        announce = time_limits._announce

        def and_then_start(*args):
            announce(*args)
            finished_attempt(old, at=NOON + timedelta(days=30))

        monkeypatch.setattr(time_limits, "_announce", and_then_start)
        assert run()["deleted"] == 0

    def test_clients_of_a_closed_account_wait_and_get_a_new_date(
        self, limits, counselor, idle, old, clock
    ):
        added(old, NOON - YEAR)
        run()
        close(counselor)
        clock.shift(YEAR)
        assert run() == {"archived": 0, "deleted": 0}
        assert ends_of([idle, old]) == {}
        close(counselor, is_open=True)
        assert run()["deleted"] == 0
        old.refresh_from_db()
        assert old.delete_after == NOON + YEAR + timedelta(days=30)

    def test_handover_starts_the_time_again(self, limits, counselor, old, clock):
        added(old, NOON - YEAR)
        hand_over(counselor, make_counselor("Ana Diaz"), Part({old.pk}))
        run()
        assert ends_of([old])[old.pk].delete_on == NOON + HALF

    def test_many_clients_cost_as_many_queries_as_few(self, limits, counselor, clock):
        counts = []
        for size in (2, 30):
            make_clients(counselor, ["Kim"] * size)
            Client.objects.update(created_at=NOON - YEAR)
            total = 0
            for days in (0, 180):
                clock.shift(timedelta(days=days))
                with CaptureQueriesContext(connection) as queries:
                    run()
                total += len(queries)
            assert not Client.objects.exists()
            counts.append(total)
            clock.move_to(NOON)
        assert counts[0] == counts[1]


class TestAnnouncements:
    def test_page_of_a_client_says_when_it_ends(self, desk, limits, idle):
        page = main_of(desk.get(url_of(idle)))
        assert "If nothing happens until November 24, 2026, this client is archived" in page
        assert "deletes them on May 23, 2027" in page

    def test_page_of_an_archived_client_says_when_it_is_deleted(self, desk, limits, idle):
        run()
        page = main_of(desk.get(url_of(idle)))
        assert "deletes this client on May 23, 2027, with your notes" in page
        assert "meetings stay with your client" in page

    def test_list_of_archived_clients_says_when_each_is_deleted(self, desk, limits, idle):
        run()
        page = main_of(desk.get("/counselor/?archived=1"))
        assert "Deleted on May 23, 2027 if nothing happens" in page

    def test_page_that_asks_before_archiving_says_after_how_long(self, desk, limits, kim):
        page = main_of(desk.get(f"/counselor/clients/archive/?client={kim.pk}"))
        assert "If nothing happens for 180 days" in page
        assert "meetings stay with them" in " ".join(page.split())

    def test_without_a_setting_no_page_says_anything_and_no_query_is_made(self, desk, kim, clock):
        assert "data-ends" not in main_of(desk.get(url_of(kim)))
        with CaptureQueriesContext(connection) as queries:
            assert ends_of([kim]) == {}
        assert len(queries) == 0

    def test_activity_is_the_newest_of_all_that_happened(self, counselor, kim, clock):
        added(kim, NOON - YEAR)
        attempt = finished_attempt(kim, at=NOON - HALF)
        client = with_activity(Client.objects.filter(pk=kim.pk)).get()
        assert client.active_at == attempt.finished_at == NOON - HALF
