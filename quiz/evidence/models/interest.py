"""Whether people could see themselves doing a role, and how many said so by band and fit."""

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
from quiz.core.suggestions import FIELDS_AND_LEVELS
from quiz.evidence import interest_rates
from quiz.evidence.interest_rates import (
    Cell,
    InterestRates,
    cell_of,
    cell_of_anybody,
    rates_by_band_and_fit,
)
from quiz.evidence.models.tallies import Folding
from quiz.questionnaires.models.norms import LANGUAGE_LENGTH
from quiz.questionnaires.models.version import QuestionnaireVersion


class InterestQuerySet(models.QuerySet["Interest"]):
    def say(self, attempt: Attempt, said: Mapping[str, str], now: datetime) -> None:
        """Keep what the owner of a result says of roles, by slug, and count it.

        Attempt.DoesNotExist if the attempt was deleted meanwhile.
        """
        with transaction.atomic():
            Folding.objects.locked()
            # Whoever deletes it takes the lock first: what is there now stays until this is kept.
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
                outcome = msgspec.convert(attempt.result, Outcome)
                key = (attempt.version_id, attempt.language)
                counts = _counts(key, outcome, before | changed)
                counts.subtract(_counts(key, outcome, before))
                InterestCount.objects.adjust(counts)


class Interest(models.Model):
    """What somebody said of a role after their result."""

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
    """Which row of counts."""

    version_id: int
    language: str
    band: str
    side: str
    fit: int
    answer: str


class InterestCountQuerySet(models.QuerySet["InterestCount"]):
    def adjust(self, counts: "Counter[CountKey]") -> None:
        """Add to the rows, or take away; under the lock of `Folding`. A row of nobody goes."""
        for key, people in sorted(counts.items()):
            row = key._asdict()
            if people and not self.filter(**row).update(people=F("people") + people):
                self.create(**row, people=people)
        self.filter(people=0).delete()


class InterestCount(models.Model):
    """How many, of first and unflagged attempts alone, said the same of roles that fit alike.

    `fit` is the lowest of ten points (0, 10 .. 90) of their fit for the role's field. Whoever says
    the same of a field's roles at both levels counts twice there; a row without side and answer
    counts who said anything, each once.
    """

    class Side(models.TextChoices):
        """Whether the role's field was suggested."""

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


class Outcome(msgspec.Struct, frozen=True):
    """What of a result decides where interests count."""

    band: str
    field: str
    lean: float
    flags: tuple[dict[str, str], ...]


_outcome = msgspec.json.Decoder(Outcome)


def take_out_interests(attempts: QuerySet[Attempt]) -> None:
    """Take what was said after these attempts out of the counts; under the lock of `Folding`."""
    counts = _all_counts(Interest.objects.filter(attempt__in=attempts.order_by().values("pk")))
    if counts:
        counts = Counter({key: -people for key, people in counts.items()})
        InterestCount.objects.adjust(counts)


def recount_interests() -> None:
    """Count from nothing, under the lock of `Folding`."""
    InterestCount.objects.all().delete()
    counts = _all_counts(Interest.objects.all())
    InterestCount.objects.bulk_create(
        [InterestCount(**key._asdict(), people=people) for key, people in sorted(counts.items())]
    )


def rates_of(version_id: int, language: str) -> InterestRates | None:
    """Return what people say of roles after results of a version; None of too few."""
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
        _attempt, version_id, language, result = of_attempt
        try:
            outcome = _outcome.decode(result)
        except msgspec.DecodeError:  # damaged: it is not counted, and can still be deleted
            continue
        by_role = {role: answer for *_same, role, answer in said}
        counts.update(_counts((version_id, language), outcome, by_role))
    return counts


def _counts(key: tuple[int, str], outcome: Outcome, said: Mapping[str, str]) -> "Counter[CountKey]":
    """Return what is counted of what one person said; nothing of careless answers."""
    if outcome.flags:
        return Counter()
    version_id, language = key
    return Counter(
        CountKey(version_id, language, **cell._asdict()) for cell in _cells(outcome, said)
    )


def _cells(outcome: Outcome, said: Mapping[str, str]) -> Iterator[Cell]:
    if said:
        yield cell_of_anybody(outcome.band)
    for role, answer in said.items():
        field, _level = FIELDS_AND_LEVELS[role]
        yield cell_of(outcome.band, outcome.field, outcome.lean, field, answer)
