"""What a migration may not do, read from the SQL that Django would run.

A site is updated while it serves, so between two releases the code before runs on the new tables.
And it may have millions of attempts, so no statement may keep visitors waiting for long.
"""

import re
from collections.abc import Iterable, Iterator

# The last migrations of each release. Those up to them are as they are.
RELEASED = {
    "0.1.0": {
        "account": "0009_emailaddress_unique_primary_email",
        "admin": "0003_logentry_add_action_flag_choices",
        "auth": "0012_alter_user_first_name_max_length",
        "contenttypes": "0002_remove_content_type_name",
        "mfa": "0003_authenticator_type_uniq",
        "quiz": "0026_smaller_indexes",
        "roles": "0008_plainer_words",
        "sessions": "0001_initial",
        "usersessions": "0001_initial",
    },
}

# Tables that grow with visits or clients. Add yours if it does.
LARGE = {
    *("quiz_attempt", "quiz_sharelink", "quiz_opening", "quiz_liking", "quiz_talliedattempt"),
    *("quiz_client", "quiz_client_tags", "quiz_disclosure", "quiz_note", "quiz_auditentry"),
    *("quiz_meeting", "quiz_dot"),
    "quiz_reminder",
    *("quiz_cacheentry", "django_session", "usersessions_usersession"),
}

TABLE = r'"?(?P<table>\w+)"?'
ALTER = rf"ALTER TABLE (ONLY )?{TABLE} "
# Why PostgreSQL would keep others waiting, by statement. A column's default may be a constant.
WAITS = {
    rf"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)[^(]* ON {TABLE}": "builds an index",
    rf"{ALTER}ADD COLUMN .*\b(UNIQUE|PRIMARY KEY)\b": "builds an index",
    rf"{ALTER}ADD COLUMN .*\b(GENERATED|DEFAULT \(?\w+\()": "writes every row",
    rf"{ALTER}ADD CONSTRAINT (?!.*(NOT VALID|USING INDEX))": "checks every row",
    rf"{ALTER}ALTER COLUMN .* TYPE ": "may write every row",
    rf"{ALTER}ALTER COLUMN .* SET NOT NULL": "checks every row",
    rf"(UPDATE|DELETE FROM) {TABLE}": "writes many rows",
}
# Why SQLite would take long.
COPIES = {
    r'CREATE TABLE "new__(?P<table>\w+)"': "copies the table",
    rf"{ALTER}DROP COLUMN": "writes every row",
}
# What the code before can't work with. Only on PostgreSQL does it serve on new tables: on SQLite,
# there is one server, which is stopped for the update.
BREAKS = {
    rf"DROP TABLE (IF EXISTS )?{TABLE}": "takes a table",
    rf"{ALTER}RENAME TO": "takes a table",
    rf"{ALTER}DROP COLUMN": "takes a column",
    rf"{ALTER}RENAME COLUMN": "takes a column",
    rf"{ALTER}ALTER COLUMN .* TYPE ": "changes a type",
    rf"{ALTER}ALTER COLUMN .* SET NOT NULL": "needs a value",
    rf"{ALTER}ADD COLUMN (?!.*\bDEFAULT\b).* NOT NULL": "needs a value",
    # Django fills the rows that are there, then drops the default.
    rf"{ALTER}ALTER COLUMN .* DROP DEFAULT": "needs a value",
    rf"{ALTER}ADD CONSTRAINT": "refuses values",
    rf"CREATE UNIQUE INDEX [^(]* ON {TABLE}": "refuses values",
}


def waits(statements: Iterable[str], vendor: str, created: set[str]) -> list[str]:
    """Describe what keeps people waiting, except in tables of this release, which are empty."""
    rules = {"postgresql": WAITS, "sqlite": COPIES}[vendor]
    return [fault for table, fault in _found(statements, rules) if table in LARGE - created]


def breaks(statements: Iterable[str], vendor: str, created: set[str]) -> list[str]:
    """Describe what the code before can't work with, except in tables of this release."""
    rules = BREAKS if vendor == "postgresql" else {}
    return [fault for table, fault in _found(statements, rules) if table not in created]


def created_by(statements: Iterable[str]) -> set[str]:
    """Return the tables that these statements create."""
    create = re.compile(rf"CREATE TABLE (IF NOT EXISTS )?{TABLE}", re.IGNORECASE)
    return {found["table"] for each in statements if (found := create.match(each))}


def is_excused(contracts: str | None, released: Iterable[str]) -> bool:
    """True for a contract step: no code since the release that it names uses what it takes."""
    return contracts in released


def _found(statements: Iterable[str], rules: dict[str, str]) -> Iterator[tuple[str, str]]:
    for statement in statements:
        for part in statement.split(";"):
            for pattern, why in rules.items():
                if match := re.match(pattern, part.strip(), re.IGNORECASE | re.DOTALL):
                    yield match["table"], f"{why}: {part.strip()}"
