"""What the log says about accounts: log-in, log-out, two-step login, changed rights."""

import json
import logging

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import authenticate
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command

from quiz.web.limits import Tries
from quizsite.logs import Lines
from tests.factories import sign_in

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.fixture
def events(caplog):
    """Give a function that returns the events since the last call."""
    caplog.set_level(logging.INFO)

    def events():
        formatter = Lines()
        records = [record for record in caplog.records if record.name == "accounts"]
        found = [json.loads(formatter.format(record)) for record in records]
        caplog.clear()
        return [
            {key: value for key, value in line.items() if key not in ("time", "level", "logger")}
            for line in found
        ]

    return events


@pytest.fixture
def user():
    return User.objects.create_user("ann", "ann@example.org", PASSWORD)


@pytest.fixture
def admin():
    return User.objects.create_superuser("admin", password=PASSWORD)


def test_log_in_and_log_out_name_the_user(client, user, events):
    client.force_login(user)
    client.logout()
    assert events()[-2:] == [
        {"event": "log-in", "user": user.pk, "by": None},
        {"event": "log-out", "user": user.pk, "by": None},
    ]


def test_failed_log_in_does_not_say_what_was_typed(user, events, rf):
    events()
    authenticate(rf.post("/"), username="hunter2, typed in the wrong field", password="x")
    assert events() == [{"event": "log-in failed", "by": None}]


def test_two_step_login_is_added_and_removed(user, events):
    events()
    from allauth.mfa import signals

    code = TOTP.activate(user, "A" * 32).instance
    for signal in ("added", "used", "removed", "reset"):
        getattr(signals, f"authenticator_{signal}").send(
            Authenticator, request=None, user=user, authenticator=code
        )
    signals.authentication_failed.send(Authenticator, request=None, user=user)
    assert [(line["event"], line["user"]) for line in events()] == [
        ("two-step login added", user.pk),
        ("two-step login passed", user.pk),
        ("two-step login removed", user.pk),
        ("two-step login reset", user.pk),
        ("two-step login failed", user.pk),
    ]


def test_new_user_is_named_with_their_rights(events):
    user = User.objects.create_user("bo", password=PASSWORD, is_staff=True)
    assert events() == [
        {
            **{"event": "user added", "user": user.pk, "by": None},
            **{"is_active": True, "is_staff": True, "is_superuser": False},
        }
    ]


@pytest.mark.parametrize("right", ["is_active", "is_staff", "is_superuser"])
@pytest.mark.parametrize("fields", [None, "only"])
def test_changed_right_says_what_it_is_now(user, events, right, fields):
    events()
    now = not getattr(user, right)
    setattr(user, right, now)
    user.save(update_fields=[right] if fields else None)
    assert events() == [{"event": f"{right} changed", "user": user.pk, "now": now, "by": None}]


def test_saving_without_a_change_logs_nothing(user, events, django_assert_num_queries):
    events()
    user.first_name = "Ann"
    user.save()
    with django_assert_num_queries(1):
        user.save(update_fields=["last_login"])
    assert events() == []


def test_changed_password_is_logged_without_it(user, events, monkeypatch):
    events()
    monkeypatch.setattr("getpass.getpass", lambda **_prompt: "another horse battery")
    call_command("changepassword", "ann")
    (line,) = events()
    assert line == {"event": "password changed", "user": user.pk, "by": None}


def test_administrator_made_by_a_command_is_logged(events):
    call_command("createsuperuser", username="mallory", email="m@example.org", interactive=False)
    (line,) = events()
    assert (line["event"], line["is_superuser"]) == ("user added", True)
    assert "mallory" not in json.dumps(line)


def test_groups_and_permissions_of_a_user(user, events):
    group, permission = Group.objects.create(name="A"), Permission.objects.first()
    events()
    user.groups.add(group)
    user.groups.add(group)  # changes nothing
    user.groups.remove(group)
    group.user_set.add(user)
    user.groups.clear()
    user.user_permissions.set([permission])
    assert events() == [
        {"event": "groups added", "user": user.pk, "groups": [group.pk], "by": None},
        {"event": "groups removed", "user": user.pk, "groups": [group.pk], "by": None},
        {"event": "groups added", "group": group.pk, "users": [user.pk], "by": None},
        {"event": "groups cleared", "user": user.pk, "by": None},
        {"event": "permissions added", "user": user.pk, "permissions": [permission.pk], "by": None},
    ]


def test_permissions_of_a_group_and_groups_themselves(events):
    group = Group.objects.create(name="A")
    permission = Permission.objects.first()
    group.permissions.add(permission)
    key = group.pk
    group.delete()
    assert [(line["event"], line["group"]) for line in events()] == [
        ("group added", key),
        ("permissions added", key),
        ("group deleted", key),
    ]


def test_deleted_user_is_named_by_id(user, events):
    events()
    key = user.pk
    user.delete()
    assert events()[-1] == {"event": "user deleted", "user": key, "by": None}


def test_change_in_the_admin_says_who_made_it(client, admin, events):
    group = Group.objects.create(name="A")
    sign_in(client, admin)
    events()
    client.post(f"/admin/auth/group/{group.pk}/change/", {"name": "A", "permissions": [1, 2]})
    assert events() == [
        {"event": "permissions added", "group": group.pk, "permissions": [1, 2], "by": admin.pk}
    ]


def test_lock_out_is_logged_by_its_kind(caplog):
    tries = Tries("passphrase", {"192.0.2.1": 1})
    tries.spend()
    assert caplog.messages == []
    tries.spend()
    assert caplog.messages == ["Limit reached: passphrase"]
