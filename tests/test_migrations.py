"""What a migration may not do to the table of attempts, by far the largest, while the site waits.

On SQLite, altering a column or a constraint copies the whole table, and dropping a column rewrites
it: minutes for a million rows. On PostgreSQL, building an index in a transaction keeps everyone
waiting who saves an answer.
"""

import re
from contextlib import closing

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader

from quiz.attempts.indexes import AddIndexWithoutPause

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]

TABLE = "quiz_attempt"
LAST_OF_BEFORE = "0024"  # migrations up to this one are released, and the tables were small
FORBIDDEN = {
    "sqlite": f'CREATE TABLE "new__{TABLE}"|ALTER TABLE "{TABLE}" DROP COLUMN',
    "postgresql": f'CREATE (UNIQUE )?INDEX (?!CONCURRENTLY).* ON "{TABLE}"',
}

SQLITE, POSTGRESQL, BOTH = {"sqlite"}, {"postgresql"}, {"sqlite", "postgresql"}
WIDER = models.CharField(max_length=20)
INDEX = models.Index(fields=["language"], name="x")


def faults(statements):
    """Return the statements that the database of this run must not get."""
    return [each for each in statements if re.match(FORBIDDEN[connection.vendor], each)]


def statements_of(migration, state):
    # Not within the transaction of this test, which an index could not be built next to.
    with closing(connection.copy()) as own:
        with own.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
            migration.apply(state, editor, collect_sql=True)
        return editor.collected_sql


def test_no_migration_copies_the_attempts_or_keeps_writers_waiting():
    graph = MigrationLoader(None).graph
    plan = graph._generate_plan(graph.leaf_nodes(), at_end=True)
    new = [key for key in plan if key[0] == "quiz" and key[1] > f"{LAST_OF_BEFORE}_z"]
    found = {
        key: faults(statements_of(graph.nodes[key], graph.make_state(key, at_end=False)))
        for key in new
    }
    assert new
    assert {key: each for key, each in found.items() if each} == {}


@pytest.mark.parametrize(
    ("operation", "is_fine_on"),
    [
        (migrations.AlterField("attempt", "language", WIDER), POSTGRESQL),
        (migrations.RemoveField("attempt", "next_step"), POSTGRESQL),
        (migrations.RemoveConstraint("attempt", "finished_has_result"), POSTGRESQL),
        (migrations.AddIndex("attempt", INDEX), SQLITE),
        (AddIndexWithoutPause("attempt", INDEX), BOTH),
        (migrations.AddField("attempt", "x", models.DateField(null=True)), BOTH),
        (migrations.AddField("attempt", "x", models.DateField(null=True, db_index=True)), SQLITE),
    ],
)
def test_rule_sees_what_it_forbids(operation, is_fine_on):
    class OneOperation(migrations.Migration):
        atomic = False
        operations = [operation]

    state = MigrationLoader(None).project_state()
    found = faults(statements_of(OneOperation("0099_x", "quiz"), state))
    assert (not found) == (connection.vendor in is_fine_on)
