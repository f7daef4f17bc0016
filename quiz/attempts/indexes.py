"""Indexes for tables that are too large to keep writers waiting while an index is built."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddIndex, RemoveIndex
from django.db.migrations.operations.base import Operation


class AddIndexWithoutPause(AddIndexConcurrently):
    """Add an index while others write. The migration needs `atomic = False`.

    On SQLite writers wait. So they do behind a pooler: an index can be built next to them outside
    of a transaction only, and there a command can't set its own limits.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        # A migration that failed may have left one, on PostgreSQL one that no query uses.
        _drop(schema_editor, self.index.name)
        if _waits_for_no_one(schema_editor):
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        else:
            AddIndex.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        if _waits_for_no_one(schema_editor):
            super().database_backwards(app_label, schema_editor, from_state, to_state)
        else:
            AddIndex.database_backwards(self, app_label, schema_editor, from_state, to_state)


class RemoveIndexWithoutPause(RemoveIndexConcurrently):
    """Remove an index while others write. The migration needs `atomic = False`."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        _drop(schema_editor, self.name)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        _drop(schema_editor, self.name)
        if _waits_for_no_one(schema_editor):
            super().database_backwards(app_label, schema_editor, from_state, to_state)
        else:
            RemoveIndex.database_backwards(self, app_label, schema_editor, from_state, to_state)


class DropIndexOfField(Operation):
    """Drop the index that Django adds to a field, or on PostgreSQL the one for LIKE (`_like`)."""

    reduces_to_sql = True

    def __init__(self, model_name: str, field_name: str, suffix: str = "") -> None:
        self.model_name, self.field_name, self.suffix = model_name, field_name, suffix

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model, field = self._field(app_label, from_state)
        table, columns = model._meta.db_table, [field.column]
        _drop(schema_editor, schema_editor._create_index_name(table, columns, self.suffix))

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model, field = self._field(app_label, to_state)
        if not self.suffix:
            schema_editor.execute(schema_editor._create_index_sql(model, fields=[field]))
        elif schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(schema_editor._create_like_index_sql(model, field))

    def describe(self) -> str:
        return f"Drop the index{self.suffix} of {self.field_name} on {self.model_name}"

    def _field(self, app_label: str, state: Any) -> tuple[Any, Any]:
        model = state.apps.get_model(app_label, self.model_name)
        return model, model._meta.get_field(self.field_name)


def _drop(schema_editor: BaseDatabaseSchemaEditor, name: str) -> None:
    while_others_write = "CONCURRENTLY " if _waits_for_no_one(schema_editor) else ""
    schema_editor.execute(f'DROP INDEX {while_others_write}IF EXISTS "{name}"')


def _waits_for_no_one(schema_editor: BaseDatabaseSchemaEditor) -> bool:
    return schema_editor.connection.vendor == "postgresql" and not settings.PGBOUNCER
