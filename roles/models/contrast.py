"""Texts that compare sales and customer service: differences, shared skills, definitions."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from translated_fields import TranslatedFieldWithFallback as Translated

from roles.models.role import Role


class Difference(models.Model):
    """One row of the table that compares sales with customer service at a level."""

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
        return str(self.topic)


class SharedSkill(models.Model):
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
        return str(self.name)


class Passage(models.Model):
    """A heading and a text on comparison pages: a definition, or a question with its answer."""

    key = models.SlugField(
        _("short name"),
        unique=True,
        help_text=_("Pages find this text by it, so don't change it. Visitors never see it."),
    )
    heading = Translated(models.CharField(_("heading"), max_length=120))
    text = Translated(
        models.TextField(
            _("text"),
            help_text=_("What visitors read. Start a new paragraph with an empty line."),
        )
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        ordering = ["key"]

    def __str__(self) -> str:
        return str(self.heading)
