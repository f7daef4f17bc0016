"""Read shared results as rows of text cells."""

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    Case,
    ExpressionWrapper,
    F,
    IntegerField,
    QuerySet,
    When,
)
from django.db.models.functions import Cast

from quiz.attempts.as_text import as_text
from quiz.core.packing import answers_in_full, figures_in_full
from quiz.counseling.exporting.expressions import Keys, TagsOf
from quiz.counseling.models import Counselor, Disclosure
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.questionnaires.models.version import frozen_questionnaire
from quiz.results.tables.columns import Columns
from quiz.results.tables.lines import safe_text
from quiz.results.tables.values import SHOWING_ANSWERS, ValueReader
from quiz.web.names import fold


class Row(NamedTuple):
    """The cells of one result: about the client, as typed, and all others separated by commas.

    No cell in `others` contains a comma, a quote or a line break.
    """

    of_whom: tuple[str, ...]
    others: str

    @property
    def cells(self) -> list[str]:
        return [*self.of_whom, *self.others.split(",")]


class RowReader:
    """Reads rows with these columns, and only of one counselor's clients.

    Groups, tags and versions are read once, with the first row.
    """

    def __init__(self, counselor: Counselor, columns: Columns) -> None:
        self._counselor = counselor
        self._values = ValueReader(columns)
        self._tag_cell = lru_cache(maxsize=1024)(self._make_tag_cell)

    @cached_property
    def _group_cells(self) -> dict[str | None, str]:
        groups = self._counselor.groups.values_list(as_text("pk"), "name")
        return {key: safe_text(name) for key, name in groups}

    @cached_property
    def _tags(self) -> dict[str, str]:
        return dict(self._counselor.tags.values_list(as_text("pk"), "name"))

    @cached_property
    def _numbers(self) -> dict[int, int | None]:
        return dict(QuestionnaireVersion.objects.values_list("pk", "number"))

    def _make_tag_cell(self, keys: str | None) -> str:
        """Return tag names in alphabetical order, separated by semicolons."""
        names = (self._tags.get(key, "") for key in (keys or "").split(","))
        return safe_text(
            "; ".join(sorted(filter(None, names), key=lambda name: (fold(name), name)))
        )

    def rows(self, attempt_ids: Sequence[int]) -> Iterator[Row]:
        """Yield one row for each of these attempts that is still shared, in the same order."""
        for found in self._found(attempt_ids):
            yield self._row(*found)

    def _found(self, attempt_ids: Sequence[int]) -> QuerySet[Disclosure, Any]:
        # With a plain filter, SQLite would scan all of the counselor's rows for every batch. It has
        # no index for a sum, so it looks up the attempts first.
        owner = ExpressionWrapper(F("client__counselor_id") + 0, BigIntegerField())
        return (
            Disclosure.objects.alias(owner=owner)
            .filter(owner=self._counselor.pk, attempt__in=Keys(attempt_ids))
            .order_by("attempt_id")
            .values_list(
                *(as_text("client_id"), "client__name", "client__email"),
                *(as_text("client__group_id"), TagsOf("client_id")),
                *("scope", as_text("at"), as_text("attempt__finished_at")),
                *("attempt__version_id", "attempt__language"),
                *(Cast("attempt__is_first", IntegerField()), as_text("attempt__result")),
                # Answers outside the scope don't even leave the database.
                Case(When(scope__in=SHOWING_ANSWERS, then=as_text("attempt__answers"))),
            )
        )

    def _row(
        self,
        client_id: str,
        name: str,
        email: str,
        group: str | None,
        tags: str | None,
        scope: str,
        at: str,
        finished_at: str,
        version: int,
        language: str,
        is_first: int,
        result: str,
        answers: str | None,
    ) -> Row:
        of_whom = (
            _dashed(client_id),
            safe_text(name),
            safe_text(email),
            self._group_cells.get(group, ""),
            self._tag_cell(tags),
        )
        questionnaire = frozen_questionnaire(version)
        values = self._values.cells(
            scope,
            figures_in_full(questionnaire, result),
            answers and answers_in_full(questionnaire, answers),
        )
        times = f"{_moment(at)},{_moment(finished_at)}"
        return Row(
            of_whom, f"{scope},{times},{self._numbers[version]},{language},{is_first},{values}"
        )


def _moment(text: str) -> str:
    """Turn a UTC time from the database into ISO 8601, to the second."""
    return f"{text[:10]}T{text[11:19]}Z"


def _dashed(key: str) -> str:
    """Format a UUID as in page addresses. SQLite stores it without dashes."""
    if "-" in key:
        return key
    return f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"
