"""One person's attempt at a questionnaire: one row, written only by guarded updates."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NoReturn, Self, cast
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.expressions import Col, Combinable
from django.db.models.functions import Coalesce, NullIf
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from organization.current import current_organization
from quiz.attempts.codes import hash_of, new_code
from quiz.attempts.packed import AnswersField, PackedField, ResultField
from quiz.core.precision import Norms
from quiz.core.questionnaire import Questionnaire
from quiz.core.sitting import Sitting
from quiz.questionnaires.models.norms import norms_in_use
from quiz.questionnaires.models.version import QuestionnaireVersion, frozen_questionnaire
from quiz.web import metrics
from quiz.web.addresses import address
from quiz.web.fields import CleanNameField

NEXT_STEP_LENGTH = 200

DELETE_WITH = (
    "Delete attempts with quiz.evidence.folding.delete_attempts: it updates the tallies too."
)


# The condition of an index, which databases use only for a statement that has it too.
IN_SERIES = Q(series__gt="")


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def start(
        self,
        version_id: int,
        *,
        language: str,
        is_first: bool,
        now: datetime,
        after: "Attempt | None" = None,
        client_id: UUID | None = None,
        code: str = "",
    ) -> tuple["Attempt", str]:
        """Start an attempt, and return it with the resume code that only its owner gets.

        `after` is the same person's attempt before it. The new one stays with the same counselor
        unless another counselor invites (`client_id`).
        """
        code = code or new_code()
        if client_id is None and after:
            client_id = after.client_id
        # In a transaction, so that on SQLite it waits for the write lock like every other write.
        with transaction.atomic():
            attempt = self.create(
                code_hash=hash_of(code),
                series=after.person if after else "",
                client_id=client_id,
                version_id=version_id,
                language=language,
                is_first=is_first,
                shows_sales_first=bool(secrets.randbits(1)),
                started_at=now,
                saved_at=now,
            )
        metrics.STARTED.add()
        attempt.code = code
        return attempt, code

    def by_code(self, code: str) -> "Attempt | None":
        with connection.cursor() as cursor:
            cursor.execute(_by_code(), [hash_of(code)])
            row = cursor.fetchone()
        if row is None:
            return None
        *values, has_result = row
        names = [field.attname for field in Attempt._meta.concrete_fields]
        attempt = Attempt.from_db(connection.alias, names, _converted(values))
        attempt.has_result = bool(has_result)
        attempt.code = code
        return attempt

    def by_any_code(self, codes: Iterable[str]) -> "Attempt | None":
        """Return the attempt of the first of these codes that opens one."""
        by_hash = {hash_of(code): code for code in codes}
        found = {attempt.code_hash: attempt for attempt in self.filter(code_hash__in=by_hash)}
        for code_hash, code in by_hash.items():
            if attempt := found.get(code_hash):
                attempt.code = code
                return attempt
        return None

    def of_same_person(self, attempt: "Attempt") -> Self:
        """Attempts that followed one another in one browser, oldest first."""
        return self.filter(_is_of(attempt.person)).order_by("started_at", "id")

    def newest_result_of(self, attempt: "Attempt") -> "Attempt | None":
        """Return the attempt itself if it is finished, else the person's newest finished one."""
        if attempt.is_finished:
            return attempt
        if not attempt.has_result:
            return None
        finished = self.of_same_person(attempt).filter(finished_at__isnull=False)
        return finished.order_by("-finished_at", "-id").first()

    def unfinished_past_keeping(self, now: datetime) -> Self:
        """Unfinished attempts that the site promised to have deleted by now."""
        # An attempt started after a result that is still kept stays: its code may open that result.
        keeps = current_organization()
        person = Coalesce(NullIf(OuterRef("series"), Value("")), OuterRef("code_hash"))
        kept = Attempt.objects.filter(_is_of(person), finished_at__gt=now - keeps.keep_finished)
        unfinished = self.filter(finished_at=None, saved_at__lte=now - keeps.keep_unfinished)
        return unfinished.exclude(Exists(kept))

    def results_past_keeping(self, now: datetime) -> Self:
        """Finished attempts that the site promised to have deleted by now."""
        return self.filter(finished_at__lte=now - current_organization().keep_finished)

    def for_research(self) -> Self:
        """Finished attempts that research may use, as their owners ticked."""
        return self.filter(allows_research=True, finished_at__isnull=False)

    def delete(self) -> NoReturn:
        """Always raise TypeError: this room can't subtract attempts from the tallies."""
        raise TypeError(DELETE_WITH)

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


def _is_of(person: "str | Combinable") -> Q:
    """Match a person's attempts; `person` is the code_hash of the first one."""
    return Q(code_hash=person) | Q(IN_SERIES, series=person)


# Every page of the quiz reads its attempt. Building the statement would cost more than running it.
@cache
def _by_code() -> str:
    columns = ", ".join(f"own.{field.column}" for field in Attempt._meta.concrete_fields)
    person = "COALESCE(NULLIF(own.series, ''), own.code_hash)"
    finished = "SELECT 1 FROM quiz_attempt AS other WHERE other.finished_at IS NOT NULL AND"
    return (
        f"SELECT {columns}, EXISTS ({finished} other.code_hash = {person})"  # noqa: S608
        f" OR EXISTS ({finished} other.series > '' AND other.series = {person})"
        " FROM quiz_attempt AS own WHERE own.code_hash = %s"
    )


@cache
def _columns(_vendor: str) -> list[tuple[Col, list[Any]]]:
    """Pair each column with what turns its value from the database into Python's."""
    columns = [field.get_col("own") for field in Attempt._meta.concrete_fields]
    compiler = Attempt.objects.all().query.get_compiler(connection=connection)
    converters = {place: found for place, (found, _) in compiler.get_converters(columns).items()}
    return [(column, converters.get(place, [])) for place, column in enumerate(columns)]


def _converted(values: Sequence[Any]) -> list[Any]:
    converted = []
    for value, (column, converters) in zip(values, _columns(connection.vendor), strict=True):
        for convert in converters:
            value = convert(value, column, connection)
        converted.append(value)
    return converted


class Attempt(Sitting, models.Model):
    """A visitor's sitting.

    `revision` counts the writes, so that two tabs can't overwrite each other unnoticed.
    """

    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    # The code_hash of the person's first attempt, which links all of theirs; empty in the first.
    series = models.CharField(max_length=64, default="", editable=False)
    # Most attempts have no client, so the index for it is a partial one, below.
    client = models.ForeignKey(
        "quiz.Client",
        models.SET_NULL,
        null=True,
        db_index=False,
        related_name="attempts",
        editable=False,
    )
    version = models.ForeignKey(
        QuestionnaireVersion, models.PROTECT, related_name="attempts", editable=False
    )
    language = models.CharField(max_length=12, editable=False)
    is_first = models.BooleanField(editable=False)
    shows_sales_first = models.BooleanField(editable=False)
    answers = AnswersField(default=dict, editable=False)
    background = models.JSONField(default=dict, editable=False)
    result = ResultField(null=True, editable=False)
    allows_research = models.BooleanField(default=False, editable=False)
    # What the owner of the result wants to do next, in their own words.
    next_step = CleanNameField(max_length=NEXT_STEP_LENGTH, blank=True, default="", editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)
    started_at = models.DateTimeField(editable=False)
    saved_at = models.DateTimeField(editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [
            models.CheckConstraint(
                name="finished_has_result",
                condition=Q(finished_at=None, result__isnull=True)
                | Q(finished_at__isnull=False, result__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["series"], name="attempt_in_series", condition=IN_SERIES),
            models.Index(
                fields=["client"],
                name="attempt_of_client",
                condition=Q(client__isnull=False),
            ),
            models.Index(
                "code_hash",
                name="attempt_for_research",
                condition=Q(allows_research=True, finished_at__isnull=False),
            ),
            # For the unfinished attempts that are deleted after a while; most others have finished.
            models.Index(
                fields=["saved_at", "id"],
                name="attempt_unfinished",
                condition=Q(finished_at=None),
            ),
            # For the newest and the oldest finished attempts; unfinished ones are not in the index.
            # Ascending, so that new entries come last: that fills its pages.
            models.Index(
                fields=["finished_at", "id"],
                name="attempt_finished",
                condition=Q(finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Attempt {self.pk}"

    @property
    def keep_until(self) -> datetime:
        """When the site deletes this attempt, unless its owner continues before then."""
        keeps = current_organization()
        if self.finished_at:
            return self.finished_at + keeps.keep_finished
        own = self.saved_at + keeps.keep_unfinished
        results = Attempt.objects.of_same_person(self).filter(finished_at__isnull=False)
        newest = results.order_by().aggregate(newest=models.Max("finished_at"))["newest"]
        return max(own, newest + keeps.keep_finished) if newest else own

    @cached_property
    def has_result(self) -> bool:
        """Whether this person has finished a quiz, this one or an earlier one.

        `by_code` reads it along with the row.
        """
        finished = Attempt.objects.of_same_person(self).filter(finished_at__isnull=False)
        return self.is_finished or finished.exists()

    @property
    def person(self) -> str:
        """The code_hash of the first attempt of the person who made this one."""
        return self.series or self.code_hash

    @property
    def mark(self) -> str:
        """Tells this attempt from others in the same browser; unlike the code, it opens nothing."""
        return self.code_hash[:12]

    @property
    def questionnaire(self) -> Questionnaire:
        return frozen_questionnaire(self.version_id)

    @property
    def norms(self) -> Norms | None:
        return norms_in_use(self.version_id, self.language)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Always raise TypeError, like the QuerySet."""
        raise TypeError(DELETE_WITH)

    def correct_background(self, answers: Mapping[str, str]) -> None:
        """Merge background answers, even after finishing: results don't depend on them."""
        background = self._background_with(answers)
        with transaction.atomic():
            Attempt.objects.filter(pk=self.pk).update(background=background)
        self.background = background

    def allow_research(self, is_allowed: bool) -> None:
        """Allow research to use all results of this person, or forbid it for all attempts."""
        attempts = Attempt.objects.of_same_person(self)
        if is_allowed:  # an unfinished attempt asks on its last page, and until then it is off
            attempts = attempts.filter(finished_at__isnull=False)
        with transaction.atomic():
            attempts.update(allows_research=is_allowed)

    def plan(self, next_step: str) -> bool:
        """Store the owner's next step with their result; False if there is no result anymore."""
        finished = Attempt.objects.filter(pk=self.pk, finished_at__isnull=False)
        with transaction.atomic():
            is_stored = finished.update(next_step=next_step) == 1
        self.next_step = next_step
        return is_stored

    def page_url(self, page: int) -> str:
        return address("quiz:answer_page", page)

    @property
    def start_url(self) -> str:
        return address("quiz:introduction")

    @property
    def result_url(self) -> str:
        return address("quiz:result")

    def _write(self, **changes: Any) -> bool:
        """Write and return True; if the row has changed since it was read, reload it instead."""
        fields = [cast("models.Field[Any, Any]", self._meta.get_field(name)) for name in changes]
        columns = ", ".join(f"{field.column} = %s" for field in fields)
        # Every saved page runs this. Building the statement would cost more than running it.
        statement = (
            f"UPDATE quiz_attempt SET revision = revision + 1, {columns} "  # noqa: S608
            "WHERE id = %s AND revision = %s AND finished_at IS NULL"
        )
        with transaction.atomic(), connection.cursor() as cursor:
            values = [
                field.get_db_prep_save(
                    field.packed(self, value) if isinstance(field, PackedField) else value,
                    connection,
                )
                for field, value in zip(fields, changes.values(), strict=True)
            ]
            cursor.execute(statement, [*values, self.pk, self.revision])
            is_written = cursor.rowcount == 1
        if not is_written:
            self.refresh_from_db()
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        self.revision += 1
        metrics.SAVED.add()
        if "result" in changes:
            metrics.FINISHED.add(self.result["band"], self.result["field"])
        return True
