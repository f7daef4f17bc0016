"""Norms, frozen from real attempts."""

from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from quiz.core.norms import NormGroup
from quiz.core.precision import Norms
from quiz.questionnaires.models.version import QuestionnaireVersion

LANGUAGE_LENGTH = 12


class NormSetQuerySet(models.QuerySet["NormSet"]):
    def in_use(self, version_id: int, language: str) -> "NormSet | None":
        """The norms for new results of a version; None while these use the defaults."""
        return self.filter(version=version_id, language=language).order_by("-number").first()

    def next_number(self) -> int:
        return (self.aggregate(last=Max("number"))["last"] or 0) + 1


class NormSet(models.Model):
    """Norms frozen under a number; they never change."""

    number = models.PositiveIntegerField(_("number"), unique=True)
    version = models.ForeignKey(QuestionnaireVersion, models.PROTECT, related_name="norm_sets")
    language = models.CharField(_("language"), max_length=LANGUAGE_LENGTH)
    people = models.PositiveIntegerField(_("people"))
    since = models.CharField(_("since"), max_length=7)
    until = models.CharField(_("until"), max_length=7)
    mean = models.JSONField()
    sd = models.JSONField()
    reliability = models.JSONField()
    correlations = models.JSONField()
    mean_lean = models.FloatField()
    points = models.JSONField()
    frozen_at = models.DateTimeField(_("frozen"))
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    objects = NormSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("norms")
        verbose_name_plural = _("norms")
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"Norms {self.number}"

    @classmethod
    def of(cls, group: NormGroup, **more: Any) -> "NormSet":
        """Make an unsaved row for these norms."""
        return cls(
            number=group.norms.number,
            people=group.people,
            since=group.since,
            until=group.until,
            mean=dict(group.mean),
            sd=dict(group.norms.sd),
            reliability=dict(group.norms.reliability),
            correlations=[[a, b, r] for (a, b), r in group.norms.correlations.items()],
            mean_lean=group.norms.mean_lean,
            points={trait: list(counts) for trait, counts in group.points.items()},
            **more,
        )

    def group(self) -> NormGroup:
        """Return the norms and the people behind them as plain data."""
        norms = Norms(
            number=self.number,
            sd=self.sd,
            reliability=self.reliability,
            correlations={(a, b): r for a, b, r in self.correlations},
            mean_lean=self.mean_lean,
            people=self.people,
        )
        return NormGroup(norms, self.since, self.until, mean=self.mean, points=self.points)


@cache
def frozen_norms(number: int) -> NormGroup:
    """Load norms once per process: frozen ones can't go stale."""
    return NormSet.objects.get(number=number).group()


def norms_in_use(version_id: int, language: str) -> Norms | None:
    """Return the norms for a new result; None while there are only the defaults."""
    # This runs for every finished attempt; building the statement costs more than running it.
    statement = "SELECT MAX(number) FROM quiz_normset WHERE version_id = %s AND language = %s"
    with connection.cursor() as cursor:
        cursor.execute(statement, [version_id, language])
        number = cursor.fetchone()[0]
    return frozen_norms(number).norms if number else None
