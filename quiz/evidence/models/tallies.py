"""Tallies, and which attempts are counted in them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from quiz.questionnaires.models.norms import LANGUAGE_LENGTH
from quiz.questionnaires.models.version import QuestionnaireVersion


class Tally(models.Model):
    """The counts of one version in one language, as `quiz.tally.Tally.to_data` writes them."""

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
    """That an attempt is in its tally, as it stood at a revision.

    It was left after so many pages of statements; None says that it was finished.
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
        return f"Attempt {self.attempt_id} is in"


class FoldingQuerySet(models.QuerySet["Folding"]):
    def locked(self) -> "Folding":
        """Return the one row; until the transaction ends, nobody else changes any tally."""
        return self.select_for_update().get_or_create(pk=1)[0]


class Folding(models.Model):
    """How far folding has come, in one row, whose lock lets one at a time change tallies.

    All that was saved until `saved_at` has been looked at; `folded_at` nothing more was waiting.
    """

    saved_at = models.DateTimeField(null=True)
    folded_at = models.DateTimeField(null=True)

    objects = FoldingQuerySet.as_manager()

    class Meta:
        verbose_name = _("folding")
        verbose_name_plural = _("foldings")

    def __str__(self) -> str:
        return f"Folded up to {self.saved_at}"
