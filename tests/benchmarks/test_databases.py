"""What benchmarks count in a database file of SQLite."""

import sqlite3
from contextlib import closing

import pytest

from benchmarks.databases import commits_since, fill, mark, random_hash, size
from tests.browser.site import Site

pytestmark = pytest.mark.pure


@pytest.fixture
def site(tmp_path):
    return Site("http://127.0.0.1:1", tmp_path, "", 1)


@pytest.fixture
def connection(site):
    """The connection of a server that stays open, to a table of its own."""
    path = site.folder / "quiz.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as opened:
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("CREATE TABLE person (id INTEGER PRIMARY KEY, hash TEXT UNIQUE, note TEXT)")
        opened.execute("INSERT INTO person (hash, note) VALUES ('a', 'same'), ('b', 'same')")
        yield opened


class TestCommits:
    def test_each_transaction_that_writes_counts_once(self, site, connection):
        start = mark(site)
        connection.execute("INSERT INTO person (hash) VALUES ('c')")
        connection.execute("BEGIN IMMEDIATE")
        # More than one page.
        connection.execute(f"UPDATE person SET note = '{'long' * 5000}'")
        connection.execute("INSERT INTO person (hash) VALUES ('d')")
        connection.execute("COMMIT")
        assert commits_since(site, start) == 2

    def test_reading_and_rolling_back_count_nothing(self, site, connection):
        start = mark(site)
        connection.execute("SELECT * FROM person").fetchall()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM person")
        connection.execute("ROLLBACK")
        assert commits_since(site, start) == 0

    def test_earlier_transactions_do_not_count(self, site, connection):
        connection.execute("DELETE FROM person WHERE hash = 'a'")
        start = mark(site)
        connection.execute("DELETE FROM person WHERE hash = 'b'")
        assert commits_since(site, start) == 1

    def test_database_in_use_is_an_error(self, site, connection):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM person")
        with (
            closing(sqlite3.connect(site.folder / "quiz.sqlite3", timeout=0)) as other,
            pytest.MonkeyPatch.context() as patch,
        ):
            patch.setattr(sqlite3, "connect", lambda *_args, **_more: other)
            with pytest.raises(RuntimeError, match="reads or writes"):
                mark(site)


class TestFilling:
    def test_rows_are_copied_with_new_values_where_they_must_differ(self, site, connection):
        fill(site, "person", 7, {"hash": random_hash(site)})
        rows = connection.execute("SELECT hash, note FROM person").fetchall()
        assert len({hash_ for hash_, _note in rows}) == len(rows) == 7
        assert {note for _hash, note in rows} == {"same"}
        assert len(rows[-1][0]) == 64

    def test_size_grows_with_the_rows_and_without_the_log(self, site, connection):
        before = size(site)
        fill(site, "person", 2000, {"hash": random_hash(site)})
        grown = size(site) - before
        assert grown > 2000 * 2 * 64  # in the table, and in the index of hashes
        assert not (site.folder / "quiz.sqlite3-wal").stat().st_size
