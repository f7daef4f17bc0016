"""Disk, rights and backups: what the doctor finds, in good and bad states."""

import io
import os
import time
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from quizsite.backups.writing import LAST_BACKUP
from quizsite.doctor import machine
from quizsite.doctor.findings import Level
from quizsite.environment import env_file

DAY = 24 * 3600


@pytest.fixture
def folder(settings, tmp_path):
    """A data folder with a key, as the site makes it."""
    tmp_path.chmod(0o700)
    settings.DATA_DIR, settings.DELETIONS_DIR = tmp_path, tmp_path / "deletions"
    (tmp_path / "secret-key.txt").write_text("k" * 60)
    (tmp_path / "secret-key.txt").chmod(0o600)
    return tmp_path


@pytest.mark.parametrize(
    ("free", "level"),
    [(99_999_999, Level.ERROR), (999_999_999, Level.WARNING), (1_000_000_000, Level.OK)],
)
def test_free_space_is_judged_by_the_fuller_disk(folder, monkeypatch, free, level):
    (folder / "deletions").mkdir()
    room = {folder: 10**12, folder / "deletions": free}
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda path: SimpleNamespace(free=room[path]))
    assert machine.disk().level == level
    assert "1000.0 GB free in DATA_DIR" in machine.disk().found


def test_folder_that_is_not_there_yet_is_on_the_disk_of_the_one_above(folder):
    assert machine.existing(folder / "none" / "deeper") == folder
    assert "DELETIONS_DIR" in machine.disk().found


@pytest.mark.parametrize(("mode", "level"), [(0o700, Level.OK), (0o750, Level.WARNING)])
def test_data_folder_is_for_its_owner(folder, mode, level):
    folder.chmod(mode)
    assert machine.data_folder().level == level


@pytest.mark.parametrize(("mode", "level"), [(0o600, Level.OK), (0o644, Level.ERROR)])
def test_file_of_the_key_is_for_its_owner(folder, monkeypatch, mode, level):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    (folder / "secret-key.txt").chmod(mode)
    assert machine.secret_key().level == level


@pytest.mark.parametrize(("length", "level"), [(49, Level.WARNING), (50, Level.OK)])
def test_key_in_a_variable_is_long(settings, monkeypatch, length, level):
    monkeypatch.setenv("SECRET_KEY", "k" * length)
    settings.SECRET_KEY = "k" * length
    assert machine.secret_key().level == level
    assert "kk" not in machine.secret_key().found


@pytest.mark.parametrize(
    ("mode", "text", "level"),
    [
        (0o600, "SECRET_KEY=secret", Level.OK),
        (0o640, "SECRET_KEY=secret", Level.ERROR),
        (0o640, "EMAIL_URL=smtp://me:secret@mail.example", Level.ERROR),
        (0o644, "EMAIL_URL=smtp://mail.example\nPORT=8001", Level.WARNING),
    ],
)
def test_env_file_with_secrets_is_for_its_owner(tmp_path, monkeypatch, mode, text, level):
    file = tmp_path / "own.env"
    file.write_text(text)
    file.chmod(mode)
    monkeypatch.setenv("ENV_FILE", str(file))
    env_file.forget()
    try:
        assert machine.settings_file().level == level
    finally:
        env_file.forget()


def test_no_env_file_is_skipped():
    assert machine.settings_file().level == Level.SKIPPED


def test_site_without_a_backup_gets_a_warning(folder):
    found = machine.backup()
    assert found.level == Level.WARNING
    assert "manage.py backup" in found.fix


@pytest.mark.parametrize(
    ("age", "level"), [(1.9 * DAY, Level.OK), (2.1 * DAY, Level.WARNING), (0, Level.OK)]
)
def test_backup_is_at_most_two_days_old(folder, age, level):
    (folder / LAST_BACKUP).touch()
    then = time.time() - age
    os.utime(folder / LAST_BACKUP, (then, then))
    assert machine.backup().level == level


@pytest.mark.usefixtures("own_site")
def test_backup_command_leaves_word_of_its_success(tmp_path):
    call_command("backup", str(tmp_path / "site.backup"), stdout=io.StringIO())
    assert machine.backup().level == Level.OK
