"""Migrations keep no one waiting, and the code of the release before can work with what they leave.

The rules are in `tests/migration_rules.py`; CONTRIBUTING.md says what to do instead.
"""

from contextlib import closing
from functools import cache

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now

from deploy.upgrade.versions import releases
from quiz.attempts.indexes import AddIndexWithoutPause
from tests.migration_rules import LARGE, RELEASED, breaks, created_by, is_excused, waits

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="of PostgreSQL")


def statements_of(migration, state):
    """Return what the database would run, and the state after it."""
    # Not within the transaction of this test, which an index could not be built next to.
    with closing(connection.copy()) as own:
        with own.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
            after = migration.apply(state, editor, collect_sql=True)
        return [each for each in editor.collected_sql if not each.startswith("--")], after


def faults_of(migrations_in_order, state):
    """Return the faults of each migration since a release, by its name."""
    created, found = set(), {}
    for migration in migrations_in_order:
        statements, state = statements_of(migration, state)
        created |= created_by(statements)
        faults = waits(statements, connection.vendor, created)
        if not is_excused(getattr(migration, "contracts", None), RELEASED):
            faults += breaks(statements, connection.vendor, created)
        if faults:
            found[str(migration)] = faults
    return found


def since(release):
    """Return the migrations that came after a release, in order, and the state before them."""
    graph = MigrationLoader(None).graph
    last = list(RELEASED[release].items())
    old = {key for each in last for key in graph.forwards_plan(each)}
    plan = graph._generate_plan(graph.leaf_nodes(), at_end=True)
    return [graph.nodes[key] for key in plan if key not in old], graph.make_state(last)


def test_no_migration_since_the_last_release_keeps_people_waiting_or_breaks_its_code():
    assert faults_of(*since(list(RELEASED)[-1])) == {}


def test_each_release_of_the_changelog_says_which_migrations_it_has():
    assert list(RELEASED) == [each.number for each in reversed(releases())]


def test_large_tables_are_tables_of_the_site():
    assert set(connection.introspection.table_names()) >= LARGE


# ---------------------------------------------------------------- each kind of fault

INDEX = models.Index(fields=["language"], name="x")
ONCE = models.UniqueConstraint(fields=["language", "id"], name="x")
KEY_ONCE = models.UniqueConstraint(fields=["key"], name="x")
KEY_ONCE_IF_ANY = models.UniqueConstraint(fields=["key"], condition=models.Q(key__gt=""), name="x")
CHECKED = models.CheckConstraint(condition=models.Q(language__gt=""), name="x")
COUNSELOR = models.ForeignKey("quiz.counselor", models.CASCADE, null=True)
TABLE = migrations.CreateModel(
    "Thing",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("attempt", models.ForeignKey("quiz.attempt", models.CASCADE)),
        ("key", models.SlugField(unique=True)),
    ],
)


def add(**field):
    return migrations.AddField("attempt", "x", models.IntegerField(**field))


def change(field):
    return migrations.AlterField("attempt", "language", field)


@cache
def state_of_today():
    return MigrationLoader(None).project_state()


def found_in(*operations, contracts=None):
    """Return why a migration that does this is refused: the words before each statement."""

    class Made(migrations.Migration):
        atomic = False

    Made.operations, Made.contracts = list(operations), contracts
    found = faults_of([Made("0099_x", "quiz")], state_of_today().clone())
    return {fault.partition(":")[0] for faults in found.values() for fault in faults}


@pytest.mark.parametrize(
    "operations",
    [
        [add(null=True)],
        [migrations.AddField("trait", "x", models.IntegerField(db_default=0))],
        [AddIndexWithoutPause("attempt", INDEX)],
        [migrations.AddIndex("counselor", models.Index(fields=["user"], name="x"))],
        [TABLE, migrations.AddField("thing", "x", models.IntegerField(default=0))],
        [TABLE, migrations.RenameField("thing", "key", "name")],
    ],
)
def test_what_no_one_notices_is_fine(operations):
    assert found_in(*operations) == set()


@postgresql
@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (migrations.AddIndex("attempt", INDEX), "builds an index"),
        (add(null=True, db_index=True), "builds an index"),
        (add(null=True, unique=True), "builds an index"),
        (migrations.AddField("attempt", "x", COUNSELOR), "builds an index"),
        (migrations.AddConstraint("attempt", ONCE), "checks every row"),
        (migrations.AddConstraint("attempt", CHECKED), "checks every row"),
        (change(models.CharField(max_length=20)), "may write every row"),
        (
            migrations.RunSQL("ALTER TABLE quiz_note ALTER COLUMN a SET NOT NULL"),
            "checks every row",
        ),
        (
            migrations.AddField("attempt", "x", models.DateTimeField(db_default=Now())),
            "writes every row",
        ),
        (migrations.RunSQL("update quiz_attempt set language = 'en'"), "writes many rows"),
        (migrations.RunSQL("DELETE FROM quiz_client"), "writes many rows"),
    ],
)
def test_statements_that_keep_people_waiting_are_refused(operation, why):
    assert why in found_in(operation)
    assert why in found_in(operation, contracts="0.1.0"), "a contract step is no excuse"


@postgresql
@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (migrations.DeleteModel("Opening"), "takes a table"),
        (migrations.AlterModelTable("Opening", "other"), "takes a table"),
        (migrations.RemoveField("counselor", "user"), "takes a column"),
        (migrations.RenameField("counselor", "user", "person"), "takes a column"),
        (migrations.RunSQL("alter table quiz_trait drop column key"), "takes a column"),
        (migrations.AlterField("trait", "key", models.CharField(max_length=90)), "changes a type"),
        (migrations.AddField("trait", "x", models.IntegerField(default=0)), "needs a value"),
        (migrations.RunSQL("ALTER TABLE quiz_trait ADD COLUMN x int NOT NULL"), "needs a value"),
        (
            migrations.RunSQL("ALTER TABLE quiz_attempt ALTER COLUMN client_id SET NOT NULL"),
            "needs a value",
        ),
        (migrations.AddConstraint("trait", KEY_ONCE), "refuses values"),
        (migrations.AddConstraint("trait", KEY_ONCE_IF_ANY), "refuses values"),
    ],
)
def test_what_the_code_before_cannot_work_with_is_refused_except_as_a_contract_step(operation, why):
    assert why in found_in(operation)
    assert why not in found_in(operation, contracts="0.1.0")


@postgresql
def test_contract_step_of_a_release_that_never_was_is_no_excuse():
    assert found_in(migrations.DeleteModel("Opening"), contracts="9.9.0") == {"takes a table"}


@postgresql
def test_large_table_may_get_a_column_with_a_constant_in_the_database():
    """SQLite would copy the table."""
    assert found_in(add(db_default=0)) == set()


@postgresql
def test_one_column_with_a_default_hides_no_other_one():
    columns = [add(db_default=0), migrations.AddField("trait", "y", models.IntegerField(default=0))]
    assert found_in(*columns) == {"needs a value"}


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (change(models.CharField(max_length=20)), "copies the table"),
        (migrations.RemoveConstraint("attempt", "finished_has_result"), "copies the table"),
        (add(null=True, unique=True), "copies the table"),
        (migrations.RemoveField("attempt", "next_step"), "writes every row"),
    ],
)
def test_copying_a_large_table_on_sqlite_is_refused(operation, why):
    assert why in found_in(operation)
