"""Write the research files wide.csv, long.csv and their codebook in one pass."""

import secrets
from collections.abc import Iterator, Sequence
from typing import IO, Any

from django.db.models import (
    BigIntegerField,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Subquery,
)

from quiz.attempts.as_text import as_text
from quiz.attempts.models import Attempt
from quiz.core.questionnaire import Questionnaire
from quiz.evidence.models import Interest
from quiz.evidence.research.codebook import HEADING, codebook_rows
from quiz.evidence.research.tables import LONG, ROLES, Row, Tables
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.questionnaires.models.version import frozen_questionnaire
from quiz.results.tables.lines import CheckedLines, line

FILES = ("wide.csv", "long.csv", "codebook.csv")
BATCH = 2_000


def write_research(files: Sequence[IO[bytes]], language: str) -> list[CheckedLines]:
    """Write the FILES, and return the row counts and checksums of each."""
    tables = Tables(_questionnaires())
    wide, long, codebook = checked = [CheckedLines() for _file in FILES]
    wide_file, long_file, codebook_file = files
    # These two are ASCII. Readers would take a byte order mark for part of the first name.
    wide_file.write(wide.heading(tables.wide_names, mark=b""))
    long_file.write(long.heading(LONG, mark=b""))
    for rows in _batches(list(tables.questionnaires)):
        lines = [tables.lines(_new_id(), row) for row in rows]
        wide_file.write(wide.body([of_result for of_result, _of_answers in lines]))
        long_file.write(long.body([each for _of_result, answers in lines for each in answers]))
    codebook_file.write(codebook.heading(HEADING))
    codebook_file.write(codebook.body([line(row) for row in codebook_rows(tables, language)]))
    return checked


def _new_id() -> str:
    # The leading letter keeps programs from reading an id as a number and rounding it.
    return f"r{secrets.token_hex(8)}"


def _questionnaires() -> dict[int, Questionnaire]:
    """Return the versions of the results shared for research, with one query for each version.

    A query for all of them would read every attempt. In the random order of code hashes, the first
    result of a version comes soon. The sum keeps databases from reading a version's attempts
    instead: only a few of them may be shared.
    """
    version_key = ExpressionWrapper(F("version_id") + 0, BigIntegerField())
    given = Attempt.objects.for_research().alias(version_key=version_key).order_by("code_hash")
    versions = QuestionnaireVersion.objects.exclude(status=QuestionnaireVersion.Status.DRAFT)
    return {
        key: frozen_questionnaire(key)
        for key in versions.values_list("pk", flat=True)
        if given.filter(version_key=key).values_list("pk")[:1]
    }


def _batches(version_ids: Sequence[int]) -> Iterator[list[Row]]:
    """Yield the results shared for research, in the order of code hashes, which is random.

    Each batch is a query of its own. No statement takes long, no transaction stays open, and a
    result withdrawn before its batch is left out.
    """
    last = ""
    # A version published in the meantime has no columns.
    given = Attempt.objects.for_research().filter(version__in=version_ids)
    while found := list(_rows(given.filter(code_hash__gt=last))[:BATCH]):
        last = found[-1][0]
        yield [
            Row(version_id, language, is_first, at, result, answers, tuple(about_roles))
            for _hash, version_id, language, is_first, at, result, answers, *about_roles in found
        ]


def _rows(attempts: QuerySet[Attempt]) -> QuerySet[Attempt, tuple[Any, ...]]:
    return attempts.order_by("code_hash").values_list(
        *("code_hash", "version_id", "language", "is_first"),
        *(as_text(name) for name in ("finished_at", "result", "answers")),
        *(_answer_about(role) for role in ROLES),
    )


def _answer_about(role: str) -> Subquery:
    return Subquery(Interest.objects.filter(attempt=OuterRef("pk"), role=role).values("answer"))
