"""The same action twice at the same moment, in transactions of their own."""

import pytest
from django.utils import timezone

from quiz.counseling import importing, reminders
from quiz.counseling.client_csv import ClientRow
from quiz.counseling.importing import import_clients
from quiz.counseling.models import Client
from quiz.counseling.reminders import Reminder, remind
from tests.factories import make_client, make_counselor
from tests.quiz.counseling.together import Other, before

pytestmark = [pytest.mark.both_databases, pytest.mark.slow]


@pytest.fixture
def counselor(own_site):
    return make_counselor("Dana Reed")


def test_two_taps_add_one_reminder(counselor, monkeypatch):
    kim, now = make_client(counselor, "Kim"), timezone.now()
    second = Other(lambda: remind(counselor, [kim.pk], now), ["NO KEY UPDATE", "quiz_counselor"])
    before(monkeypatch, reminders, "invite_all", second)
    assert len(remind(counselor, [kim.pk], now)) == 1
    assert second.end() == []
    assert Reminder.objects.count() == 1


def test_same_file_sent_twice_adds_no_one_twice(counselor, monkeypatch):
    rows, now = [ClientRow(2, "Kim", group="9b", tags=("new",))], timezone.now()

    def add():
        return import_clients(counselor, rows, now, sends_email=False)

    second = Other(add, ["NO KEY UPDATE", "quiz_counselor"])
    before(monkeypatch, importing, "invite_all", second)
    assert add() == 1
    assert second.end() == 0
    assert Client.objects.count() == 1
