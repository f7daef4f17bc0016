"""What a start checks and keeps before it changes the database."""

import io

import pytest
from django.core.management import CommandError
from django.core.management.base import OutputWrapper
from django.db import connection

from quiz.attempts.models import Attempt
from quizsite.backups import on_sqlite
from quizsite.backups.starting import copy_before_migrating, refuse_a_damaged_database
from quizsite.management.commands import serve
from tests.factories import finished_attempt

pytestmark = pytest.mark.usefixtures("own_site")


@pytest.fixture
def waiting_migration(own_site):
    """Make the newest migration one that is still to run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations)"
        )


def copied() -> str:
    out = io.StringIO()
    copy_before_migrating(OutputWrapper(out))
    return out.getvalue()


def copies(folder):
    return sorted(path.name for path in folder.glob("copies/*"))


@pytest.mark.sqlite_only
def test_sound_database_is_served_after_a_kill_too():
    finished_attempt()
    refuse_a_damaged_database()
    connection.close()
    on_sqlite.database_file().with_name("quiz.sqlite3-shm").write_bytes(b"")
    refuse_a_damaged_database()


@pytest.mark.sqlite_only
def test_new_site_has_nothing_to_check():
    connection.close()
    on_sqlite.database_file().unlink()
    refuse_a_damaged_database()
    assert not on_sqlite.database_file().exists()


@pytest.mark.sqlite_only
@pytest.mark.parametrize("damage", ["head", "middle", "cut"])
def test_damaged_database_is_refused_with_what_to_do(damage):
    connection.close()
    database = on_sqlite.database_file()
    whole = database.read_bytes()
    damaged = {
        "head": b"x" * 100 + whole[100:],
        "middle": whole[:8192] + b"\xff" * 200_000 + whole[208_192:],
        "cut": whole[: len(whole) // 2],
    }[damage]
    database.write_bytes(damaged)
    with pytest.raises(CommandError, match=r"is damaged: .*manage\.py restore FILE"):
        refuse_a_damaged_database()


def test_serve_checks_and_copies_before_it_migrates(monkeypatch):
    done = []
    for name in ("refuse_a_damaged_database", "copy_before_migrating", "call_command"):
        monkeypatch.setattr(serve, name, lambda *_args, name=name, **_more: done.append(name))
    monkeypatch.setattr(serve, "create_first_admin", lambda _file: None)
    monkeypatch.setattr("os.umask", lambda _mask: None)
    serve.prepare_data(OutputWrapper(io.StringIO()))
    assert done[:3] == ["refuse_a_damaged_database", "copy_before_migrating", "call_command"]


@pytest.mark.both_databases
def test_copy_from_before_an_update_can_be_restored(own_site, waiting_migration):
    finished_attempt()
    assert "Kept a copy from before the update" in copied()
    (name,) = copies(own_site)
    Attempt.objects.all()._raw_delete("default")
    connection.close()
    if connection.vendor == "sqlite":
        assert on_sqlite.checked(own_site / "copies" / name)["quiz_attempt"] == 1


def test_nothing_is_copied_without_migrations_to_run(own_site):
    assert copied() == ""
    assert copies(own_site) == []


@pytest.mark.sqlite_only
def test_nothing_is_copied_from_an_empty_database(own_site):
    connection.close()
    on_sqlite.database_file().unlink()
    assert copied() == ""


def test_last_three_copies_are_kept(own_site, waiting_migration):
    folder = own_site / "copies"
    folder.mkdir()
    for day in (1, 2, 3):
        (folder / f"before-update-2020010{day}-120000.backup").write_text("old")
    (folder / "replaced-20200101-120000.sqlite3").write_text("another kind")
    copied()
    names = copies(own_site)
    assert [name for name in names if name.startswith("before-update-2020")] == [
        "before-update-20200102-120000.backup",
        "before-update-20200103-120000.backup",
    ]
    assert len(names) == 4


@pytest.mark.sqlite_only
def test_full_disk_stops_the_update(own_site, waiting_migration, monkeypatch):
    def fail(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(on_sqlite, "copy_to", fail)
    with pytest.raises(CommandError, match="No space left"):
        copied()
    assert copies(own_site) == []


def test_missing_program_is_named(waiting_migration, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(connection, "vendor", "postgresql")
        patch.setattr("shutil.which", lambda _name: None)
        assert "pg_dump is not installed" in copied()
