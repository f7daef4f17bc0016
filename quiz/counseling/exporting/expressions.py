"""What an export asks of the database, in the words of SQLite and of PostgreSQL."""

import json
from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, Func, TextField
from django.db.models.sql.compiler import SQLCompiler

Sql = tuple[str, list[Any]]


class TagsOf(Func):
    """The keys of a client's tags, with commas between; null or empty without any."""

    output_field = TextField()
    KEYS = "SELECT {} FROM quiz_client_tags WHERE quiz_client_tags.client_id = {}"

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> Sql:
        client, params = compiler.compile(self.source_expressions[0])
        return f"({self.KEYS.format('GROUP_CONCAT(tag_id)', client)})", [*params]

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> Sql:
        client, params = compiler.compile(self.source_expressions[0])
        return f"ARRAY_TO_STRING(ARRAY({self.KEYS.format('tag_id', client)}), ',')", [*params]


class Keys(Func):
    """Keys as one parameter: a statement with a thousand takes longer to build than to run."""

    output_field = BigIntegerField()

    def __init__(self, keys: Sequence[int]) -> None:
        super().__init__()
        self.keys = list(keys)

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> Sql:
        return "(SELECT value FROM JSON_EACH(%s))", [json.dumps(self.keys)]

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> Sql:
        return "(SELECT UNNEST(%s::bigint[]))", [self.keys]
