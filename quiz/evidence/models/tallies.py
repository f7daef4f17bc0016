"""Tallies and the attempts counted in them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from quiz.questionnaires.models.norms import LANGUAGE_LENGTH
from quiz.questionnaires.models.version import QuestionnaireVersion


class Tally(models.Model):
    """Counts for one version in one language, as written by `TallyCounts.to_data`."""

    version = models.ForeignKey(QuestionnaireVersion, models.PROTECT, related_name="tallies")
    language = models.CharField(max_length=LANGUAGE_LENGTH)
    data = models.JSONField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints = [
            models.UniqueConstraint(fields=["version", "language"], name="one_tally_each"),
        ]

    def __str__(self) -> str:
        return f"Tally of version {self.version_id} in {self.language}"


class TalliedAttempt(models.Model):
    """Marks an attempt as counted in its tally, as of a revision.

    `pages` is how many pages of statements were complete; None if the attempt was finished.
    """

    attempt = models.OneToOneField(
        "quiz.Attempt", models.CASCADE, primary_key=True, related_name="tallied"
    )
    revision = models.PositiveIntegerField()
    pages = models.PositiveSmallIntegerField(null=True)

    class Meta:
        verbose_name = _("tallied attempt")
        verbose_name_plural = _("tallied attempts")

    def __str__(self) -> str:
        return f"Attempt {self.attempt_id} is counted"


class FoldingQuerySet(models.QuerySet["Folding"]):
    def locked(self) -> "Folding":
        """Lock and return the only row. No one else changes a tally until the transaction ends."""
        return self.select_for_update().get_or_create(pk=1)[0]


class Folding(models.Model):
    """How far counting has come. There is one row; changing a tally takes its lock.

    Every attempt saved up to `saved_at` was looked at. At `folded_at` none was left to count.
    """

    saved_at = models.DateTimeField(null=True)
    folded_at = models.DateTimeField(null=True)

    objects = FoldingQuerySet.as_manager()

    class Meta:
        verbose_name = _("counting progress")
        verbose_name_plural = _("counting progress")

    def __str__(self) -> str:
        return f"Counted up to {self.saved_at}"
