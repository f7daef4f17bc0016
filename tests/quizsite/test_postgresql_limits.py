"""Commands have their own limits on PostgreSQL, and leave those of requests as they are."""

import runpy
import threading

import pytest
from django.conf import settings as site
from django.db import DataError, connection, transaction

from quizsite import command
from quizsite.postgresql import base
from quizsite.postgresql.limits import LIMITS, limits_of_commands
from tests.browser.site import ROOT

pytestmark = [
    pytest.mark.both_databases,
    pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has no such limits"),
]

ASK = "SELECT current_setting('statement_timeout')"


def limit(on=connection):
    with on.cursor() as cursor:
        cursor.execute(ASK)
        return cursor.fetchone()[0]


def as_set_now():
    """Ask past Django, as the next user of a pooler's connection would."""
    return connection.connection.execute(ASK).fetchone()[0]


def test_every_limit_of_requests_has_one_for_commands():
    assert {*site.POSTGRESQL_LIMITS} - {*LIMITS} == {"synchronous_commit"}


@pytest.mark.django_db
def test_connection_of_a_command_has_its_limits():
    with limits_of_commands():
        own = connection.copy()
        assert limit(own) == LIMITS["statement_timeout"]
        own.close()
    own = connection.copy()
    assert limit(own) == "5s"
    own.close()


@pytest.mark.django_db
def test_threads_that_bring_them_at_the_same_time_leave_nothing_behind():
    """Task workers have a thread for each queue."""
    first, second = limits_of_commands(), limits_of_commands()
    first.__enter__()
    in_second = threading.Thread(target=second.__enter__)
    in_second.start()
    in_second.join()
    first.__exit__(None, None, None)
    own = connection.copy()
    assert limit(own) == "5s"
    own.close()


def test_command_waits_longer_than_a_page_for_a_busy_server():
    before = base.SERVER.seconds_to_answer
    with limits_of_commands():
        assert base.SERVER.seconds_to_answer == base.SECONDS_TO_ANSWER_A_COMMAND
    assert base.SERVER.seconds_to_answer == before


def test_manage_py_brings_them_to_every_command(monkeypatch):
    seen = []
    monkeypatch.setattr(
        command,
        "execute_from_command_line",
        lambda _argv: seen.append(connection.settings_dict["OPTIONS"]["options"]),
    )
    runpy.run_path(str(ROOT / "manage.py"), run_name="__main__")
    assert seen[0].endswith("-c lock_timeout=5s")
    assert connection.settings_dict["OPTIONS"]["options"] != seen[0]


@pytest.mark.usefixtures("own_site")
class TestBehindAPooler:
    @pytest.fixture(autouse=True)
    def _pooler(self, settings, own_site):
        settings.PGBOUNCER = True
        connection.ensure_connection()

    def test_statement_has_the_limits_and_leaves_none_behind(self):
        with limits_of_commands(), connection.cursor() as cursor:
            assert limit() == LIMITS["statement_timeout"]
            assert as_set_now() == "5s"
            with pytest.raises(DataError):
                cursor.execute("SELECT 1 / 0")
            assert as_set_now() == "5s"
            cursor.execute("SELECT generate_series(1, 3)")
            assert cursor.fetchall() == [(1,), (2,), (3,)]

    def test_transaction_has_them_from_its_first_statement_to_its_last(self):
        with limits_of_commands():
            with transaction.atomic():
                assert limit() == limit() == as_set_now() == LIMITS["statement_timeout"]
                with transaction.atomic():
                    assert limit() == LIMITS["statement_timeout"]
            assert as_set_now() == "5s"
