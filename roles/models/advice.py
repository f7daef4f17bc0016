"""Practical advice for people who consider a role: a day, ways in, what to search for."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from translated_fields import TranslatedFieldWithFallback as Translated

from roles.models.figure import Source
from roles.models.role import Role


class Kind(models.TextChoices):
    """What a piece of advice is about, in the order of the page."""

    DAY = "day", _("a typical day")
    WAY_IN = "way_in", _("how to get in")
    SEARCH = "search", _("what to search for")
    TRAINING = "training", _("training")
    INTERVIEW = "interview", _("interview questions")
    ASK = "ask", _("questions to ask the employer")
    HARD = "hard", _("what people find hard")
    LEADS_TO = "leads_to", _("where it leads")
    TRY = "try", _("next steps")


KIND_HELP = _("The part of the job page that shows this.")


class AdviceSummary(models.Model):
    """What all advice of one kind comes down to; a job page shows it before the rest is opened."""

    role = models.ForeignKey(
        Role, models.CASCADE, related_name="advice_summaries", verbose_name=_("role")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, help_text=KIND_HELP)
    text = Translated(
        models.CharField(
            _("summary"),
            max_length=120,
            help_text=_("The most important fact, in up to 12 words."),
        )
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("summary of advice")
        verbose_name_plural = _("summaries of advice")
        ordering = ["role", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_summary_per_kind", fields=["role", "kind"])
        ]

    def __str__(self) -> str:
        return str(self.text)


class Advice(models.Model):
    role = models.ForeignKey(Role, models.CASCADE, related_name="advice", verbose_name=_("role"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, help_text=KIND_HELP)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    title = Translated(
        models.CharField(
            _("title"),
            max_length=160,
            help_text=_("A time of day, a job title, a question, or what to do."),
        )
    )
    text = Translated(
        models.CharField(
            _("text"), max_length=400, blank=True, help_text=_("One to three short sentences.")
        )
    )
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="advice",
        verbose_name=_("source"),
        help_text=_("Leave empty if this is common knowledge."),
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("advice")
        verbose_name_plural = _("advice")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return str(self.title)
