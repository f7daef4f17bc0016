import threading

import pytest
from django.core.management.base import CommandError
from django.db import connection
from django.db.utils import ConnectionHandler

from quizsite.postgresql import turns
from quizsite.postgresql.turns import turn_to_prepare


@pytest.fixture
def two(django_db_setup, django_db_blocker):
    """Connections of two servers that start at the same instant."""
    with django_db_blocker.unblock():
        yield [ConnectionHandler({"default": connection.settings_dict})["default"] for _ in "ab"]


@pytest.mark.both_databases
def test_second_server_waits_until_the_first_has_prepared(two, monkeypatch):
    first, second = two
    waits, prepared = threading.Event(), []
    monkeypatch.setattr(turns, "sleep", lambda seconds: waits.set())

    def prepare():
        with turn_to_prepare(second):
            prepared.append("second")

    other = threading.Thread(target=prepare)
    with turn_to_prepare(first):
        other.start()
        if connection.vendor == "postgresql":
            assert waits.wait(60)
        else:
            other.join(60)  # its folder is locked instead
        prepared.append("first")
    other.join(60)
    on_postgresql = ["first", "second"]
    assert prepared == (on_postgresql if connection.vendor == "postgresql" else on_postgresql[::-1])


@pytest.mark.both_databases
def test_server_that_waits_too_long_gives_up(two, monkeypatch):
    monkeypatch.setattr(turns, "SECONDS", -1)
    first, second = two
    if connection.vendor == "sqlite":
        return
    with turn_to_prepare(first), pytest.raises(CommandError, match="Another server"):
        turn_to_prepare(second).__enter__()


@pytest.mark.both_databases
def test_turn_ends_with_an_error(two):
    first, second = two
    with pytest.raises(ZeroDivisionError), turn_to_prepare(first):
        raise ZeroDivisionError
    with turn_to_prepare(second):
        pass
