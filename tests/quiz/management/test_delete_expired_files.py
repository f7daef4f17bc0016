"""What `delete_expired` deletes besides rows: old copies of the database, old records."""

import io
import os
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]


@pytest.fixture
def folder(settings, tmp_path):
    settings.DATA_DIR, settings.DELETIONS_DIR = tmp_path, tmp_path / "deletions"
    (tmp_path / "copies").mkdir()
    (tmp_path / "deletions").mkdir()
    return tmp_path


def make(path, days_old: float):
    path.write_text("old")
    then = (timezone.now() - timedelta(days=days_old)).timestamp()
    os.utime(path, (then, then))


def run(*options):
    out = io.StringIO()
    call_command("delete_expired", *options, stdout=out)
    return out.getvalue()


def test_copies_of_the_database_are_kept_for_30_days(folder):
    make(folder / "copies" / "replaced-1.sqlite3", 29.9)
    make(folder / "copies" / "replaced-2.sqlite3", 30.1)
    assert "Would delete 1 copies of the database" in run("--dry-run")
    assert len(list((folder / "copies").iterdir())) == 2
    assert "Deleted 1 copies of the database" in run()
    assert [path.name for path in (folder / "copies").iterdir()] == ["replaced-1.sqlite3"]


def test_old_records_of_deletions_go(folder):
    (folder / "deletions" / "attempt-2020-01.txt").write_text("0" * 32)
    (folder / "deletions" / "note-2020-01.txt").write_text("0" * 32)
    run("--dry-run")
    assert len(list((folder / "deletions").iterdir())) == 2
    run()
    assert [path.name for path in (folder / "deletions").iterdir()] == ["note-2020-01.txt"]
