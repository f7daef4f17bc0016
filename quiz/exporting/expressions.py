"""What an export asks of the database, in the words of SQLite and of PostgreSQL.

The database takes the few values out of a result's JSON and writes them down: to read all of it
into Python, and write the few again, takes several times as long.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, Func, TextField
from django.db.models.sql.compiler import SQLCompiler

Path = tuple[str, ...]
Sql = tuple[str, list[Any]]

# PostgreSQL passes a function 100 arguments, older SQLite 127.
MOST_PATHS = 90


class Written(Func):
    """Text made of one column."""

    output_field = TextField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> Sql:
        return self.on_sqlite(*compiler.compile(self.source_expressions[0]))

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> Sql:
        return self.on_postgresql(*compiler.compile(self.source_expressions[0]))

    def on_sqlite(self, column: str, params: Sequence[Any]) -> Sql:
        raise NotImplementedError

    def on_postgresql(self, column: str, params: Sequence[Any]) -> Sql:
        raise NotImplementedError


class ValuesAt(Written):
    """The values at some paths of a column of JSON, as a JSON list; null where there is none.

    The keys must be such as a questionnaire may have: letters, digits, - and _.
    """

    def __init__(self, column: str, paths: Sequence[Path]) -> None:
        super().__init__(column)
        self.paths = paths

    def on_sqlite(self, column: str, params: Sequence[Any]) -> Sql:
        places = ["".join(["$", *(f'."{key}"' for key in path)]) for path in self.paths]
        values = f"JSON_EXTRACT({column}{', %s' * len(places)})"
        # Asked for one path alone, it answers with the bare value.
        return values if len(places) > 1 else f"JSON_ARRAY({values})", [*params, *places]

    def on_postgresql(self, column: str, params: Sequence[Any]) -> Sql:
        values = ", ".join(f"{column} #> %s" for _path in self.paths)
        places = [each for path in self.paths for each in (*params, list(path))]
        return f"JSONB_BUILD_ARRAY({values})::text", places


class StrongestLevel(Written):
    """The highest level among the flags of a result, and nothing of which they are."""

    def __init__(self, column: str, levels: Sequence[str]) -> None:
        """Take the levels from the highest on."""
        super().__init__(column)
        self.levels = levels

    def on_sqlite(self, column: str, params: Sequence[Any]) -> Sql:
        flags = f"JSON_EXTRACT({column}, '$.flags')"
        return self._first(f"INSTR({flags}, %s)", '"{}"', params)

    def on_postgresql(self, column: str, params: Sequence[Any]) -> Sql:
        return self._first(f"{column} -> 'flags' @> %s::jsonb", '[{{"level": "{}"}}]', params)

    def _first(self, is_there: str, form: str, params: Sequence[Any]) -> Sql:
        cases = " ".join(f"WHEN {is_there} THEN %s" for _level in self.levels)
        values = [each for level in self.levels for each in (*params, form.format(level), level)]
        return f"CASE {cases} ELSE '' END", values


class Moment(Written):
    """A time in UTC, to the second, as in ISO 8601."""

    def on_sqlite(self, column: str, params: Sequence[Any]) -> Sql:
        # There it is a text in UTC that lacks two letters.
        text = f"SUBSTR({column}, 1, 10) || 'T' || SUBSTR({column}, 12, 8) || 'Z'"
        return text, [*params, *params]

    def on_postgresql(self, column: str, params: Sequence[Any]) -> Sql:
        form = """'YYYY-MM-DD"T"HH24:MI:SS"Z"'"""
        return f"TO_CHAR({column} AT TIME ZONE 'UTC', {form})", [*params]


class TagsOf(Written):
    """The names of a client's tags by the alphabet, with semicolons between; null without any."""

    NAMES = (
        "SELECT quiz_tag.name FROM quiz_tag"
        " JOIN quiz_client_tags ON quiz_client_tags.tag_id = quiz_tag.id"
        " WHERE quiz_client_tags.client_id = {} ORDER BY LOWER(quiz_tag.name)"
    )

    def on_sqlite(self, column: str, params: Sequence[Any]) -> Sql:
        names = self.NAMES.format(column)
        return f"(SELECT GROUP_CONCAT(name, '; ') FROM ({names}))", [*params]  # noqa: S608

    def on_postgresql(self, column: str, params: Sequence[Any]) -> Sql:
        return f"ARRAY_TO_STRING(ARRAY({self.NAMES.format(column)}), '; ')", [*params]


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
