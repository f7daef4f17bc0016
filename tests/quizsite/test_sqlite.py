"""The SQLite backend: durable settings and one writer at a time."""

import sqlite3
import threading
from contextlib import closing

import pytest
from django.db import OperationalError, connection
from django.db.utils import ConnectionHandler

from quizsite.sqlite import base

pytestmark = pytest.mark.both_databases

SQLITE = {
    "ENGINE": "quizsite.sqlite",
    "CONN_MAX_AGE": None,
    "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 0.05},
}


@pytest.fixture(autouse=True)
def _own_files_are_allowed(django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def connect(tmp_path):
    """Give a function that opens connections to one file, as each thread of a server does."""
    opened = []

    def new():
        handler = ConnectionHandler({"default": SQLITE | {"NAME": str(tmp_path / "own.sqlite3")}})
        wrapper = handler["default"]
        wrapper.inc_thread_sharing()
        opened.append(wrapper)
        return wrapper

    yield new
    for wrapper in opened:
        wrapper.in_atomic_block = False
        wrapper.close()


@pytest.mark.django_db
def test_database_has_the_documented_settings():
    if connection.vendor != "sqlite":
        assert connection.settings_dict["CONN_MAX_AGE"] == 60
        return
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "mmap_size": 0,
        "journal_size_limit": 67108864,
    }
    with connection.cursor() as cursor:
        found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}
    assert found == wanted
    assert connection.transaction_mode == "IMMEDIATE"
    assert connection.settings_dict["CONN_MAX_AGE"] is None


def test_second_writer_waits_for_the_lock_until_the_timeout(connect):
    first, second = connect(), connect()
    first.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with pytest.raises(OperationalError, match=r"no write lock within 0\.05 s"):
        second.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    first.commit()
    second.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    second.rollback()


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_lock_is_released_when_the_transaction_ends(connect, end):
    first, second = connect(), connect()
    first.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    getattr(first, end)()
    second.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    second.rollback()


def test_lock_is_released_if_the_transaction_fails_to_start(connect, monkeypatch):
    first, second = connect(), connect()

    def fail(self):
        raise OperationalError("database is locked")

    original = base.base.DatabaseWrapper._start_transaction_under_autocommit
    monkeypatch.setattr(base.base.DatabaseWrapper, "_start_transaction_under_autocommit", fail)
    with pytest.raises(OperationalError):
        first._start_transaction_under_autocommit()
    monkeypatch.setattr(base.base.DatabaseWrapper, "_start_transaction_under_autocommit", original)
    base._refused_until.clear()
    second.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    second.rollback()


def begin(wrapper):
    wrapper.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


@pytest.fixture
def outsider(connect):
    """Another program that has locked the file, as `sqlite3` in a terminal can."""
    with connect().cursor() as cursor:
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("CREATE TABLE tally (n INTEGER)")
    with closing(sqlite3.connect(connect().settings_dict["NAME"])) as program:
        program.execute("BEGIN IMMEDIATE")
        yield program


def test_only_the_first_writer_waits_for_another_process(connect, outsider):
    first, second = connect(), connect()
    with pytest.raises(OperationalError, match="database is locked"):
        begin(first)
    for _ in range(2):
        with pytest.raises(OperationalError, match="another process has locked it"):
            begin(second)
    assert not second._lock.locked()


def test_writers_are_back_soon_after_another_process_has_ended(connect, outsider, monkeypatch):
    monkeypatch.setattr(base, "SECONDS_OF_REFUSAL", 0)
    first = connect()
    with pytest.raises(OperationalError):
        begin(first)
    outsider.rollback()
    begin(first)
    first.rollback()


def test_other_faults_refuse_no_one_else(connect, monkeypatch):
    first, second = connect(), connect()

    def fail(self):
        raise OperationalError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(base.base.DatabaseWrapper, "_start_transaction_under_autocommit", fail)
        with pytest.raises(OperationalError):
            begin(first)
    begin(second)
    second.rollback()


def test_readers_do_not_wait_for_another_process(connect, outsider):
    with connect().cursor() as cursor:
        assert cursor.execute("SELECT COUNT(*) FROM tally").fetchone() == (0,)


@pytest.mark.django_db
def test_site_waits_three_seconds_for_another_process():
    if connection.vendor == "sqlite":
        assert connection.settings_dict["OPTIONS"]["timeout"] == 3


def test_writes_from_many_threads_are_all_kept(tmp_path):
    options = {"OPTIONS": SQLITE["OPTIONS"] | {"timeout": 10}}
    name = {"NAME": str(tmp_path / "many.sqlite3")}

    def handler():
        return ConnectionHandler({"default": SQLITE | options | name})

    with closing(handler()["default"]) as wrapper, wrapper.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("CREATE TABLE tally (n INTEGER)")
        cursor.execute("INSERT INTO tally VALUES (0)")

    failures = []

    def add_fifty():
        wrapper = handler()["default"]
        try:
            for _ in range(50):
                wrapper.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
                with wrapper.cursor() as cursor:
                    (n,) = cursor.execute("SELECT n FROM tally").fetchone()
                    cursor.execute("UPDATE tally SET n = %s", [n + 1])
                wrapper.commit()
                wrapper.set_autocommit(True)
        except Exception as error:
            failures.append(error)
        finally:
            wrapper.close()

    threads = [threading.Thread(target=add_fifty) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with closing(handler()["default"]) as wrapper, wrapper.cursor() as cursor:
        assert cursor.execute("SELECT n FROM tally").fetchone() == (200,)


class TestEmptyingTheWal:
    @pytest.fixture
    def written(self, connect, tmp_path):
        wrapper = connect()
        with wrapper.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA secure_delete=ON")
            cursor.execute("CREATE TABLE person (name TEXT)")
            cursor.execute("INSERT INTO person VALUES ('Zebulon Quill')")
            cursor.execute("DELETE FROM person")
        assert b"Zebulon" in (tmp_path / "own.sqlite3-wal").read_bytes()
        return wrapper

    def test_nothing_deleted_stays_in_file_or_wal(self, written, tmp_path):
        assert written.empty_wal()
        for path in tmp_path.glob("own.sqlite3*"):
            assert b"Zebulon" not in path.read_bytes(), path

    def test_reader_is_not_waited_for_long_and_time_outs_stay(self, written, connect, monkeypatch):
        monkeypatch.setattr(base, "MS_TO_EMPTY_WAL", 20)
        reader = connect().cursor()
        reader.execute("BEGIN DEFERRED")
        reader.execute("SELECT * FROM person").fetchall()
        with written.cursor() as cursor:
            cursor.execute("INSERT INTO person VALUES ('Kim')")
            before = cursor.execute("PRAGMA busy_timeout").fetchone()
            assert not written.empty_wal()
            assert cursor.execute("PRAGMA busy_timeout").fetchone() == before

    def test_writer_is_left_alone(self, written, connect, monkeypatch):
        monkeypatch.setattr(base, "MS_TO_EMPTY_WAL", 20)
        writer = connect()
        writer.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        assert not written.empty_wal()
        writer.rollback()
