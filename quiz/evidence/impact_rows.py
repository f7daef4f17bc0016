"""Read finished attempts in batches and rescore them under a draft."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
from django.db.models.fields.json import KT
from numpy.typing import NDArray

from quiz.attempts.models.attempt import Attempt
from quiz.core.precision import Norms
from quiz.core.questionnaire import Questionnaire
from quiz.core.verdict import Verdict
from quiz.evidence.batch import LEVELS
from quiz.evidence.impact import Impact, ImpactCount
from quiz.questionnaires.models.norms import frozen_norms
from quiz.questionnaires.models.version import frozen_questionnaire

NEWEST = 20_000
BATCH = 2_000

# version, language, number of the norms as text, answers by item key, band, field, flags as JSON
Row = tuple[int, str, str | None, Mapping[str, Any], str, str, str]


def measure_impact(
    draft: Questionnaire, norms: Norms | None = None, newest: int = NEWEST
) -> Impact:
    """Measure a draft's effect on the newest finished attempts, in constant memory.

    `norms` are the norms that the draft would use; None means the defaults.
    """
    count = ImpactCount(draft, norms)
    rows = _newest_finished(newest)
    while batch := list(islice(rows, BATCH)):
        groups: dict[tuple[int, str, str | None], list[Row]] = defaultdict(list)
        for row in batch:
            groups[row[:3]].append(row)
        for (version_id, language, number), group in groups.items():
            _add(count, frozen_questionnaire(version_id), language, _norms(number), group)
    return count.impact()


def _norms(number: str | None) -> Norms | None:
    return frozen_norms(int(number)).norms if number and number != "0" else None


def _newest_finished(newest: int) -> Iterator[Row]:
    finished = Attempt.objects.filter(finished_at__isnull=False)
    # Only these keys of the result, because all of it is larger than the answers.
    return (
        finished.order_by("-finished_at", "-id")
        .values_list(
            "version_id",
            "language",
            KT("result__norms"),
            "answers",
            KT("result__band"),
            KT("result__field"),
            KT("result__flags"),
        )[:newest]
        .iterator(chunk_size=BATCH)
    )


def _add(
    count: ImpactCount,
    answered: Questionnaire,
    language: str,
    norms: Norms | None,
    rows: list[Row],
) -> None:
    keys = [item.key for item in answered.items]
    table, codes, levels = [], [], []
    for _version, _language, _number, answers, band, field, flags in rows:
        values = _values(answered, keys, answers)
        verdict = Verdict.find(band, field or "")
        if values is None or verdict is None:
            continue
        table.append(values)
        codes.append(verdict.order)
        levels.append(_level(flags))
    count.add_damaged(len(rows) - len(table))
    if table:
        columns: NDArray[np.int16] = np.array(table, dtype=np.int16).T
        by_key = dict(zip(keys, columns, strict=True))
        before, flag_levels = np.array(codes, dtype=np.int8), np.array(levels, dtype=np.int8)
        count.add(answered, language, by_key, before, flag_levels, norms)


def _values(
    answered: Questionnaire, keys: list[str], answers: Mapping[str, Any]
) -> list[int] | None:
    """Return the answers in the order of `keys`; None if they don't fit the version."""
    try:
        values = [answers[key]["value"] for key in keys]
    except (KeyError, TypeError):
        return None
    low, high = answered.low, answered.high
    is_sound = all(type(value) is int and low <= value <= high for value in values)
    return values if is_sound else None


def _level(flags: str | None) -> int:
    """Return the index in `batch.LEVELS` of the worst flag in JSON."""
    return next((n for n in (2, 1) if f'"{LEVELS[n]}"' in (flags or "")), 0)
