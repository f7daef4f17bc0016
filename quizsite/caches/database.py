"""A cache in the site's own database: all workers share it, and it survives a restart.

Unlike Django's, it adds to a counter in one statement, so none is lost between two workers. Values
are JSON.
"""

import json
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection, transaction
from django.utils import timezone

from quiz.web.models import CacheEntry

NEVER = datetime(9999, 1, 1, tzinfo=UTC)

INSERT = """
    INSERT INTO quiz_cacheentry (key, value, expires_at) VALUES (%s, %s, %s)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
"""
INSERT_IF_EXPIRED = f"{INSERT} WHERE quiz_cacheentry.expires_at <= %s"
ADD_TO_COUNTER = """
    UPDATE quiz_cacheentry SET value = CAST(CAST(value AS BIGINT) + %s AS TEXT)
    WHERE key = %s AND expires_at > %s RETURNING value
"""


class DatabaseCache(BaseCache):
    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        rows = CacheEntry.objects.valid(timezone.now()).filter(pk=self._checked(key, version))
        value = rows.values_list("value", flat=True).first()
        return default if value is None else json.loads(value)

    def set(
        self,
        key: Any,
        value: Any,
        timeout: Any = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        _execute(INSERT, self._checked(key, version), json.dumps(value), self._end(timeout))

    def add(
        self,
        key: Any,
        value: Any,
        timeout: Any = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        row = self._checked(key, version), json.dumps(value), self._end(timeout)
        changed, _value = _execute(INSERT_IF_EXPIRED, *row, timezone.now())
        return changed == 1

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Add to a counter, and return it. Raises ValueError if there is none, or it has ended."""
        _changed, value = _execute(
            ADD_TO_COUNTER, delta, self._checked(key, version), timezone.now(), returns_value=True
        )
        if value is None:
            raise ValueError(f"There is no counter {key!r}.")
        return int(value)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        rows = CacheEntry.objects.valid(timezone.now()).filter(pk=self._checked(key, version))
        with transaction.atomic():
            return rows.update(expires_at=self._end(timeout)) == 1

    def delete(self, key: Any, version: int | None = None) -> bool:
        with transaction.atomic():
            deleted, _by_model = CacheEntry.objects.filter(pk=self._checked(key, version)).delete()
        return deleted == 1

    def clear(self) -> None:
        with transaction.atomic():
            CacheEntry.objects.all().delete()

    def _checked(self, key: Any, version: int | None) -> str:
        return self.make_and_validate_key(key, version=version)

    def _end(self, timeout: Any) -> datetime:
        """When an entry ends that lasts `timeout` seconds; None is forever."""
        end = self.get_backend_timeout(timeout)
        return NEVER if end is None else datetime.fromtimestamp(end, UTC)


def _execute(statement: str, *values: Any, returns_value: bool = False) -> tuple[int, str | None]:
    """Run a statement in a transaction, because on SQLite threads queue for those.

    It needs no savepoint in another one: what follows a failed statement doesn't run either.
    Return how many rows it changed, and the value that it returned, if any.
    """
    adapted = [
        connection.ops.adapt_datetimefield_value(each) if isinstance(each, datetime) else each
        for each in values
    ]
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(statement, adapted)
        row = cursor.fetchone() if returns_value else None
        return cursor.rowcount, row[0] if row else None
