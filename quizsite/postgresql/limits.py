"""Limits of commands on PostgreSQL, in place of those that requests have.

No one waits for a command as for a page, and one statement over a large table may take minutes.
`manage.py` brings these limits, so that workers, which it doesn't run, keep theirs.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.conf import settings
from django.db import connection, transaction

LIMITS = {
    "statement_timeout": "1h",
    "idle_in_transaction_session_timeout": "10min",
    # Requests queue behind a command that waits for a lock, so it can't wait for long.
    "lock_timeout": "5s",
}


@contextmanager
def limits_of_commands() -> Iterator[None]:
    """Give the statements of this block the limits of commands. Enter it before connecting."""
    if connection.vendor != "postgresql":
        yield
    else:
        pooled = settings.PGBOUNCER
        with _patient(), connection.execute_wrapper(_limited) if pooled else _limited_options():
            yield


@contextmanager
def _patient() -> Iterator[None]:
    """Wait for a server whose disk is busy: a command that ends halfway costs more than a wait."""
    from quizsite.postgresql import base  # noqa: PLC0415 - loads psycopg, which SQLite needs not

    server = base.SERVER
    before = server.seconds_to_answer, server.most_seconds
    server.seconds_to_answer, server.most_seconds = base.SECONDS_TO_ANSWER_A_COMMAND, math.inf
    try:
        yield
    finally:
        server.seconds_to_answer, server.most_seconds = before


@contextmanager
def _limited_options() -> Iterator[None]:
    """Have connections that this thread opens bring the limits of commands."""
    before = connection.settings_dict  # of all threads
    # PostgreSQL takes the last value of each.
    own = " ".join(f"-c {name}={value}" for name, value in LIMITS.items())
    options = before["OPTIONS"] | {"options": f"{before['OPTIONS'].get('options', '')} {own}"}
    connection.settings_dict = before | {"OPTIONS": options}
    try:
        yield
    finally:
        connection.settings_dict = before


def _limited(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Run a statement with the limits of commands, in a transaction unless it is in one already.

    What is set for one transaction doesn't stay with a connection that the pooler gives to others.
    """
    own = context["connection"]
    with nullcontext() if own.in_atomic_block else transaction.atomic():
        if own.connection.info.transaction_status.name == "IDLE":
            for name, value in LIMITS.items():
                own.connection.execute(f"SET LOCAL {name} = '{value}'")
        return execute(sql, params, many, context)
