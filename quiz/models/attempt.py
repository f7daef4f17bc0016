"""One person's way through a questionnaire: one row, written by guarded updates only."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quiz.models.questionnaire import QuestionnaireVersion, frozen_questionnaire
from quiz.questionnaire import Questionnaire
from quiz.scoring import Result, score

# Without letters that look or sound alike: I, L, O, U.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16  # times 5 bits: 80 bits

LONGEST_PAGE_TIME = timedelta(minutes=30)


def new_code() -> str:
    """Return a random code of 80 bits that names one attempt."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def hash_of(code: str) -> str:
    """Return what the database keeps of a code."""
    return hashlib.sha256(code.encode()).hexdigest()


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def start(
        self, version_id: int, *, language: str, is_first: bool, now: datetime
    ) -> tuple["Attempt", str]:
        """Begin an attempt; return it with the code that only its owner holds."""
        code = new_code()
        # In a transaction, so that on SQLite it takes its turn like every other write.
        with transaction.atomic():
            attempt = self.create(
                code_hash=hash_of(code),
                version_id=version_id,
                language=language,
                is_first=is_first,
                shows_sales_first=bool(secrets.randbits(1)),
                started_at=now,
                saved_at=now,
            )
        return attempt, code

    def by_code(self, code: str) -> "Attempt | None":
        # Every page of the quiz asks this. Building the statement anew costs more than running it.
        statement = "SELECT * FROM quiz_attempt WHERE code_hash = %s"
        return next(iter(self.raw(statement, [hash_of(code)])), None)


class Attempt(models.Model):
    """Answers by item key, each {"value", "position", "ms"}; when finished, the result beside them.

    "ms" joins an answer when its page is saved: until then its time runs on.

    `revision` counts the writes, so that two tabs can't overwrite each other unseen.
    """

    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    version = models.ForeignKey(
        QuestionnaireVersion, models.PROTECT, related_name="attempts", editable=False
    )
    language = models.CharField(max_length=12, editable=False)
    is_first = models.BooleanField(editable=False)
    shows_sales_first = models.BooleanField(editable=False)
    answers = models.JSONField(default=dict, editable=False)
    background = models.JSONField(default=dict, editable=False)
    result = models.JSONField(null=True, editable=False)
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

    def __str__(self) -> str:
        return f"Attempt {self.pk}"

    @property
    def mark(self) -> str:
        """Return what tells this attempt from others in its browser, and opens nothing."""
        return self.code_hash[:12]

    @property
    def questionnaire(self) -> Questionnaire:
        return frozen_questionnaire(self.version_id)

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None

    @property
    def is_empty(self) -> bool:
        return not self.is_finished and not self.answers

    def values(self) -> dict[str, int]:
        """Return the answers' values by item key."""
        return {key: answer["value"] for key, answer in self.answers.items()}

    def is_missing_answers(self, page: int) -> bool:
        """Say whether a statement of this page has no answer; background questions need none."""
        questionnaire = self.questionnaire
        if page > len(questionnaire.item_pages):
            return False
        return bool(questionnaire.unanswered(self.answers, page))

    def first_open_page(self) -> int:
        """Return the first page with an item unanswered, or the last page."""
        missing = self.questionnaire.unanswered(self.answers)
        return (
            self.questionnaire.page_of(missing[0].key) if missing else self.questionnaire.last_page
        )

    def keep_answers(self, values: Mapping[str, int], *, page: int) -> bool:
        """Merge answers of a page still open; False, and nothing written, when finished already."""
        while not self.is_finished:
            if self._write(answers=self.answers | self._answers_of_page(values, page)):
                return True
        return False

    def save_answers(self, values: Mapping[str, int], *, page: int, now: datetime) -> bool:
        """Merge a page's answers; False, and nothing written, when finished already."""
        while not self.is_finished:
            ms = self._ms_per_item(page, now)
            answers = self._answers_of_page(values, page)
            timed = {key: {**answer, "ms": ms} for key, answer in answers.items()}
            if self._write(answers=self.answers | timed, saved_at=now):
                return True
        return False

    def save_background(self, background: Mapping[str, str], *, now: datetime) -> bool:
        """Merge background answers; False, and nothing written, when finished already."""
        while not self.is_finished:
            if self._write(background=self._background_with(background), saved_at=now):
                return True
        return False

    def finish(self, background: Mapping[str, str], *, now: datetime) -> bool:
        """Score and close; False, and nothing written, when answers are missing or it is closed."""
        while not self.is_finished and not self.questionnaire.unanswered(self.answers):
            result = self._score().to_data()
            changes = {"background": self._background_with(background), "result": result}
            if self._write(**changes, saved_at=now, finished_at=now):
                return True
        return False

    def _background_with(self, answers: Mapping[str, str]) -> dict[str, str]:
        """Return the background answers with these; an empty one takes back what was there."""
        return {key: value for key, value in {**self.background, **answers}.items() if value}

    def _score(self) -> Result:
        seconds = {
            key: None if answer.get("ms") is None else answer["ms"] / 1000
            for key, answer in self.answers.items()
        }
        return score(self.questionnaire, self.values(), seconds=seconds)

    def _write(self, **changes: Any) -> bool:
        """Write unless the row has changed since it was read; if it has, read it again."""
        fields = [self._meta.get_field(name) for name in changes]
        columns = ", ".join(f"{field.column} = %s" for field in fields)
        # Every page saved does this. Building the statement anew costs more than running it.
        statement = (
            f"UPDATE quiz_attempt SET revision = revision + 1, {columns} "  # noqa: S608
            "WHERE id = %s AND revision = %s AND finished_at IS NULL"
        )
        with transaction.atomic(), connection.cursor() as cursor:
            values = [
                field.get_db_prep_save(value, connection)
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
        return True

    def _answers_of_page(
        self, values: Mapping[str, int], page: int
    ) -> dict[str, dict[str, int | None]]:
        items = self.questionnaire.item_pages[page - 1]
        first_position = (page - 1) * self.questionnaire.items_per_page + 1
        return {
            item.key: {
                **self.answers.get(item.key, {}),
                "value": values[item.key],
                "position": position,
            }
            for position, item in enumerate(items, start=first_position)
            if item.key in values
        }

    def _ms_per_item(self, page: int, now: datetime) -> int | None:
        """Return the page's time by its first save, shared out among its items; None if unknown."""
        items = self.questionnaire.item_pages[page - 1]
        for item in items:
            if "ms" in self.answers.get(item.key, {}):
                return self.answers[item.key]["ms"]
        taken = now - self.saved_at
        if not timedelta(0) <= taken <= LONGEST_PAGE_TIME:
            return None
        return round(taken / timedelta(milliseconds=1) / len(items))
