"""Whether people could see themselves doing a role, and how many said so by band and fit."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from quiz.models.evidence import LANGUAGE_LENGTH
from quiz.models.questionnaire import QuestionnaireVersion


class Liking(models.Model):
    """What somebody said of a role after their result."""

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        UNSURE = "unsure", _("Not sure")
        NO = "no", _("No")

    attempt = models.ForeignKey("quiz.Attempt", models.CASCADE, related_name="likings")
    role = models.SlugField()
    answer = models.CharField(max_length=6, choices=Answer)
    said_at = models.DateTimeField()

    class Meta:
        verbose_name = _("liking")
        verbose_name_plural = _("likings")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "role"], name="one_liking_of_a_role"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.answer}"


class LikingCount(models.Model):
    """How many, of first and unflagged attempts alone, said the same of roles that fit alike.

    `fit` is the lowest of ten points (0, 10 .. 90) of their fit for the role's field.
    """

    class Side(models.TextChoices):
        """Whether the role's field was suggested."""

        SUGGESTED = "suggested", _("suggested")
        OTHER = "other", _("the other one")
        NEITHER = "neither", _("none was suggested")

    version = models.ForeignKey(QuestionnaireVersion, models.PROTECT, related_name="+")
    language = models.CharField(max_length=LANGUAGE_LENGTH)
    band = models.CharField(max_length=12)
    side = models.CharField(max_length=9, choices=Side)
    fit = models.PositiveSmallIntegerField()
    answer = models.CharField(max_length=6, choices=Liking.Answer)
    people = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("count of likings")
        verbose_name_plural = _("counts of likings")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "language", "band", "side", "fit", "answer"],
                name="one_count_of_likings",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.people} x {self.answer}"
