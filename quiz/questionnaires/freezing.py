"""Database triggers that refuse changes to published versions and frozen norms.

A migration that alters one of these tables must drop the triggers first and create them again
afterwards, because SQLite loses them when Django rebuilds a table. If one is missing,
tests/quiz/questionnaires/test_versions.py fails.
"""

from collections.abc import Callable, Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

# Name, table, action, the condition that refuses it, and SQL for the versions of a part.
Trigger = tuple[str, str, str, str, str]
Triggers = Callable[[str], Iterator[Trigger]]

REFUSAL = "a published questionnaire version cannot be changed; start a new draft from it"

VERSION = "quiz_questionnaireversion"
# What never changes after the draft; retiring changes only the columns left out here.
VERSION_COLUMNS = (
    "id",
    "title",
    "number",
    "languages",
    "items_per_page",
    "clear_from",
    "leaning_from",
    "created_at",
    "published_at",
)
# Table of parts -> SQL for the version of a row.
VERSION_OF_PART = {
    "quiz_wording": "{row}.version_id",
    "quiz_scaleanswer": "{row}.version_id",
    "quiz_trait": "{row}.version_id",
    "quiz_item": "{row}.version_id",
    "quiz_backgroundquestion": "{row}.version_id",
    "quiz_backgroundoption": (
        "(SELECT version_id FROM quiz_backgroundquestion WHERE id = {row}.question_id)"
    ),
}
NORMS = "quiz_normset"
# What never changes: all but the person who froze them, whose account may be deleted.
NORMS_COLUMNS = (
    *("id", "number", "version_id", "language", "people", "since", "until", "mean", "sd"),
    *("reliability", "correlations", "mean_lean", "points", "frozen_at"),
)
REFUSALS = dict.fromkeys([VERSION, *VERSION_OF_PART], REFUSAL) | {
    NORMS: "frozen norms cannot be changed; freeze newer ones"
}
ROWS_OF_ACTION = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}


def create_triggers(connection: BaseDatabaseWrapper) -> None:
    """The tables must exist, and the triggers must not."""
    _run(connection, _creating(connection.vendor, _triggers))


def drop_triggers(connection: BaseDatabaseWrapper) -> None:
    """For a migration that alters these tables, or a test that empties them."""
    _run(connection, _dropping(connection.vendor, _triggers))


def freeze_norms_table(connection: BaseDatabaseWrapper) -> None:
    _run(connection, _creating(connection.vendor, _norms_triggers))


def unfreeze_norms_table(connection: BaseDatabaseWrapper) -> None:
    _run(connection, _dropping(connection.vendor, _norms_triggers))


def trigger_names() -> set[str]:
    """Name the triggers that must exist."""
    differs = "NEW.x IS NOT OLD.x"
    return {name for name, *_rest in (*_triggers(differs), *_norms_triggers(differs))}


def _run(connection: BaseDatabaseWrapper, statements: Iterator[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _triggers(differs: str) -> Iterator[Trigger]:
    changed = " OR ".join(differs.replace(".x", f".{column}") for column in VERSION_COLUMNS)
    retiring = f"OLD.status = 'published' AND NEW.status = 'retired' AND NOT ({changed})"
    yield (
        f"{VERSION}_frozen_update",
        VERSION,
        "update",
        f"OLD.status <> 'draft' AND NOT ({retiring})",
        "",
    )
    yield f"{VERSION}_frozen_delete", VERSION, "delete", "OLD.status <> 'draft'", ""
    for table, version_of in VERSION_OF_PART.items():
        for action, rows in ROWS_OF_ACTION.items():
            ids = ", ".join(version_of.format(row=row) for row in rows)
            frozen = f"SELECT 1 FROM {VERSION} WHERE status <> 'draft' AND id IN ({ids})"  # noqa: S608
            yield f"{table}_frozen_{action}", table, action, f"EXISTS ({frozen})", ids


def _norms_triggers(differs: str) -> Iterator[Trigger]:
    changed = " OR ".join(differs.replace(".x", f".{column}") for column in NORMS_COLUMNS)
    yield f"{NORMS}_frozen_update", NORMS, "update", changed, ""
    yield f"{NORMS}_frozen_delete", NORMS, "delete", "1 = 1", ""


def _creating(vendor: str, triggers: Triggers) -> Iterator[str]:
    if vendor == "sqlite":
        for name, table, action, refused, _ids in triggers("NEW.x IS NOT OLD.x"):
            yield (
                f"CREATE TRIGGER {name} BEFORE {action.upper()} ON {table} WHEN {refused} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSALS[table]}'); END"
            )
    else:
        for name, table, action, refused, ids in triggers("NEW.x IS DISTINCT FROM OLD.x"):
            kept = "OLD" if action == "delete" else "NEW"
            # Publishing locks the row of the version. Writing a part waits for that to end and is
            # then refused, so nothing is published that the check didn't see.
            lock = f"PERFORM 1 FROM {VERSION} WHERE id IN ({ids}) FOR SHARE; " if ids else ""
            yield (
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {lock}"
                f"IF {refused} THEN RAISE EXCEPTION '{REFUSALS[table]}' "
                f"USING ERRCODE = 'check_violation'; END IF; RETURN {kept}; END $$"
            )
            yield (
                f"CREATE TRIGGER {name} BEFORE {action.upper()} ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {name}()"
            )


def _dropping(vendor: str, triggers: Triggers) -> Iterator[str]:
    for name, table, *_rest in triggers("NEW.x IS NOT OLD.x"):
        if vendor == "sqlite":
            yield f"DROP TRIGGER IF EXISTS {name}"
        else:
            yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
            yield f"DROP FUNCTION IF EXISTS {name}()"
