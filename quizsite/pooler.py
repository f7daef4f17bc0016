"""The limits of PostgreSQL sessions behind a pooler such as PgBouncer, in transaction mode.

A pooler takes no options when a connection starts, and what one request sets would stay with
whichever connection it had. So the limits are stored on the server, for the site's role in this
database: PostgreSQL applies them to every connection that the pooler opens.
"""

import time
from contextlib import suppress

from django.conf import settings
from django.core.management.base import CommandError
from django.db import OperationalError, connection

STORED = """
    SELECT unnest(setconfig) FROM pg_db_role_setting
    JOIN pg_roles ON pg_roles.oid = setrole JOIN pg_database ON pg_database.oid = setdatabase
    WHERE rolname = current_user AND datname = current_database()
"""
# Connections that the pooler opened before still have the earlier limits.
END_IDLE_ONES = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE usename = current_user AND datname = current_database() AND state = 'idle'
    AND pid <> pg_backend_pid()
"""
SECONDS_TO_NOTICE = 0.5  # that they ended; until then, a pooler may hand out one of them
END_THIS_ONE = "SELECT pg_terminate_backend(pg_backend_pid())"


def bring_limits() -> None:
    """Store the limits unless they are, and let the pooler open new connections.

    Raises CommandError if they are not in force afterwards.
    """
    if not settings.POSTGRESQL_LIMITS.items() <= _stored().items():
        _store()
    if missing := limits_not_in_force():
        raise CommandError(f"{in_words(missing)} Restart the pooler, then start again.")


def limits_not_in_force() -> dict[str, str]:
    """Return the limits that a connection through the pooler doesn't have, as it has them."""
    connection.ensure_connection()
    # Past Django, which gives the statements of a command its own limits.
    with connection.connection.cursor() as cursor:
        found = {}
        for name in settings.POSTGRESQL_LIMITS:
            cursor.execute("SELECT current_setting(%s)", [name])
            found[name] = cursor.fetchone()[0]
    return {
        name: value for name, value in found.items() if value != settings.POSTGRESQL_LIMITS[name]
    }


def in_words(missing: dict[str, str]) -> str:
    shown = ", ".join(f"{name} is {value}" for name, value in missing.items())
    return f"Behind the pooler (PGBOUNCER=1), {shown}."


def _stored() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(STORED)
        return dict(row[0].split("=", 1) for row in cursor.fetchall())


def _store() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        name = connection.ops.quote_name(cursor.fetchone()[0])
        for limit, value in settings.POSTGRESQL_LIMITS.items():
            cursor.execute(f"ALTER ROLE CURRENT_USER IN DATABASE {name} SET {limit} = '{value}'")
        cursor.execute(END_IDLE_ONES)
        with suppress(OperationalError):
            cursor.execute(END_THIS_ONE)
    connection.close()
    time.sleep(SECONDS_TO_NOTICE)
