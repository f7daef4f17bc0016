"""The limits of sessions behind a real PgBouncer in transaction mode."""

import os
import subprocess
import sys
from contextlib import ExitStack

import psycopg
import pytest

from tests import postgresql
from tests.imports import ROOT
from tests.pgbouncer import is_installed, pgbouncer

pytestmark = [
    pytest.mark.pure,
    pytest.mark.server,
    pytest.mark.skipif(not is_installed(), reason="PgBouncer is not installed"),
    pytest.mark.skipif(not postgresql.binaries(), reason="PostgreSQL is not installed"),
]

CONNECTIONS = 4
BRING = """
import django; django.setup()
from quizsite import pooler
from quizsite.postgresql.limits import limits_of_commands
with limits_of_commands():  # as `serve` does
    pooler.bring_limits()
"""
COMMAND = """
import django; django.setup()
from django.core.management import call_command
from django.db import connection
from quizsite.postgresql.limits import limits_of_commands
with limits_of_commands():
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        print(*cursor.fetchone())
"""
WORK = """
from threading import Thread
import django; django.setup()
from django.core.management import call_command
from django.db import connection
from quizsite.background.running import claim, run, write
from quizsite.background.schedule import JOBS, add_jobs, enqueue_due
from quizsite.postgresql.limits import limits_of_commands
from tests import tasks
with limits_of_commands():
    call_command("migrate", verbosity=0)
    for number in range(20):
        tasks.add.enqueue(number, 0)
    add_jobs()
done, started = [], []
def work(name):
    with limits_of_commands():
        started.append(enqueue_due())
        while row := claim("default", name):
            done.append(write(row, run(row)[0]))
        connection.close()
threads = [Thread(target=work, args=[str(n)]) for n in range(4)]
for each in threads: each.start()
for each in threads: each.join()
print(*(count - len(JOBS) for count in (sum(done), len(done), sum(started))))
"""
CHECK = """
import django; django.setup()
from django.core.management import call_command
call_command("check", databases=["default"])
"""


@pytest.fixture(scope="module")
def pooled():
    """The address of a database of its own behind a pooler, and the one without it."""
    with ExitStack() as stack:
        server = os.environ.get("TEST_POSTGRESQL") or stack.enter_context(postgresql.server())
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE behind_a_pooler")
        yield stack.enter_context(pgbouncer(f"{server}/behind_a_pooler", CONNECTIONS))


def run(code, url, tmp_path):
    own = {"DATABASE_URL": url, "PGBOUNCER": "1", "DATA_DIR": str(tmp_path), "PLAIN_HTTP": "1"}
    environment = {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "quizsite.settings"}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
    )


def timeouts(url):
    """Return the limit that each of the pooler's connections to the server has."""
    with ExitStack() as stack:
        found = []
        for _each in range(CONNECTIONS):
            client = stack.enter_context(psycopg.connect(url))  # its transaction keeps one
            row = client.execute("SELECT pg_backend_pid(), current_setting('statement_timeout')")
            found.append(row.fetchone())
        assert len({pid for pid, _timeout in found}) == CONNECTIONS
        return [timeout for _pid, timeout in found]


def test_limits_reach_every_connection_of_the_pooler(pooled, tmp_path):
    assert timeouts(pooled) == ["0"] * CONNECTIONS  # all of them are open, without limits
    refused = run(CHECK, pooled, tmp_path)
    assert refused.returncode == 1
    assert "statement_timeout is 0" in refused.stderr
    brought = run(BRING, pooled, tmp_path)
    assert brought.returncode == 0, brought.stderr
    assert timeouts(pooled) == ["5s"] * CONNECTIONS
    assert run(CHECK, pooled, tmp_path).returncode == 0


def test_commands_have_other_limits_and_leave_none_behind(pooled, tmp_path):
    assert run(BRING, pooled, tmp_path).returncode == 0
    done = run(COMMAND, pooled, tmp_path)
    assert (done.stdout.strip(), done.returncode) == ("1h", 0), done.stderr
    assert timeouts(pooled) == ["5s"] * CONNECTIONS


def test_task_workers_share_tasks_and_jobs(pooled, tmp_path):
    assert run(BRING, pooled, tmp_path).returncode == 0
    done = run(WORK, pooled, tmp_path)
    # Each of 20 tasks and each job once.
    assert (done.stdout.strip(), done.returncode) == ("20 20 0", 0), done.stderr


def test_pooler_that_overrides_the_limits_stops_the_start(pooled, tmp_path):
    with psycopg.connect(pooled, autocommit=True) as connection:
        connection.execute("SET statement_timeout = 0")  # stays on the server's connection
    refused = run(BRING, pooled, tmp_path)
    assert refused.returncode == 1
    assert "Restart the pooler" in refused.stderr
