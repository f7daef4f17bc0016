"""Figures and the sources they come from."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from translated_fields import TranslatedFieldWithFallback as Translated

from roles import numbers, pictures
from roles.measures import (
    WORKFORCE_MEASURES,
    Category,
    Measure,
    category_named,
    measure_named,
    section_of,
)
from roles.models.role import Role


class NumberFormat(Protocol):
    def __call__(
        self, value: Decimal, unit: str, currency: str, *, shows_sign: bool = False
    ) -> str: ...


class Source(models.Model):
    class Kind(models.TextChoices):
        OFFICIAL = "official", _("official statistics")
        ARTICLE = "article", _("article")

    class Licence(models.TextChoices):
        PUBLIC_DOMAIN = "public domain", _("public domain")
        CC_BY = "CC BY 4.0", _("CC BY 4.0")
        FACT = "fact", _("single figures, quoted as facts")

    key = models.CharField(
        _("short name"),
        max_length=40,
        unique=True,
        help_text=_("Identifies the source in files, such as bls-oews. Don't change it."),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    licence = models.CharField(_("license"), max_length=20, choices=Licence)
    url = models.URLField(_("web address"), blank=True)
    stale_after_days = models.PositiveSmallIntegerField(
        _("stale after (days)"),
        null=True,
        blank=True,
        help_text=_(
            "Figures that were last checked more days ago are listed as stale. Use about 400 for a "
            "yearly table. If empty, figures never become stale."
        ),
    )
    cites = models.CharField(
        _("cites"),
        max_length=80,
        blank=True,
        help_text=_("The source that an article quotes, such as Glassdoor."),
    )
    name = Translated(
        models.CharField(
            _("name"),
            max_length=200,
            help_text=_("The full name with publisher and edition, shown at the foot of pages."),
        )
    )
    about = Translated(
        models.TextField(
            _("what it counts"),
            blank=True,
            help_text=_(
                "Who or what is counted, in a sentence or two, shown at the foot of pages."
            ),
        )
    )
    attribution = Translated(
        models.TextField(
            _("attribution"),
            blank=True,
            help_text=_(
                "The text that the license requires, shown at the foot of every page that uses the "
                "source."
            ),
        )
    )

    history = HistoricalRecords()
    _change_reason: str  # read by simple_history, which declares no type

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["key"]

    def __str__(self) -> str:
        return str(self.name)


class FigureQuerySet(models.QuerySet["Figure"]):
    def published(self) -> "FigureQuerySet":
        return self.filter(is_published=True)

    def undated(self) -> "FigureQuerySet":
        return self.filter(period="")

    def stale(self, today: date | None = None) -> "FigureQuerySet":
        """Keep figures that were last checked longer ago than their source allows, or never."""
        today = today or timezone.localdate()
        too_old = Q(pk__in=[])
        for source, days in Source.objects.values_list("pk", "stale_after_days"):
            if days is None:
                continue
            oldest = today - timedelta(days=days)
            too_old |= Q(source=source) & (Q(checked_on=None) | Q(checked_on__lt=oldest))
        return self.filter(too_old)

    def about_roles(self, roles: "list[Role]") -> "FigureQuerySet":
        """Keep the figures of these roles, and those of all occupations together."""
        return self.filter(Q(role__in=roles) | Q(role=None))


IDENTITY = ("measure", "category", "source", "region", "period", "currency", "unit")


class Figure(models.Model):
    """A number, a range or words from one source, about a role or all occupations together."""

    role = models.ForeignKey(
        Role,
        models.CASCADE,
        related_name="figures",
        null=True,
        blank=True,
        verbose_name=_("role"),
        help_text=_("Leave empty for all occupations together, the benchmark for roles."),
    )
    measure = models.CharField(_("measure"), max_length=40)
    category = models.CharField(
        _("category"),
        max_length=80,
        blank=True,
        help_text=_(
            "Which degree or which rated skill, in the source's own words. Leave empty if the "
            "measure has no categories."
        ),
    )
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=4, null=True, blank=True)
    value_high = models.DecimalField(
        _("end of the range"),
        max_digits=16,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("Only for a range. For 4 to 6 years, the value is 4 and this is 6."),
    )
    text = Translated(
        models.TextField(
            _("words"),
            blank=True,
            help_text=_(
                "What the source says instead of a number. Separate several entries with “; ”."
            ),
        )
    )
    unit = models.CharField(
        _("unit"),
        max_length=20,
        blank=True,
        help_text=_(
            "What the number counts: “year” or “hour” for pay, “percent”, “jobs”, “years” …"
        ),
    )
    currency = models.CharField(
        _("currency"),
        max_length=3,
        blank=True,
        help_text=_("USD or CAD for pay. Leave empty for anything else."),
    )
    region = models.CharField(_("region"), max_length=80)
    period = models.CharField(
        _("period"),
        max_length=20,
        blank=True,
        help_text=_(
            "The year or month as the source states it, such as “May 2025”. If empty, pages say "
            "“undated”."
        ),
    )
    occupation = models.CharField(
        _("occupation counted"),
        max_length=160,
        blank=True,
        help_text=_(
            "Official code and title of the people counted, such as “11-2022 Sales Managers”."
        ),
    )
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="figures", verbose_name=_("source")
    )
    url = models.URLField(_("web address"), max_length=300, blank=True)
    checked_on = models.DateField(
        _("checked on"),
        null=True,
        blank=True,
        help_text=_("The date of the last comparison with the source."),
    )
    note = Translated(models.TextField(_("note"), blank=True))
    percentile = models.DecimalField(
        _("percentile"),
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        help_text=_(
            "How many of 100 occupations rank lower (0 to 100). Equal ones count half. Leave empty "
            "if there is no ranking."
        ),
    )
    percentile_of = models.PositiveIntegerField(
        _("number of occupations ranked"), null=True, blank=True
    )
    is_published = models.BooleanField(
        _("published"),
        default=True,
        help_text=_("Uncheck to keep the figure without showing it on any page."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = FigureQuerySet.as_manager()

    history = HistoricalRecords()
    _change_reason: str  # read by simple_history, which declares no type

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                name="figure_has_number_or_words",
                condition=Q(value__isnull=False) | ~Q(text_en=""),
                violation_error_message=_("Give a value or words."),
            ),
            models.CheckConstraint(
                name="figure_range_runs_upwards",
                condition=Q(value_high=None) | Q(value_high__gt=models.F("value")),
                violation_error_message=_("The end of a range must be greater than its start."),
            ),
            models.CheckConstraint(
                name="figure_percentile_says_of_how_many",
                condition=Q(percentile=None, percentile_of=None)
                | Q(
                    percentile__isnull=False,
                    percentile__gte=0,
                    percentile__lte=100,
                    percentile_of__isnull=False,
                    percentile_of__gt=0,
                ),
                violation_error_message=_(
                    "Enter a percentile (0 to 100) and the number of occupations ranked."
                ),
            ),
            # Two constraints, because a unique constraint treats NULLs (no role) as different.
            models.UniqueConstraint(
                name="figure_once_per_role",
                fields=["role", *IDENTITY],
                condition=Q(role__isnull=False),
            ),
            models.UniqueConstraint(
                name="figure_once_for_all_occupations",
                fields=IDENTITY,
                condition=Q(role__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        label = f"{self.measure_words.label} ({self.category})" if self.category else None
        return str(label or self.measure_words.label)

    @property
    def source_key(self) -> str:
        return self.source.key

    @property
    def measure_words(self) -> Measure:
        return measure_named(self.measure, self.unit)

    @property
    def category_words(self) -> Category:
        return category_named(self.category)

    @property
    def section(self) -> str:
        return section_of(self.measure, self.unit)

    @property
    def is_about_workforce(self) -> bool:
        """The figure describes who holds the jobs, not the work."""
        return self.measure in WORKFORCE_MEASURES

    @property
    def exact(self) -> str:
        """The value with all its digits and its unit, or the words."""
        return self._formatted(numbers.exact)

    @property
    def in_words(self) -> str:
        """The value rounded for reading; equal to `exact` if rounding changes nothing."""
        return self._formatted(numbers.in_words)

    def _formatted(self, number_format: NumberFormat) -> str:
        if self.value is None:
            return str(self.text)
        if self.value_high is not None:
            ends = (numbers.exact_number(end) for end in (self.value, self.value_high))
            low, high = ends
            if self.unit in numbers.MONEY:
                high = numbers.money(self.value_high, self.currency)
            text = _("{low} to {high}").format(low=low, high=high)
            return numbers.with_unit(text, self.unit, self.currency)
        return number_format(
            self.value, self.unit, self.currency, shows_sign=self.measure_words.is_signed
        )

    @property
    def in_a_hundred(self) -> int | None:
        return None if self.percentile is None else numbers.in_a_hundred(self.percentile)

    @property
    def percentile_exact(self) -> str:
        return "" if self.percentile is None else numbers.exact_number(self.percentile)

    @property
    def parts(self) -> "list[str]":
        """The entries of a text that is a list."""
        return [part.strip() for part in self.text.split(";") if part.strip()]

    @property
    def shares(self) -> "list[tuple[str, str]]":
        """The entries of a text that is a list of shares, as (name, percentage such as "15%")."""
        pairs = (part.rpartition(" ") for part in self.parts)
        return [(name, numbers.with_unit(share, "percent", "")) for name, _space, share in pairs]

    @property
    def bar(self) -> str | None:
        """Width of the bar (0 to 100), only for a percentile or a share, which end at 100."""
        if self.percentile is not None:
            return pictures.bar(self.percentile)
        is_share = self.unit == "percent" and not self.measure_words.is_signed
        return pictures.bar(self.value) if is_share and self.value is not None else None
