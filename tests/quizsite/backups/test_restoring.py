"""Restoring: back to the backup, except for what people deleted since then."""

import io
import sqlite3
from contextlib import closing
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from quiz.attempts.deletions import delete_for_good
from quiz.attempts.models import Attempt, ShareLink
from quiz.counseling.clients import add_group, add_note, delete_client
from quiz.counseling.inviting import cancel_invitations, new_group_link, new_invitation
from quiz.counseling.meetings import Meeting, delete_as_client
from quiz.counseling.models import (
    Client,
    ClientGroup,
    ClientInvitation,
    CounselorInvitation,
    Disclosure,
    GroupLink,
    Note,
)
from quiz.evidence.folding import delete_attempts, fold
from quiz.evidence.models import Tally
from quizsite.backups import on_sqlite, writing
from quizsite.backups.restoring import restore
from quizsite.backups.writing import write_backup
from quizsite.locks import only_one
from tests.factories import disclose, finished_attempt, make_client, make_counselor

pytestmark = pytest.mark.usefixtures("own_site")

PASSPHRASE = "correct horse battery"


@pytest.fixture(autouse=True)
def _cheap_keys(monkeypatch):
    monkeypatch.setattr(writing.Encrypting.__init__, "__defaults__", (2,))


@pytest.fixture
def backup(tmp_path):
    """Where a test writes its backup."""
    return tmp_path / "site.backup"


def share_link(attempt):
    until = timezone.now() + timedelta(days=30)
    return ShareLink.objects.make(attempt=attempt, scope="traits", expires_at=until)


def add_migration(name):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('quiz', %s, %s)",
            [name, timezone.now()],
        )


@pytest.mark.both_databases
def test_restoring_brings_back_the_rows_of_the_backup_and_no_others(backup):
    kept = finished_attempt()
    write_backup(backup)
    Attempt.objects.filter(pk=kept.pk).update(next_step="later")
    finished_attempt()
    restore(backup, "")
    assert Attempt.objects.get().next_step == ""


def test_what_was_replaced_is_kept_and_can_be_restored_too(backup):
    write_backup(backup)
    finished_attempt()
    (kept,) = restore(backup, "").kept
    assert not Attempt.objects.exists()
    restore(kept, "")
    assert Attempt.objects.count() == 1


@pytest.mark.both_databases
def test_people_who_deleted_everything_stay_deleted(backup):
    gone, stays = finished_attempt(), finished_attempt()
    fold(timezone.now())
    write_backup(backup)
    delete_attempts(Attempt.objects.filter(pk=gone.pk))
    tally = Tally.objects.get().data
    assert restore(backup, "").deleted == {"attempts": 1}
    assert Attempt.objects.get() == stays
    assert Tally.objects.get().data == tally


def test_deleted_clients_and_what_is_theirs_stay_deleted(backup):
    counselor = make_counselor()
    gone, stays = make_client(counselor, "Sam"), make_client(counselor, "Kim")
    disclose(gone)
    add_note(gone, uuid4(), "Likes people", is_for_client=False)
    write_backup(backup)
    assert delete_client(gone)
    restore(backup, "")
    assert Client.objects.get() == stays
    assert not Note.objects.exists()
    assert not Disclosure.objects.exists()
    assert Attempt.objects.count() == 1


def test_what_was_canceled_or_deleted_alone_stays_away(backup):
    now = timezone.now()
    counselor = make_counselor()
    kim, sam = make_client(counselor, "Kim"), make_client(counselor, "Sam")
    share_link(finished_attempt())
    disclose(kim)
    add_note(kim, uuid4(), "Likes people", is_for_client=False)
    new_invitation(sam, uuid4(), now)
    group = add_group(counselor, "10b")
    new_group_link(add_group(counselor, "10c"), uuid4(), 5, now)
    CounselorInvitation.objects.make(email="a@b.example", expires_at=now + timedelta(days=9))
    write_backup(backup)
    delete_for_good(ShareLink.objects.all())
    delete_for_good(Disclosure.objects.all())
    delete_for_good(Note.objects.all())
    cancel_invitations(sam)
    delete_for_good(ClientGroup.objects.filter(pk=group.pk))
    delete_for_good(GroupLink.objects.all())
    delete_for_good(CounselorInvitation.objects.all())
    deleted = restore(backup, "").deleted
    assert len(deleted) == 7
    for model in (ShareLink, Disclosure, Note, ClientInvitation, GroupLink, CounselorInvitation):
        assert not model.objects.exists(), model
    assert ClientGroup.objects.get().name == "10c"
    assert Client.objects.count() == 2


def meeting_about(disclosure):
    return Meeting.objects.create(
        attempt=disclosure.attempt,
        client=disclosure.client,
        counselor=disclosure.client.counselor,
        held_at=timezone.now(),
    )


def test_meeting_that_a_client_deleted_stays_deleted(backup):
    counselor = make_counselor()
    gone = meeting_about(disclose(make_client(counselor, "Sam")))
    stays = meeting_about(disclose(make_client(counselor, "Kim")))
    write_backup(backup)
    delete_as_client(gone)
    assert restore(backup, "").deleted == {"meetings": 1}
    assert Meeting.objects.get() == stays


def test_what_expired_since_the_backup_is_deleted(backup, settings):
    finished_attempt()
    write_backup(backup)
    settings.KEEP_FINISHED = timedelta(seconds=0)
    restore(backup, "")
    assert not Attempt.objects.exists()


def test_everyone_logs_in_again(backup, client, admin_user_of_own_site):
    client.force_login(admin_user_of_own_site)
    write_backup(backup)
    restore(backup, "")
    assert not Session.objects.exists()


@pytest.fixture
def admin_user_of_own_site():
    return make_counselor().user


@pytest.mark.server  # takes seconds
@pytest.mark.both_databases
def test_older_backup_is_migrated(backup):
    attempt = finished_attempt()
    call_command("migrate", "quiz", "0020", verbosity=0)
    write_backup(backup)
    call_command("migrate", verbosity=0)
    restore(backup, "")
    call_command("migrate", check_unapplied=True, verbosity=0)
    assert Attempt.objects.get() == attempt


def test_newer_backup_is_refused_and_nothing_changes(backup):
    add_migration("9999_from_the_future")
    write_backup(backup)
    attempt = finished_attempt()
    with pytest.raises(CommandError, match="newer version of the site"):
        restore(backup, "")
    assert Attempt.objects.get() == attempt


def test_damaged_backup_is_refused_and_nothing_changes(backup):
    write_backup(backup)
    whole = backup.read_bytes()
    backup.write_bytes(whole[: len(whole) // 2])
    attempt = finished_attempt()
    with pytest.raises(CommandError):
        restore(backup, "")
    assert Attempt.objects.get() == attempt


@pytest.mark.parametrize("start", [b"PGDMP more", b"SQLite format 3\0 more", b"", b"PK\3\4"])
def test_file_of_another_kind_is_refused(backup, start):
    backup.write_bytes(start)
    with pytest.raises(CommandError):
        restore(backup, "")


@pytest.mark.sqlite_only
@pytest.mark.parametrize("table", ["django_migrations (app TEXT, name TEXT)", "songs (title)"])
def test_database_of_another_program_is_refused(backup, table):
    with closing(sqlite3.connect(backup)) as other:
        other.execute(f"CREATE TABLE {table}")
        other.commit()
    with pytest.raises(CommandError, match="isn't a backup of this site"):
        restore(backup, "")


@pytest.mark.sqlite_only
def test_database_in_use_by_another_process_is_refused(backup):
    write_backup(backup)
    attempt = finished_attempt()
    with closing(sqlite3.connect(on_sqlite.database_file())) as other:
        other.execute("SELECT count(*) FROM quiz_attempt").fetchone()
        with pytest.raises(CommandError, match="Stop it first"):
            restore(backup, "")
    assert Attempt.objects.get() == attempt


def test_missing_record_of_deletions_stops_the_restore(backup, settings, tmp_path):
    write_backup(backup)
    attempt = finished_attempt()
    settings.DELETIONS_DIR = tmp_path / "other disk" / "deletions"
    with pytest.raises(CommandError, match=r"record of deletions, .*, isn't there"):
        restore(backup, "")
    assert Attempt.objects.get() == attempt


@pytest.mark.sqlite_only
def test_database_itself_is_no_backup():
    with pytest.raises(CommandError, match="is the database itself"):
        restore(on_sqlite.database_file(), "")


@pytest.mark.sqlite_only
def test_wal_of_a_killed_server_is_not_laid_over_the_restored_file(backup):
    database = on_sqlite.database_file()
    write_backup(backup)
    finished_attempt()
    wal = database.with_name("quiz.sqlite3-wal").read_bytes()
    connection.close()
    # As a killed server leaves it: a WAL that belongs to a file that is damaged since then.
    database.with_name("quiz.sqlite3-wal").write_bytes(wal)
    database.write_bytes(b"SQLite format 3\0" + b"\0" * 5000)
    (kept,) = restore(backup, "").kept
    assert not Attempt.objects.exists()
    assert on_sqlite.fault_in(database) == ""
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == wal


@pytest.mark.sqlite_only
def test_wal_that_was_copied_with_a_file_is_restored_with_it(tmp_path):
    finished_attempt()
    database = on_sqlite.database_file()
    for ending in ("", "-wal"):
        content = database.with_name(f"quiz.sqlite3{ending}").read_bytes()
        (tmp_path / f"copied.sqlite3{ending}").write_bytes(content)
    restore(tmp_path / "copied.sqlite3", "")
    assert Attempt.objects.count() == 1


@pytest.mark.sqlite_only
def test_failing_migration_leaves_the_database_alone(backup, monkeypatch):
    write_backup(backup)
    attempt = finished_attempt()

    def fail():
        raise RuntimeError("disk full")

    monkeypatch.setattr("quizsite.backups.restoring.bring_up_to_date", fail)
    with pytest.raises(RuntimeError):
        restore(backup, "")
    assert Attempt.objects.get() == attempt
    assert list(backup.parent.glob(".*.part*")) == []


class TestSecretKey:
    def test_key_of_an_encrypted_backup_replaces_the_one_in_the_file(
        self, backup, tmp_path, settings, monkeypatch
    ):
        monkeypatch.delenv("SECRET_KEY", raising=False)
        before, now = settings.SECRET_KEY, "another key"
        write_backup(backup, PASSPHRASE)
        (tmp_path / "secret-key.txt").write_text(now)
        settings.SECRET_KEY = now
        kept = restore(backup, PASSPHRASE).kept[-1]
        assert (tmp_path / "secret-key.txt").read_text() == before
        assert kept.read_text() == now
        assert (tmp_path / "secret-key.txt").stat().st_mode & 0o077 == 0

    def test_key_from_the_environment_is_not_replaced(
        self, backup, tmp_path, settings, monkeypatch
    ):
        monkeypatch.setenv("SECRET_KEY", "another key")
        before = settings.SECRET_KEY
        write_backup(backup, PASSPHRASE)
        settings.SECRET_KEY = "another key"
        assert restore(backup, PASSPHRASE).secret_key.read_text() == before

    def test_same_key_stays(self, backup, tmp_path):
        write_backup(backup, PASSPHRASE)
        restored = restore(backup, PASSPHRASE)
        assert restored.secret_key is None
        assert len(restored.kept) == 1


class TestCommand:
    @pytest.mark.sqlite_only
    def test_running_server_is_refused(self, backup, tmp_path):
        write_backup(backup)
        with (
            only_one(on_sqlite.database_file().parent),
            pytest.raises(CommandError, match="Stop it first"),
        ):
            call_command("restore", str(backup))

    def test_missing_file_is_named(self, backup):
        with pytest.raises(CommandError, match=r"There is no file .*site\.backup"):
            call_command("restore", str(backup))

    def test_says_what_was_deleted_again_and_what_was_kept(self, backup, monkeypatch):
        monkeypatch.setenv("BACKUP_PASSPHRASE", PASSPHRASE)
        attempt = finished_attempt()
        write_backup(backup, PASSPHRASE)
        delete_attempts(Attempt.objects.filter(pk=attempt.pk))
        out = io.StringIO()
        call_command("restore", str(backup), stdout=out)
        assert "Deleted again: 1 attempts" in out.getvalue()
        assert "copies/replaced-" in out.getvalue()
        assert not Attempt.objects.exists()

    def test_wrong_passphrase_changes_nothing(self, backup, monkeypatch):
        write_backup(backup, PASSPHRASE)
        attempt = finished_attempt()
        monkeypatch.setenv("BACKUP_PASSPHRASE", "correct house battery")
        with pytest.raises(CommandError, match="passphrase is wrong"):
            call_command("restore", str(backup))
        assert Attempt.objects.get() == attempt
