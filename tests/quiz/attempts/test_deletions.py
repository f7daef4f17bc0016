"""The record of deletions: what it names, and how long it is kept."""

import stat
from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError, transaction

from quiz.attempts.deletions import (
    delete_for_good,
    drop_old_records,
    record_deletion,
    recorded_among,
)
from quiz.attempts.models import Attempt
from quiz.counseling.models import Client
from quiz.evidence.folding import delete_attempts
from tests.factories import NOON, finished_attempt, make_client, make_counselor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DELETIONS_DIR = tmp_path / "deletions"
    return settings.DELETIONS_DIR


def text_in(folder):
    return "".join(path.read_text() for path in folder.glob("*"))


@pytest.mark.both_databases
def test_deleted_attempts_are_recorded_and_others_are_not():
    gone, stays = finished_attempt(), finished_attempt()
    rows = Attempt.objects.filter(pk=gone.pk)
    delete_attempts(rows)
    assert recorded_among(Attempt.objects.all()) == []
    # As if a backup had brought it back.
    Attempt.objects.filter(pk=stays.pk).update(code_hash=gone.code_hash)
    assert recorded_among(Attempt.objects.all()) == [stays.pk]


def test_record_is_private_and_names_no_one(folder):
    attempt = finished_attempt()
    client = make_client(make_counselor(), "Kim")
    delete_attempts(Attempt.objects.all())
    delete_for_good(Client.objects.all())
    assert len(text_in(folder).split()) == 2
    assert attempt.code_hash not in text_in(folder)
    assert client.pk.hex not in text_in(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_attempt_and_client_with_the_same_name_differ(folder):
    client = make_client(make_counselor())
    delete_for_good(Client.objects.all())
    finished_attempt()
    Attempt.objects.update(code_hash=str(client.pk))
    assert recorded_among(Attempt.objects.all()) == []


def test_deletion_fails_as_a_whole_if_it_cannot_be_recorded(folder):
    folder.write_text("no folder")
    finished_attempt()
    with pytest.raises(OperationalError, match="can't be recorded"), transaction.atomic():
        delete_attempts(Attempt.objects.all())
    assert Attempt.objects.count() == 1


def test_missing_disk_of_the_record_is_not_replaced_by_a_new_folder(settings, tmp_path):
    settings.DELETIONS_DIR = tmp_path / "not mounted" / "deletions"
    finished_attempt()
    with pytest.raises(OperationalError), transaction.atomic():
        delete_attempts(Attempt.objects.all())
    assert not (tmp_path / "not mounted").exists()


def test_nothing_deleted_leaves_no_file(folder):
    record_deletion(Attempt.objects.all())
    assert not folder.exists()


def test_records_go_once_the_rows_would_have_expired(folder, settings):
    settings.KEEP_UNFINISHED, settings.KEEP_FINISHED = timedelta(days=400), timedelta(days=30)
    with time_machine.travel(NOON, tick=False):
        finished_attempt()
        delete_attempts(Attempt.objects.all())
        make_client(make_counselor())
        delete_for_good(Client.objects.all())
    drop_old_records(NOON + timedelta(days=401))
    assert len(list(folder.iterdir())) == 2
    drop_old_records(NOON + timedelta(days=463))
    # A client has no time after which it expires.
    assert [path.name for path in folder.iterdir()] == ["client-2026-11.txt"]
