"""Where the site keeps its data: database, migrations, cache, SQLite itself."""

from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from quizsite import health
from quizsite.backups.on_sqlite import database_file
from quizsite.caches.unavailable import CacheUnavailable
from quizsite.doctor.findings import Finding, error, ok, reason, skipped, warning
from quizsite.sqlite.dangers import dangers

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
START = "Start the site once with `manage.py serve`, which creates it."


def database() -> Finding:
    """Connect and write. It doesn't create a SQLite file that isn't there."""
    name = NAMES[connection.vendor]
    if connection.vendor == "sqlite" and not database_file().exists():
        return error(f"There is no database {database_file()} yet.", START)
    try:
        connection.ensure_connection()
    except DatabaseError as failure:
        return error(
            f"{name} can't be reached: {reason(failure)}.",
            "Start the database, or correct DATABASE_URL.",
        )
    if not connection.introspection.table_names():
        return error("The database is empty.", START)
    try:
        health.can_write()
    except DatabaseError as failure:
        return error(
            f"{name} answers, but can't be written: {reason(failure)}.",
            "Look at its disk and at the rights of its files or role.",
        )
    return ok(f"{name} answers and can be written.")


def migrations() -> Finding:
    if health.is_migrated():
        return ok("All migrations are applied.")
    return error(
        "Migrations are missing.",
        "Restart the site with `manage.py serve`, which applies them, or run `manage.py migrate`.",
    )


def cache() -> Finding:
    is_redis = settings.CACHES["default"]["BACKEND"].endswith("RedisCache")
    where = "Redis" if is_redis else "The database"
    fix = "Start Redis, or unset CACHE_URL." if is_redis else "Look at the database."
    try:
        if health.cache_keeps():
            return ok(f"{where} counts tries of codes and passwords.")
    except (CacheUnavailable, DatabaseError, OSError) as failure:
        return error(f"{where} can't count tries: {reason(failure)}.", fix)
    return error(f"{where} doesn't keep what is stored there.", fix)


def sqlite() -> Finding:
    if connection.vendor != "sqlite":
        return skipped("The site uses PostgreSQL.")
    found = [*dangers(Path(connection.settings_dict["NAME"]))]
    if not found:
        return ok("Its version and the file system are safe.")
    # Each says itself what to do.
    return warning(" ".join(found), "")
