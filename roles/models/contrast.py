"""Sales and customer service side by side: what differs, what both need, what the words mean."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from translated_fields import TranslatedFieldWithFallback as Translated

from roles.models.role import Role


class Difference(models.Model):
    """A row of the comparison of sales and customer service, at one level."""

    level = models.CharField(_("level"), max_length=10, choices=Role.Level)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    topic = Translated(models.CharField(_("topic"), max_length=80))
    sales = Translated(models.TextField(_("in sales")))
    service = Translated(models.TextField(_("in customer service")))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        ordering = ["level", "order", "pk"]

    def __str__(self) -> str:
        return self.topic


class SharedSkill(models.Model):
    """A skill that both fields need."""

    order = models.PositiveSmallIntegerField(_("order"), default=0)
    name = Translated(models.CharField(_("name"), max_length=80))
    meaning = Translated(models.TextField(_("what it is")))
    in_sales = Translated(models.TextField(_("in sales")))
    in_service = Translated(models.TextField(_("in customer service")))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("shared skill")
        verbose_name_plural = _("shared skills")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class Passage(models.Model):
    """A heading and a text that comparisons show: definitions, and a question with its answer."""

    key = models.SlugField(
        _("short name"),
        unique=True,
        help_text=_("The name by which pages find this text; visitors never see it. Keep it."),
    )
    heading = Translated(models.CharField(_("heading"), max_length=120))
    text = Translated(
        models.TextField(
            _("text"),
            help_text=_("What visitors read; an empty line begins a new paragraph."),
        )
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.heading
