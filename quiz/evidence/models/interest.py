"""People's interest in roles, and counts of it by band and fit."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import msgspec
from django.db import models, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from quiz.attempts.as_text import as_text
from quiz.attempts.models.attempt import Attempt
from quiz.core.packing import figures_in_full
from quiz.core.suggestions import FIELDS_AND_LEVELS
from quiz.evidence import interest_rates
from quiz.evidence.interest_rates import (
    Cell,
    InterestRates,
    cell_of,
    cell_of_person,
    rates_by_band_and_fit,
)
from quiz.evidence.models.tallies import Folding
from quiz.questionnaires.models.norms import LANGUAGE_LENGTH
from quiz.questionnaires.models.version import QuestionnaireVersion, frozen_questionnaire


class InterestQuerySet(models.QuerySet["Interest"]):
    def say(self, attempt: Attempt, said: Mapping[str, str], now: datetime) -> None:
        """Save answers by role slug, and update the counts.

        Raises Attempt.DoesNotExist if the attempt was deleted in the meantime.
        """
        with transaction.atomic():
            Folding.objects.locked()
            # Deleting an attempt takes the same lock, so this one stays until we have saved.
            if not Attempt.objects.filter(pk=attempt.pk, finished_at__isnull=False).exists():
                raise Attempt.DoesNotExist
            before = dict(self.filter(attempt=attempt).values_list("role", "answer"))
            changed = {role: answer for role, answer in said.items() if before.get(role) != answer}
            self.bulk_create(
                [
                    Interest(attempt=attempt, role=role, answer=answer, said_at=now)
                    for role, answer in changed.items()
                ],
                update_conflicts=True,
                unique_fields=["attempt", "role"],
                update_fields=["answer", "said_at"],
            )
            if attempt.is_first:
                result = msgspec.convert(attempt.result, StoredResult)
                key = (attempt.version_id, attempt.language)
                counts = _counts(key, result, before | changed)
                counts.subtract(_counts(key, result, before))
                InterestCount.objects.adjust(counts)


class Interest(models.Model):
    """An answer to "Could you see yourself doing this?" about one role."""

    class Answer(models.TextChoices):
        YES = interest_rates.YES, _("Yes")
        UNSURE = interest_rates.UNSURE, _("Not sure")
        NO = interest_rates.NO, _("No")

    attempt = models.ForeignKey("quiz.Attempt", models.CASCADE, related_name="interests")
    role = models.SlugField()
    answer = models.CharField(max_length=6, choices=Answer)
    said_at = models.DateTimeField()

    objects = InterestQuerySet.as_manager()

    class Meta:
        db_table = "quiz_liking"
        verbose_name = _("interest")
        verbose_name_plural = _("interests")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "role"], name="one_liking_of_a_role"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.answer}"


class CountKey(NamedTuple):
    version_id: int
    language: str
    band: str
    side: str
    fit: int
    answer: str


class InterestCountQuerySet(models.QuerySet["InterestCount"]):
    def adjust(self, counts: "Counter[CountKey]") -> None:
        """Add counts (negative ones too), and delete rows that reach 0. Needs `Folding.locked`."""
        for key, people in sorted(counts.items()):
            row = key._asdict()
            if people and not self.filter(**row).update(people=F("people") + people):
                self.create(**row, people=people)
        self.filter(people=0).delete()


class InterestCount(models.Model):
    """How many people gave an answer, by band, side and fit; first, unflagged attempts only.

    `fit` is the start (0, 10 .. 90) of a ten-point step of the fit for the role's field. Someone
    who gives the same answer about both levels of a field counts twice. A row with an empty side
    and answer counts each person who answered anything once.
    """

    class Side(models.TextChoices):
        """How the role's field relates to the suggestion."""

        SUGGESTED = interest_rates.SUGGESTED, _("suggested")
        OTHER = interest_rates.OTHER, _("the other one")
        NEITHER = interest_rates.NEITHER, _("none was suggested")

    version = models.ForeignKey(QuestionnaireVersion, models.PROTECT, related_name="+")
    language = models.CharField(max_length=LANGUAGE_LENGTH)
    band = models.CharField(max_length=12)
    side = models.CharField(max_length=9, choices=Side)
    fit = models.PositiveSmallIntegerField()
    answer = models.CharField(max_length=6, choices=Interest.Answer)
    people = models.PositiveIntegerField()

    objects = InterestCountQuerySet.as_manager()

    class Meta:
        db_table = "quiz_likingcount"
        verbose_name = _("interest count")
        verbose_name_plural = _("interest counts")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "language", "band", "side", "fit", "answer"],
                name="one_count_of_likings",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.people} x {self.answer}"


# ---------------------------------------------------------------- counting


class StoredResult(msgspec.Struct, frozen=True):
    """The parts of a stored result that decide where an answer counts."""

    band: str
    field: str
    lean: float
    flags: tuple[dict[str, str], ...]


_stored_result = msgspec.json.Decoder(StoredResult)


def subtract_interests(attempts: QuerySet[Attempt]) -> None:
    """Subtract the answers of these attempts from the counts. Needs `Folding.locked`."""
    counts = _all_counts(Interest.objects.filter(attempt__in=attempts.order_by().values("pk")))
    if counts:
        counts = Counter({key: -people for key, people in counts.items()})
        InterestCount.objects.adjust(counts)


def recount_interests() -> None:
    """Rebuild all counts. Needs `Folding.locked`."""
    InterestCount.objects.all().delete()
    counts = _all_counts(Interest.objects.all())
    InterestCount.objects.bulk_create(
        [InterestCount(**key._asdict(), people=people) for key, people in sorted(counts.items())]
    )


def rates_of(version_id: int, language: str) -> InterestRates | None:
    """Return the rates for a version in a language; None for too few people."""
    rows = InterestCount.objects.filter(version=version_id, language=language).values_list(
        *Cell._fields, "people"
    )
    return rates_by_band_and_fit((Cell(*cell), people) for *cell, people in rows)


def _all_counts(interests: QuerySet[Interest]) -> "Counter[CountKey]":
    rows = (
        interests.filter(attempt__is_first=True)
        .order_by("attempt_id")
        .values_list(
            "attempt_id",
            "attempt__version_id",
            "attempt__language",
            as_text("attempt__result"),
            "role",
            "answer",
        )
    )
    counts: Counter[CountKey] = Counter()
    for of_attempt, said in groupby(rows.iterator(), key=itemgetter(0, 1, 2, 3)):
        _attempt, version_id, language, text = of_attempt
        try:
            in_full = figures_in_full(frozen_questionnaire(version_id), text)
            result = _stored_result.decode(in_full)
        except msgspec.DecodeError:  # damaged: don't count it, but let it be deleted
            continue
        by_role = {role: answer for *_same, role, answer in said}
        counts.update(_counts((version_id, language), result, by_role))
    return counts


def _counts(
    key: tuple[int, str], result: StoredResult, said: Mapping[str, str]
) -> "Counter[CountKey]":
    """Return the counts that one person adds: none if their answers look careless."""
    if result.flags:
        return Counter()
    version_id, language = key
    return Counter(
        CountKey(version_id, language, **cell._asdict()) for cell in _cells(result, said)
    )


def _cells(result: StoredResult, said: Mapping[str, str]) -> Iterator[Cell]:
    if said:
        yield cell_of_person(result.band)
    for role, answer in said.items():
        field, _level = FIELDS_AND_LEVELS[role]
        yield cell_of(result.band, result.field, result.lean, field, answer)
