from datetime import timedelta

import pytest

from quiz.counseling.models import AuditEntry
from quiz.management.demo.cast import Person, Taken
from quiz.management.demo.counseling import Counseling
from quiz.management.demo.taking import Taking
from tests.factories import NOON


@pytest.fixture
def counseling(live):
    return Counseling(Taking(live, NOON))


@pytest.fixture
def added(counseling, counselor):
    """Give a function that adds a client who took the quiz like this."""

    def add(*taken, **more):
        person = Person("Kim", "kim@example.org", added_days_ago=30, taken=taken, **more)
        return counseling.add_person(counselor, person)

    return add


def test_client_is_added_and_invited_on_that_day(added):
    client = added()
    assert client.created_at.date() == (NOON - timedelta(days=30)).date()
    assert client.invitations.get().spent_at is None
    assert list(client.attempts.all()) == []


def test_shared_result_is_looked_at_a_day_later(added):
    client = added(Taken(days_ago=20, leaning=0.5, shares="traits"))
    disclosure = client.disclosures.get()
    assert disclosure.scope == "traits"
    assert client.invitations.get().spent_at == client.attempts.get().started_at
    looks = AuditEntry.objects.filter(client=client, action=AuditEntry.SAW)
    assert {look.at.date() for look in looks} == {(NOON - timedelta(days=19)).date()}
    assert len({look.detail for look in looks}) == len(looks) == 3


def test_result_that_is_not_shared_is_never_looked_at(added):
    client = added(Taken(days_ago=20))
    assert client.attempts.get().finished_at
    assert not client.disclosures.exists()
    assert not AuditEntry.objects.filter(client=client, action=AuditEntry.SAW).exists()


def test_client_can_leave_the_quiz_unfinished(added):
    assert added(Taken(days_ago=4, pages=2)).attempts.get().finished_at is None


def test_retake_continues_the_series(added):
    first, again = added(Taken(days_ago=20), Taken(days_ago=3)).attempts.order_by("started_at")
    assert first.person == again.person


def test_notes_are_written_the_day_after_the_quiz(added):
    client = added(Taken(days_ago=20), notes=("Own.",), notes_for_client=("Shared.",))
    own, shared = client.notes.order_by("written_at")
    assert [(own.text, own.is_for_client), (shared.text, shared.is_for_client)] == [
        ("Own.", False),
        ("Shared.", True),
    ]
    assert own.written_at.date() == shared.written_at.date() == (NOON - timedelta(days=19)).date()
