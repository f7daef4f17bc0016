"""The PostgreSQL backend: a silent server keeps no one waiting, and a slow one is waited for."""

import math
import socket
import threading
import time

import psycopg
import pytest
from django.db import OperationalError, connection
from django.db.utils import ConnectionHandler

from quizsite.postgresql import base
from quizsite.postgresql.base import Server, ServerIsSilent, WatchedConnection, watched
from tests import postgresql

PATIENCE = 60  # seconds; a test that waits as long has failed


@pytest.fixture
def server(monkeypatch):
    fresh = Server()
    monkeypatch.setattr(base, "SERVER", fresh)
    monkeypatch.setattr(base, "SECONDS_UNTIL_ASKED", 0)
    monkeypatch.setattr(base, "SECONDS_BETWEEN_ASKING", 0)
    return fresh


@pytest.fixture
def silent():
    """The parameters of a server that accepts connections and says nothing, as a stopped one."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield {"host": "127.0.0.1", "port": listener.getsockname()[1], "user": "quiz"}


def wait_until(happens):
    deadline = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.001)


class TestWatching:
    def test_steps_run_to_their_result(self):
        def steps():
            assert (yield "read") == 1
            assert (yield "write") == 2
            return "done"

        running = watched(steps(), lambda: pytest.fail("it hasn't waited in vain"))
        assert [next(running), running.send(1)] == ["read", "write"]
        with pytest.raises(StopIteration) as end:
            running.send(2)
        assert end.value.value == "done"

    def test_step_that_waits_in_vain_is_checked_until_that_raises(self):
        def steps():
            while True:
                yield "read"

        checked = iter([None, None, ServerIsSilent()])

        def check():
            if error := next(checked):
                raise error

        running = watched(steps(), check)
        assert [next(running), running.send(0), running.send(0)] == ["read"] * 3
        with pytest.raises(ServerIsSilent):
            running.send(0)


class TestServer:
    def test_wait_has_an_end_though_the_server_answers(self, server, monkeypatch):
        monkeypatch.setattr(server, "answers", lambda: True)
        with pytest.raises(ServerIsSilent, match="took too long"):
            server.check(time.monotonic() - base.MOST_SECONDS - 1)

    def test_silent_server_is_found_out(self, server, silent, monkeypatch):
        server.seconds_to_answer = 0.05
        server.parameters = silent
        assert not server.answers()

    def test_server_that_refuses_answers(self, server, silent):
        """It is down or full: connecting fails immediately and needs no watch."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        server.parameters = silent | {"port": port}
        assert server.answers()

    def test_nothing_is_asked_of_a_server_that_takes_a_moment(self, server, monkeypatch):
        monkeypatch.setattr(base, "SECONDS_UNTIL_ASKED", PATIENCE)
        monkeypatch.setattr(server, "answers", lambda: pytest.fail("asked too soon"))
        server.check(time.monotonic())
        assert not server._asking.locked()

    def test_one_thread_asks_for_all_that_wait(self, server, monkeypatch):
        asked, may_answer = [], threading.Event()

        def answers():
            asked.append(threading.get_ident())
            return may_answer.wait(PATIENCE)

        monkeypatch.setattr(server, "answers", answers)
        server.most_seconds = math.inf
        for _ in range(5):
            server.check(0)
        may_answer.set()
        wait_until(lambda: not server._asking.locked())
        assert len(asked) == 1
        assert threading.get_ident() not in asked

    def test_everything_fails_until_a_silent_server_answers_again(self, server, monkeypatch):
        server.most_seconds = math.inf
        answers = [False, False]
        monkeypatch.setattr(server, "answers", lambda: answers.pop() if answers else True)
        monkeypatch.setattr(base, "sleep", lambda seconds: may_ask.wait(PATIENCE))
        may_ask = threading.Event()
        server.check(0)
        wait_until(lambda: server.is_silent)
        with pytest.raises(ServerIsSilent):
            server.check(time.monotonic())
        may_ask.set()
        wait_until(lambda: not server.is_silent)
        server.check(time.monotonic())


class TestConnection:
    def test_connecting_to_a_silent_server_gives_up(self, server, silent, monkeypatch):
        server.seconds_to_answer = 0.05
        server.parameters = silent
        with pytest.raises(psycopg.OperationalError, match="doesn't answer"):
            WatchedConnection.connect(**silent)

    def test_site_uses_it_and_tells_django_what_happened(self, server, django_db_blocker):
        server.is_silent = True
        wrapper = ConnectionHandler(
            {"default": {"ENGINE": "quizsite.postgresql", "NAME": "quiz", "USER": "quiz"}}
        )["default"]
        with django_db_blocker.unblock(), pytest.raises(OperationalError, match="doesn't answer"):
            wrapper.ensure_connection()

    def test_psycopg_has_the_method_that_is_replaced(self):
        assert callable(psycopg.Connection._connect_gen)


@pytest.fixture
def own(django_db_setup, django_db_blocker):
    """A connection of its own to the database of the tests; None on SQLite, which has no server."""
    with django_db_blocker.unblock():
        wrapper = ConnectionHandler({"default": connection.settings_dict})["default"]
        yield wrapper if connection.vendor == "postgresql" else None
        wrapper.close()


@pytest.mark.both_databases
def test_slow_statement_of_a_server_that_answers_is_waited_for(server, own):
    if own is None:
        return
    with own.cursor() as cursor:
        assert cursor.execute("SELECT pg_sleep(0.2), 1").fetchone()[1] == 1
    assert not server.is_silent
    wait_until(lambda: not server._asking.locked())


@pytest.mark.both_databases
def test_statement_that_is_given_up_ends_its_connection(own, monkeypatch):
    """The next request opens another one."""
    if own is None:
        return
    with own.cursor() as cursor, monkeypatch.context() as patch:
        patch.setattr(base, "SERVER", SilentAfterAMoment())
        with pytest.raises(OperationalError, match="given up"):
            cursor.execute("SELECT pg_sleep(1)")  # its server process ends it
    assert own.connection.closed
    own.close_if_unusable_or_obsolete()
    with own.cursor() as cursor:
        assert cursor.execute("SELECT 1").fetchone() == (1,)


class SilentAfterAMoment:
    def __init__(self):
        self.moments = iter(range(2))

    def check(self, _waiting_since):
        if next(self.moments, None) is None:
            raise ServerIsSilent("given up")


@pytest.fixture
def without_standby():
    """A connection to a server whose synchronous standby is missing: each commit waits for it."""
    with (
        postgresql.server("-c synchronous_standby_names=missing") as url,
        WatchedConnection.connect(f"{url}/postgres", autocommit=True) as connection,
    ):
        yield connection


CREATE = "CREATE TABLE kept (number int)"


@pytest.mark.long
@pytest.mark.skipif(not postgresql.binaries(), reason="PostgreSQL is not installed")
class TestMissingStandby:
    def test_commit_is_not_waited_for_forever(self, without_standby, server):
        server.most_seconds = 0.3
        with pytest.raises(ServerIsSilent, match="took too long"):
            without_standby.execute(CREATE)
        assert without_standby.closed

    def test_canceled_wait_is_a_failure_and_not_a_commit(self, without_standby, server):
        """A person is told to send it again: after a failover, it might be gone."""
        pid = without_standby.info.backend_pid
        canceling = threading.Thread(target=cancel, args=(without_standby.info.dsn, pid))
        canceling.start()
        with pytest.raises(base.NotReplicated):
            without_standby.execute(CREATE)
        canceling.join()
        assert without_standby.execute("SELECT number FROM kept").fetchall() == []


def cancel(address, pid):
    """Cancel what a server process does, as soon as it waits for a standby."""
    waits = "SELECT wait_event = 'SyncRep' FROM pg_stat_activity WHERE pid = %s"
    with psycopg.connect(address, autocommit=True) as connection:
        wait_until(lambda: connection.execute(waits, [pid]).fetchone()[0])
        connection.execute("SELECT pg_cancel_backend(%s)", [pid])
