"""Backups: complete, private, checked, and never over another file."""

import io
import sqlite3
import stat
from contextlib import closing

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from quizsite.backups import on_postgresql, on_sqlite, writing
from quizsite.backups.writing import last_backup, unlocked, write_backup
from tests.factories import finished_attempt

pytestmark = pytest.mark.usefixtures("own_site")

PASSPHRASE = "correct horse battery"


@pytest.fixture(autouse=True)
def _cheap_keys(monkeypatch):
    monkeypatch.setattr(writing.Encrypting.__init__, "__defaults__", (2,))


def on_this():
    return on_sqlite if connection.vendor == "sqlite" else on_postgresql


@pytest.mark.both_databases
def test_backup_holds_every_row_and_no_other_user_can_read_it(tmp_path):
    finished_attempt()
    counts = write_backup(tmp_path / "site.backup")
    assert counts["quiz_attempt"] == 1
    assert counts["roles_role"] == 4
    assert on_this().checked(tmp_path / "site.backup") == counts
    assert stat.S_IMODE((tmp_path / "site.backup").stat().st_mode) == 0o600


@pytest.mark.sqlite_only
def test_backup_holds_what_is_only_in_the_wal(tmp_path):
    finished_attempt()
    file = on_sqlite.database_file()
    assert file.with_name("quiz.sqlite3-wal").stat().st_size
    # What a copy of the file alone lacks.
    with closing(sqlite3.connect(f"{file.as_uri()}?immutable=1", uri=True)) as copied:
        assert copied.execute("SELECT count(*) FROM quiz_attempt").fetchone() == (0,)
    assert write_backup(tmp_path / "site.backup")["quiz_attempt"] == 1
    assert not (tmp_path / "site.backup-wal").exists()


def test_command_says_what_it_wrote(tmp_path):
    out = io.StringIO()
    call_command("backup", str(tmp_path / "site.backup"), stdout=out)
    assert "rows of" in out.getvalue()
    assert (tmp_path / "site.backup").exists()


def test_time_of_the_newest_backup_is_kept(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    assert last_backup() is None
    call_command("backup", str(tmp_path / "site.backup"), stdout=io.StringIO())
    assert last_backup() is not None


def test_no_file_is_overwritten(tmp_path):
    (tmp_path / "site.backup").write_text("mine")
    with pytest.raises(CommandError, match="exists already"):
        write_backup(tmp_path / "site.backup")
    assert (tmp_path / "site.backup").read_text() == "mine"


def test_missing_folder_is_named(tmp_path):
    with pytest.raises(CommandError, match="There is no folder"):
        write_backup(tmp_path / "none" / "site.backup")


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE], ids=["plain", "encrypted"])
def test_copy_with_other_rows_is_refused_and_leaves_nothing(tmp_path, monkeypatch, passphrase):
    monkeypatch.setattr(on_this(), "checked", lambda path: {"quiz_attempt": 3})
    before = set(tmp_path.rglob("*"))
    with pytest.raises(CommandError, match="other rows"):
        write_backup(tmp_path / "site.backup", passphrase)
    assert {path.name for path in set(tmp_path.rglob("*")) - before} <= {
        "quiz.sqlite3-wal",
        "quiz.sqlite3-shm",
    }


def test_plain_backup_holds_no_secret_key(tmp_path, settings):
    write_backup(tmp_path / "site.backup")
    assert settings.SECRET_KEY.encode() not in (tmp_path / "site.backup").read_bytes()


@pytest.mark.both_databases
def test_encrypted_backup_holds_the_key_and_nothing_readable(tmp_path, settings):
    write_backup(tmp_path / "site.backup", PASSPHRASE)
    text = (tmp_path / "site.backup").read_bytes()
    assert settings.SECRET_KEY.encode() not in text
    assert b"quiz_attempt" not in text
    with unlocked(tmp_path / "site.backup", PASSPHRASE) as (secret_key, database):
        assert secret_key == settings.SECRET_KEY
        assert on_this().checked(database)["roles_role"] == 4
    assert not database.exists()


def test_encrypted_backup_needs_its_passphrase(tmp_path):
    write_backup(tmp_path / "site.backup", PASSPHRASE)
    with (
        pytest.raises(CommandError, match="passphrase is wrong"),
        unlocked(tmp_path / "site.backup", "correct house battery"),
    ):
        pass


def test_passphrase_comes_from_the_environment_and_is_long(tmp_path, monkeypatch):
    monkeypatch.setenv("BACKUP_PASSPHRASE", "short")
    with pytest.raises(CommandError, match="at least 12 characters"):
        call_command("backup", str(tmp_path / "site.backup"), "--encrypt")
    monkeypatch.setenv("BACKUP_PASSPHRASE", PASSPHRASE)
    call_command("backup", str(tmp_path / "site.backup"), "--encrypt", stdout=io.StringIO())
    assert writing.is_encrypted(tmp_path / "site.backup")


def test_two_different_passphrases_are_refused(tmp_path, monkeypatch):
    monkeypatch.delenv("BACKUP_PASSPHRASE", raising=False)
    typed = iter([PASSPHRASE, PASSPHRASE + "!"])
    monkeypatch.setattr("quizsite.management.commands.backup.getpass", lambda _words: next(typed))
    with pytest.raises(CommandError, match="two different"):
        call_command("backup", str(tmp_path / "site.backup"), "--encrypt")


@pytest.mark.both_databases
def test_damaged_database_is_noticed(tmp_path):
    path = tmp_path / "site.backup"
    write_backup(path)
    whole = path.read_bytes()
    half = len(whole) // 2
    path.write_bytes(whole[:half] + b"\0" * 9000 + whole[half + 9000 :])
    with pytest.raises(CommandError):
        on_this().checked(path)
