"""SQL expressions of an export, for SQLite and PostgreSQL."""

import json
from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, Func, TextField
from django.db.models.sql.compiler import SQLCompiler

SqliteSql = tuple[str, tuple[str | int, ...]]
PostgresqlSql = tuple[str, list[Any]]


class TagsOf(Func):
    """The keys of a client's tags, separated by commas; null or empty without tags."""

    output_field = TextField()
    KEYS = "SELECT {} FROM quiz_client_tags WHERE quiz_client_tags.client_id = {}"

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> SqliteSql:
        client, params = compiler.compile(self.source_expressions[0])
        return f"({self.KEYS.format('GROUP_CONCAT(tag_id)', client)})", (*params,)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> PostgresqlSql:
        client, params = compiler.compile(self.source_expressions[0])
        return f"ARRAY_TO_STRING(ARRAY({self.KEYS.format('tag_id', client)}), ',')", [*params]


class Keys(Func):
    """Keys as one parameter. A statement with a thousand takes longer to build than to run."""

    output_field = BigIntegerField()

    def __init__(self, keys: Sequence[int]) -> None:
        super().__init__()
        self.keys = list(keys)

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> SqliteSql:
        return "(SELECT value FROM JSON_EACH(%s))", (json.dumps(self.keys),)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> PostgresqlSql:
        return "(SELECT UNNEST(%s::bigint[]))", [self.keys]
