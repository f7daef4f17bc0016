"""The page behind "Don't remind me": one button, no account, no name."""

from datetime import timedelta

import pytest
from django.utils import timezone

from quiz.counseling.handover import Part, hand_over
from quiz.counseling.models import Client, ClientInvitation, GroupLink
from quiz.counseling.reminders import Reminder, remindable
from quiz.management import expired
from tests.factories import make_counselor
from tests.quiz.visitor.invited import in_days, main_of, start

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]


@pytest.fixture
def reminder(ann):
    return Reminder.objects.make(client=ann, by_email=True, expires_at=in_days(365))


def is_remindable(client):
    later = timezone.now() + timedelta(days=30)
    return remindable(Client.objects.filter(pk=client.pk), later).exists()


def test_opening_the_link_asks_and_stops_nothing(client, reminder, ann):
    assert "Stop reminders?" in main_of(client.get(reminder.path))
    assert is_remindable(ann)


def test_button_stops_reminders_for_good(client, reminder, ann):
    response = client.post(reminder.path, follow=True)
    assert "No more reminders" in main_of(response)
    assert not is_remindable(ann)


def test_page_names_no_one(client, reminder, ann):
    ann.email = "ann@example.org"
    ann.save()
    for page in (client.get(reminder.path), client.post(reminder.path, follow=True)):
        for name in ("Ann", "Dana", "example.org"):
            assert name not in main_of(page)


def test_second_press_changes_nothing(client, reminder):
    client.post(reminder.path)
    first = Reminder.objects.get().stopped_at
    assert client.post(reminder.path).status_code == 302
    assert Reminder.objects.get().stopped_at == first


def test_unknown_link_answers_like_any_other_that_does_not_work(client):
    assert client.get(f"/reminders/{'A' * 43}/").status_code == 404
    assert client.post("/reminders/none/").status_code == 404


def test_stop_holds_under_another_counselor(client, reminder, ann):
    client.post(reminder.path)
    hand_over(ann.counselor, make_counselor("Ana Diaz"), Part({ann.pk}))
    assert not is_remindable(ann)


def test_reminder_with_which_someone_said_stop_is_never_deleted(client, reminder, ann):
    other = Reminder.objects.make(client=ann, by_email=True, expires_at=in_days(365))
    client.post(reminder.path)
    dict(expired.delete(timezone.now() + timedelta(days=400)))
    assert list(Reminder.objects.all()) == [reminder]
    assert other.pk != reminder.pk


def test_reminders_go_with_a_client_deleted_by_a_release_that_does_not_know_them(reminder, ann):
    Reminder.objects.stop(reminder, timezone.now())
    ann.invitations.all().delete()
    Client.objects.filter(pk=ann.pk)._raw_delete("default")
    dict(expired.delete(timezone.now()))
    assert not Reminder.objects.exists()


@pytest.mark.parametrize("joins", ["by their own link", "by the link of a class"])
def test_no_one_is_reminded_who_started_and_deleted_everything_however_long_ago(
    client, counselor, ann, joins
):
    if joins == "by their own link":
        start(client, ClientInvitation.objects.make(client=ann, expires_at=in_days(30)))
        person = ann
    else:
        group = counselor.groups.create(name="9b")
        link = GroupLink.objects.make(group=group, expires_at=in_days(30))
        start(client, link, name="Bo")
        person = Client.objects.get(name="Bo")
    assert is_remindable(person)
    client.post("/quiz/data/delete/", {"is_sure": "on"})
    assert not person.attempts.exists()
    dict(expired.delete(timezone.now() + timedelta(days=40)))
    assert not ClientInvitation.objects.exists()
    assert not is_remindable(person)
