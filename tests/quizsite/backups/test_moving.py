"""Moving to PostgreSQL: every row arrives, or nothing moves."""

import io
import os
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID, uuid4

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone as clock

from organization.models import Logo, Organization
from quiz.attempts.models import Attempt
from quiz.counseling.clients import add_note
from quiz.counseling.inviting import new_invitation
from quiz.evidence.folding import fold
from quiz.questionnaires.freezing import trigger_names
from quizsite.backups import moving
from quizsite.backups.moving import _plain, models, move_to, table
from quizsite.locks import only_one
from tests import postgresql
from tests.factories import disclose, finished_attempt, make_client, make_counselor


@pytest.fixture(scope="module")
def server():
    if address := os.environ.get("TEST_POSTGRESQL"):
        yield address
    else:
        with postgresql.server() as address:
            yield address


@pytest.fixture
def target(server, own_site):
    """The address of an empty database; the site itself is on SQLite."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute("CREATE DATABASE moved")
        yield f"{server}/moved"
        admin.execute("DROP DATABASE moved WITH (FORCE)")


def rows_in(target, statement):
    with psycopg.connect(target) as there:
        return there.execute(statement).fetchall()


@pytest.mark.sqlite_only
@pytest.mark.server  # creates all tables, which takes seconds
def test_site_moves_whole_and_works_there(target):
    counselor = make_counselor()
    kim = make_client(counselor, "Kim ’🙂’")
    disclose(kim)
    add_note(kim, uuid4(), "first\nsecond\tthird \\N \\.", is_for_client=True)
    new_invitation(kim, uuid4(), clock.now())
    Attempt.objects.update(next_step="100 %, “quoted”, \\x")
    logo = Logo.objects.create(digest="a", png=b"\x89PNG\x00\\", width=2, height=1)
    Organization.objects.create(name="Northside", logo=logo)
    fold(clock.now())
    before = [table(model, "default") for model in models()]

    out = io.StringIO()
    call_command("move_database", target, stdout=out)

    assert "counts and checksums are equal" in out.getvalue()
    assert "password" not in out.getvalue()
    assert [table(model, "default") for model in models()] == before
    assert rows_in(target, "SELECT text FROM quiz_note") == [("first\nsecond\tthird \\N \\.",)]
    names = rows_in(target, "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'")
    assert trigger_names() <= {name for (name,) in names}
    frozen = "UPDATE quiz_item SET keying = -keying"
    with psycopg.connect(target) as there, pytest.raises(psycopg.errors.CheckViolation):
        there.execute(frozen)
    newest = "SELECT max(id) FROM quiz_auditentry"
    (((last,),), ((following,),)) = (
        rows_in(target, newest),
        rows_in(target, "SELECT nextval(pg_get_serial_sequence('quiz_auditentry', 'id'))"),
    )
    assert following == last + 1
    with pytest.raises(CommandError, match=r"has rows in \w+\. Give an empty database"):
        move_to(target)


@pytest.mark.sqlite_only
@pytest.mark.server
def test_row_that_gets_lost_stops_the_move(target, monkeypatch):
    finished_attempt()
    whole = moving._copy
    monkeypatch.setattr(
        moving, "_copy", lambda model, *more: None if model is Attempt else whole(model, *more)
    )
    with pytest.raises(CommandError, match=r"Nothing was moved: rows differ in quiz_attempt\."):
        move_to(target)
    assert rows_in(target, "SELECT count(*) FROM roles_role") == [(0,)]
    assert "target" not in connections.settings


@pytest.mark.sqlite_only
@pytest.mark.parametrize("url", ["sqlite:///other", "mysql://a/b", "moved", "", "postgres://"])
def test_other_addresses_are_refused(own_site, url):
    with pytest.raises(CommandError, match=r"postgres://user|can't be opened"):
        move_to(url)


@pytest.mark.both_databases
def test_site_on_postgresql_has_nothing_to_move(own_site):
    if connection.vendor == "postgresql":
        with pytest.raises(CommandError, match="on PostgreSQL already"):
            move_to("postgres://quiz@127.0.0.1:1/moved")
    else:
        with pytest.raises(CommandError, match="can't be opened"):
            move_to("postgres://quiz@127.0.0.1:1/moved")


@pytest.mark.sqlite_only
def test_database_that_is_not_up_to_date_is_refused(own_site):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'mfa'")
    with pytest.raises(CommandError, match="isn't up to date"):
        move_to("postgres://quiz@127.0.0.1:1/moved")


@pytest.mark.sqlite_only
def test_running_server_is_refused(own_site):
    with only_one(own_site), pytest.raises(CommandError, match="Stop it first"):
        call_command("move_database", "postgres://quiz@127.0.0.1:1/moved")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (datetime(2026, 11, 30, 12, tzinfo=UTC), datetime(2026, 11, 30, 14, 0, 0, 0, None)),
        (Decimal("1.50"), Decimal("1.5")),
        ({"a": [1.0, None]}, {"a": [1, None]}),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_values_that_are_the_same_are_written_the_same(one, other):
    if isinstance(other, datetime):
        other = other.replace(tzinfo=timezone(timedelta(hours=2)))
    assert _plain(one) == _plain(other)


@pytest.mark.parametrize(("one", "other"), [(1, "1"), (None, ""), (True, "True"), (0.1, 0.2)])
def test_other_values_are_written_in_another_way(one, other):
    assert _plain(one) != _plain(other)
