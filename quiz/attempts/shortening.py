"""Bring attempts from before the short form into it, and check that they read back the same."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection, transaction

from quiz.attempts.as_text import as_text
from quiz.attempts.models.attempt import Attempt
from quiz.core.packing import packed_answers, packed_result
from quiz.questionnaires.models.version import QuestionnaireVersion, frozen_questionnaire

# Small, so that visitors who save an answer don't have to wait.
BATCH = 100


@dataclass
class Shortened:
    """How many attempts there are, how many were shortened, and which ones keep the long form."""

    attempts: int = 0
    shortened: int = 0
    long: list[int] = field(default_factory=list)


class _Row(NamedTuple):
    """Columns of an attempt. JSON is database text."""

    pk: int
    revision: int
    version_id: int
    code_hash: str
    series: str
    answers: str
    result: str | None


def shorten(*, batch: int = BATCH, pause: float = 0) -> Shortened:
    """Shorten all attempts, each batch in its own transaction; a second run finds what is left.

    An attempt that doesn't read back the same stays as it was. On SQLite the same means byte for
    byte in JSON; PostgreSQL doesn't keep the order of keys. `pause` is in seconds; between batches
    it gives other writers a chance.
    """
    done = Shortened()
    for rows in _batches(batch):
        changes = {row: change for row in rows if (change := _change(row))}
        while differing := _differing_when_stored(changes):
            for row in differing:
                del changes[row]
        done.attempts += len(rows)
        done.shortened += len(changes)
        done.long += [row.pk for row in rows if _is_long(row, changes.get(row, {}))]
        if changes:
            time.sleep(pause)
    return done


def _batches(batch: int) -> Iterator[list[_Row]]:
    columns = ("pk", "revision", "version_id", "code_hash", "series")
    attempts = Attempt.objects.order_by("pk").values_list(
        *columns, as_text("answers"), as_text("result")
    )
    last = 0
    while rows := [_Row(*values) for values in attempts.filter(pk__gt=last)[:batch]]:
        yield rows
        last = rows[-1].pk


def _change(row: _Row) -> dict[str, Any]:
    """Return the columns that get shorter, with their new values."""
    change: dict[str, Any] = {"series": ""} if row.series == row.code_hash else {}
    if not _is_long(row, {}):
        return change
    try:
        questionnaire = frozen_questionnaire(row.version_id)
    except QuestionnaireVersion.DoesNotExist:  # a draft, whose items can still change
        return change
    stored = Attempt(version_id=row.version_id, answers=json.loads(row.answers))
    shorter = {"answers": packed_answers(questionnaire, stored.answers)}
    if row.result:
        result = json.loads(row.result)
        shorter["result"] = packed_result(questionnaire, stored.answers, result)
    return change | {name: value for name, value in shorter.items() if not isinstance(value, dict)}


def _is_long(row: _Row, change: Mapping[str, Any]) -> bool:
    """Whether the answers or the result keep the long form after a change."""
    has_long_answers = row.answers.startswith('{"') and "answers" not in change
    return has_long_answers or ((row.result or "").startswith("{") and "result" not in change)


def _differing_when_stored(changes: Mapping[_Row, Mapping[str, Any]]) -> list[_Row]:
    """Store the changes, unless some rows don't read back the same; return those."""
    if not changes:
        return []
    with transaction.atomic():
        for row, change in changes.items():
            # A save in between raises the revision, and writes the short form itself.
            Attempt.objects.filter(pk=row.pk, revision=row.revision).update(**change)
        now = Attempt.objects.in_bulk([row.pk for row in changes])
        differing = [row for row in changes if not _reads_the_same(row, now.get(row.pk))]
        if differing:
            transaction.set_rollback(True)
    return differing


def _reads_the_same(row: _Row, now: Attempt | None) -> bool:
    if now is None or now.revision != row.revision:  # deleted, or written since it was read
        return True
    before = _row_like(row)
    keeps_order = connection.vendor == "sqlite"
    return (
        now.person == before.person
        and _json(now.answers) == _json(before.answers)
        and _json(now.result, in_order=keeps_order) == _json(before.result, in_order=keeps_order)
    )


def _row_like(row: _Row) -> Attempt:
    return Attempt(
        version_id=row.version_id,
        code_hash=row.code_hash,
        series=row.series,
        answers=json.loads(row.answers),
        result=row.result and json.loads(row.result),
    )


def _json(data: Any, *, in_order: bool = False) -> str:
    return json.dumps(data, sort_keys=not in_order)
