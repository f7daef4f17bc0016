"""Read finished attempts in batches and rescore them under a draft."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from quiz.attempts.as_text import as_text
from quiz.attempts.models.attempt import Attempt
from quiz.core.packing import answers_in_full, figures_in_full
from quiz.core.precision import Norms
from quiz.core.questionnaire import Questionnaire
from quiz.core.verdict import Verdict
from quiz.evidence.batch import LEVELS
from quiz.evidence.impact import Impact, ImpactCount
from quiz.questionnaires.models.norms import frozen_norms
from quiz.questionnaires.models.version import frozen_questionnaire

NEWEST = 20_000
BATCH = 2_000


class StoredResult(msgspec.Struct, frozen=True, gc=False):
    """The parts of a stored result that an impact needs; all are None or empty if it is damaged."""

    norms: int | None = None
    band: str | None = None
    field: str | None = None
    flags: tuple[dict[str, str], ...] = ()


class Row(NamedTuple):
    version_id: int
    language: str
    answers: str  # JSON
    result: StoredResult


_stored_result = msgspec.json.Decoder(StoredResult)


def measure_impact(
    draft: Questionnaire, norms: Norms | None = None, newest: int = NEWEST
) -> Impact:
    """Measure a draft's effect on the newest finished attempts, in constant memory.

    `norms` are the norms that the draft would use; None means the defaults.
    """
    count = ImpactCount(draft, norms)
    rows = _newest_finished(newest)
    while batch := list(islice(rows, BATCH)):
        groups: dict[tuple[int, str, int | None], list[Row]] = defaultdict(list)
        for row in batch:
            groups[row.version_id, row.language, row.result.norms].append(row)
        for (version_id, language, number), group in groups.items():
            _add(count, frozen_questionnaire(version_id), language, _norms(number), group)
    return count.impact()


def _norms(number: int | None) -> Norms | None:
    return frozen_norms(number).norms if number else None


def _newest_finished(newest: int) -> Iterator[Row]:
    finished = Attempt.objects.filter(finished_at__isnull=False).order_by("-finished_at", "-id")
    columns = ("version_id", "language", as_text("answers"), as_text("result"))
    for version_id, language, answers, result in finished.values_list(*columns)[:newest].iterator(
        chunk_size=BATCH
    ):
        answered = frozen_questionnaire(version_id)
        yield Row(
            version_id,
            language,
            answers_in_full(answered, answers),
            _stored(figures_in_full(answered, result)),
        )


def _stored(result: str) -> StoredResult:
    try:
        return _stored_result.decode(result)
    except msgspec.DecodeError:
        return StoredResult()


def _add(
    count: ImpactCount,
    answered: Questionnaire,
    language: str,
    norms: Norms | None,
    rows: list[Row],
) -> None:
    keys = [item.key for item in answered.items]
    table, codes, levels = [], [], []
    for row in rows:
        values = _values(answered, keys, row.answers)
        verdict = Verdict.find(row.result.band, row.result.field or "")
        if values is None or verdict is None:
            continue
        table.append(values)
        codes.append(verdict.order)
        levels.append(_level(row.result.flags))
    count.add_damaged(len(rows) - len(table))
    if table:
        columns: NDArray[np.int16] = np.array(table, dtype=np.int16).T
        by_key = dict(zip(keys, columns, strict=True))
        before, flag_levels = np.array(codes, dtype=np.int8), np.array(levels, dtype=np.int8)
        count.add(answered, language, by_key, before, flag_levels, norms)


def _values(answered: Questionnaire, keys: list[str], text: str) -> list[int] | None:
    """Return the answers in the order of `keys`; None if they don't fit the version."""
    try:
        answers = msgspec.json.decode(text)
        values = [answers[key]["value"] for key in keys]
    except (KeyError, TypeError, msgspec.DecodeError):
        return None
    low, high = answered.low, answered.high
    is_sound = all(type(value) is int and low <= value <= high for value in values)
    return values if is_sound else None


def _level(flags: Iterable[Mapping[str, str]]) -> int:
    """Return the index in `batch.LEVELS` of the worst flag."""
    levels = {flag.get("level") for flag in flags}
    return next((n for n in (2, 1) if LEVELS[n] in levels), 0)
