"""Roles with their duties and skills."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from translated_fields import TranslatedFieldWithFallback as Translated


class RoleQuerySet(models.QuerySet["Role"]):
    def for_cards(self, slugs: list[str]) -> "dict[str, Role]":
        """Load roles by slug without their long texts, which a card doesn't show."""
        shown = ("slug", "field", "level", *Role.title.fields, *Role.summary.fields)
        return {role.slug: role for role in self.filter(slug__in=slugs).only(*shown)}


class Role(models.Model):
    class Field(models.TextChoices):
        SALES = "sales", _("sales")
        SERVICE = "service", _("customer service")

    class Level(models.TextChoices):
        INDIVIDUAL = "individual", _("without a team to lead")
        MANAGER = "manager", _("leading a team")

    slug = models.SlugField(
        _("address"),
        unique=True,
        help_text=_(
            "The last part of the page's address, such as sales-manager. If you change it, links "
            "break."
        ),
    )
    field = models.CharField(_("field"), max_length=10, choices=Field)
    level = models.CharField(_("level"), max_length=10, choices=Level)
    order = models.PositiveSmallIntegerField(
        _("order"), default=0, help_text=_("Position in lists of roles. 1 comes first.")
    )
    occupation_code = models.CharField(
        _("official code"),
        max_length=12,
        help_text=_("Code in the US Standard Occupational Classification (SOC), such as 43-4051."),
    )
    occupation_title = models.CharField(_("official title"), max_length=160)
    occupation_is_closest = models.BooleanField(
        _("closest official occupation only"),
        default=False,
        help_text=_(
            "Check this if no official occupation matches the role exactly. Pages then say so."
        ),
    )
    title = Translated(models.CharField(_("title"), max_length=80))
    title_plural = Translated(
        models.CharField(
            _("title, plural"),
            max_length=80,
            help_text=_("As in the middle of a sentence, such as “sales representatives”."),
        )
    )
    summary = Translated(
        models.CharField(
            _("summary"),
            max_length=200,
            help_text=_(
                "What people in this role do, in one sentence. Shown below the title and in lists "
                "of roles."
            ),
        )
    )
    work = Translated(
        models.TextField(
            _("what the work is"),
            help_text=_(
                "A few paragraphs separated by empty lines. Leave pay out: figures show it."
            ),
        )
    )
    measured_by = Translated(models.TextField(_("how the work is measured"), blank=True))
    pay_note = Translated(
        models.TextField(
            _("why pay figures differ"),
            blank=True,
            help_text=_(
                "Why one source reports more than another. Don't repeat amounts: figures show "
                "them. If empty, the page leaves it out."
            ),
        )
    )
    outlook_note = Translated(models.TextField(_("note on the outlook"), blank=True))
    education_note = Translated(models.TextField(_("note on education"), blank=True))
    pathway = Translated(
        models.TextField(
            _("how to get there"),
            help_text=_("First and next steps. Start a new paragraph with an empty line."),
        )
    )

    objects = RoleQuerySet.as_manager()

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("roles:role_detail", args=[self.slug])

    def at_level(self, level: str, roles: "list[Role]") -> "Role | None":
        """Find the role in the same field at a level, among the given roles."""
        same_field = (role for role in roles if role.field == self.field and role.level == level)
        return next(same_field, None)

    def in_other_field(self, roles: "list[Role]") -> "Role | None":
        """Find the role at the same level in the other field, among the given roles."""
        same_level = (role for role in roles if role.level == self.level)
        return next((role for role in same_level if role.field != self.field), None)


class Skill(models.Model):
    role = models.ForeignKey(Role, models.CASCADE, related_name="skills", verbose_name=_("role"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    name = Translated(models.CharField(_("name"), max_length=80))
    meaning = Translated(
        models.CharField(
            _("what it means"),
            max_length=250,
            help_text=_("How the work uses this skill, in one sentence."),
        )
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return str(self.name)


class Duty(models.Model):
    role = models.ForeignKey(Role, models.CASCADE, related_name="duties", verbose_name=_("role"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    text = Translated(
        models.CharField(
            _("duty"),
            max_length=300,
            help_text=_("One task as a sentence, such as “Answer calls and messages.”"),
        )
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return str(self.text)
