"""A role, and what one does and needs in it."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from translated_fields import TranslatedFieldWithFallback as Translated


class RoleQuerySet(models.QuerySet["Role"]):
    def for_cards(self, slugs: list[str]) -> "dict[str, Role]":
        """Return roles by slug with what a card shows, and not their long texts."""
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
            "The last part of the page's address, such as sales-manager. Keep it, or links break."
        ),
    )
    field = models.CharField(_("field"), max_length=10, choices=Field)
    level = models.CharField(_("level"), max_length=10, choices=Level)
    order = models.PositiveSmallIntegerField(
        _("order"), default=0, help_text=_("Its place among the roles: 1 comes first.")
    )
    occupation_code = models.CharField(
        _("official code"),
        max_length=12,
        help_text=_("The number in the US list of occupations (SOC), such as 43-4051."),
    )
    occupation_title = models.CharField(_("official title"), max_length=160)
    occupation_is_closest = models.BooleanField(
        _("only the closest official occupation"),
        default=False,
        help_text=_("Tick it if no official occupation is quite this role. Pages then say so."),
    )
    title = Translated(models.CharField(_("title"), max_length=80))
    title_plural = Translated(
        models.CharField(
            _("title, plural"),
            max_length=80,
            help_text=_("As in the middle of a sentence: “sales representatives”."),
        )
    )
    summary = Translated(
        models.CharField(
            _("summary"),
            max_length=200,
            help_text=_(
                "What one does, in one sentence; it stands under the title and on lists of roles."
            ),
        )
    )
    work = Translated(
        models.TextField(
            _("what the work is"),
            help_text=_(
                "A few paragraphs, parted by empty lines. No pay here: it stands in the figures."
            ),
        )
    )
    measured_by = Translated(models.TextField(_("how the work is measured"), blank=True))
    pay_note = Translated(
        models.TextField(
            _("why pay figures differ"),
            blank=True,
            help_text=_(
                "Why one source says more than another. Words only: amounts stand in the figures. "
                "Left empty, the page leaves it out."
            ),
        )
    )
    outlook_note = Translated(models.TextField(_("about the outlook"), blank=True))
    education_note = Translated(models.TextField(_("about education"), blank=True))
    pathway = Translated(
        models.TextField(
            _("how one gets there"),
            help_text=_("First steps and what comes after; an empty line begins a new paragraph."),
        )
    )

    objects = RoleQuerySet.as_manager()

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("roles:role_detail", args=[self.slug])

    def at_level(self, level: str, roles: "list[Role]") -> "Role | None":
        """Return the role of the same field at a level, among the given ones."""
        same_field = (role for role in roles if role.field == self.field and role.level == level)
        return next(same_field, None)

    def in_other_field(self, roles: "list[Role]") -> "Role | None":
        """Return the role at the same level in the other field, among the given ones."""
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
            help_text=_("One sentence that says how the work uses it."),
        )
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class Duty(models.Model):
    role = models.ForeignKey(Role, models.CASCADE, related_name="duties", verbose_name=_("role"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    text = Translated(
        models.CharField(
            _("duty"),
            max_length=300,
            help_text=_("Something one does at work, in a sentence: “Answer calls and messages.”"),
        )
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text
