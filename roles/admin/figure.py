"""Figures and their sources. Loading content again keeps what editors change here."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import Select
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from simple_history.utils import bulk_update_with_history

from roles.admin.history import HistoryAdmin
from roles.admin.screens import ADDRESS, ORDER_HELP, SHORT_TEXT, help_texts
from roles.measures import MEASURES, WORKFORCE_MEASURES
from roles.models import Figure, Source
from roles.models.figure import FigureQuerySet
from roles.numbers import exact_number, is_large_change

# A typing error in one of these shows on a page.
NUMBERS = ("value", "value_high", "percentile", "percentile_of")


class SourceForm(forms.ModelForm):
    class Meta:
        help_texts = help_texts(
            ("kind", _("Official statistics come before articles on every page.")),
            (
                "licence",
                _(
                    "What may be quoted: public domain is free to use, CC BY needs the "
                    "attribution below, and single figures may be quoted as facts."
                ),
            ),
            ("url", _("The source's own page, such as https://www.bls.gov/oes/.")),
        )


@admin.register(Source)
class SourceAdmin(HistoryAdmin):
    form = SourceForm
    list_display = ["__str__", "kind", "licence", "stale_after_days", "cites", "key"]
    list_filter = ["kind", "licence"]
    search_fields = ["name_en", "key", "cites"]
    formfield_overrides = SHORT_TEXT | ADDRESS


class MeasureFilter(admin.SimpleListFilter):
    """Lists measures in the words that pages use."""

    title = _("measure")
    parameter_name = "measure"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, measure.label) for name, measure in MEASURES.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> FigureQuerySet:
        figures: FigureQuerySet = queryset
        return figures.filter(measure=self.value()) if self.value() else figures


class DatedFilter(admin.SimpleListFilter):
    """Separates figures with a period from those that pages call undated."""

    title = _("period")
    parameter_name = "dated"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("dated")), ("no", _("undated"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> FigureQuerySet:
        figures: FigureQuerySet = queryset
        if self.value() == "no":
            return figures.undated()
        return figures.exclude(period="") if self.value() else figures


class StaleFilter(admin.SimpleListFilter):
    """Separates figures that are due for a check; each source says how often."""

    title = _("checked")
    parameter_name = "stale"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("too long ago (stale)")), ("no", _("lately"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> FigureQuerySet:
        figures: FigureQuerySet = queryset
        if self.value() == "yes":
            return figures.stale()
        return figures.exclude(pk__in=figures.stale()) if self.value() else figures


class WorkforceFilter(admin.SimpleListFilter):
    """Separates figures about the work from those about the people who do it."""

    title = _("kind")
    parameter_name = "about"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("work", _("about the work")), ("people", _("about who holds the jobs"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> FigureQuerySet:
        figures: FigureQuerySet = queryset
        if self.value() == "people":
            return figures.filter(measure__in=WORKFORCE_MEASURES)
        return figures.exclude(measure__in=WORKFORCE_MEASURES) if self.value() else figures


class FigureForm(forms.ModelForm):
    """Offers the measures that pages have words for, and keeps an unknown one that is stored.

    Asks before it saves a number that changed by more than a factor of 2.
    """

    is_right = forms.BooleanField(
        label=_("Yes, this is right"), required=False, widget=forms.HiddenInput
    )

    class Meta:
        help_texts = help_texts(
            ("measure", _("What is counted. It decides where on a page the figure appears.")),
            (
                "value",
                _(
                    "The number exactly as the source gives it, without signs: 44770 for $44,770. "
                    "Pages round it. Leave it empty if the source gives words."
                ),
            ),
            ("region", _("The place that the figure is about, such as “United States”.")),
            ("source", _("Where the figure is from. Add a new source first.")),
            ("url", _("The page with the figure, if it isn't the source's own page.")),
            (
                Figure.note,
                _("What readers need to know about the figure. If empty, the page shows nothing."),
            ),
            ("percentile_of", _("How many occupations were ranked, such as 879.")),
            ("order", ORDER_HELP),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "measure" not in self.fields:
            return  # someone who may only look
        choices = [(name, measure.label) for name, measure in MEASURES.items()]
        if self.instance.measure and self.instance.measure not in MEASURES:
            choices.append((self.instance.measure, self.instance.measure))
        self.fields["measure"].widget = Select(choices=choices)

    def clean(self) -> dict[str, Any] | None:
        values = super().clean()
        if large_changes := list(self._large_changes()):
            self.fields["is_right"].widget = forms.CheckboxInput()
            if not self.cleaned_data.get("is_right"):
                advice = _("Check the box if this is right, or correct the number.")
                self.add_error("is_right", " ".join([*large_changes, str(advice)]))
        return values

    def _large_changes(self) -> Iterator[str]:
        for name in NUMBERS:
            before, after = self.initial.get(name), self.cleaned_data.get(name)
            if before is None or after is None:
                continue
            before, after = Decimal(before), Decimal(after)
            if is_large_change(before, after):
                yield _("%(field)s: %(before)s would become %(after)s.") % {
                    "field": capfirst(self.fields[name].label),
                    "before": exact_number(before),
                    "after": exact_number(after),
                }


@admin.register(Figure)
class FigureAdmin(HistoryAdmin):
    form = FigureForm
    list_display = ["__str__", "shown_role", "shown_value", "region", "shown_period", "source"]
    list_display += ["checked_on", "is_published"]
    list_filter = ["role", "source", "source__kind", StaleFilter, MeasureFilter, DatedFilter]
    list_filter += [WorkforceFilter, "region", "is_published"]
    actions = ["mark_as_checked"]
    search_fields = ["measure", "category", "text_en", "note_en", "occupation", "role__title_en"]
    list_select_related = ["role", "source"]
    formfield_overrides = SHORT_TEXT | ADDRESS
    fieldsets = [
        (None, {"fields": ["role", "measure", "category", "is_published", "order"]}),
        (
            _("What it says"),
            {
                "fields": [
                    *("value", "value_high", "is_right", "unit", "currency"),
                    *Figure.text.fields,
                ]
            },
        ),
        (
            _("Where it comes from"),
            {
                "fields": [
                    *("source", "region", "period", "checked_on", "occupation", "url"),
                    *Figure.note.fields,
                ]
            },
        ),
        (_("Among other occupations"), {"fields": ["percentile", "percentile_of"]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out the question for someone who may only look."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [
            (heading, {**options, "fields": [f for f in options["fields"] if f != "is_right"]})
            for heading, options in fieldsets
        ]

    @admin.display(description=_("role"), ordering="role")
    def shown_role(self, figure: Figure) -> str:
        return str(figure.role or _("all occupations"))

    @admin.display(description=_("value"), ordering="value")
    def shown_value(self, figure: Figure) -> str:
        return figure.exact

    @admin.display(description=_("period"), ordering="period")
    def shown_period(self, figure: Figure) -> str:
        return figure.period or str(_("undated"))

    @admin.action(
        description=_("Mark as checked today: I have compared them with their source"),
        permissions=["change"],
    )
    def mark_as_checked(self, request: HttpRequest, queryset: QuerySet[Figure]) -> None:
        today = timezone.localdate()
        figures = [figure for figure in queryset if figure.checked_on != today]
        for figure in figures:
            figure.checked_on = today
        bulk_update_with_history(
            figures,
            Figure,
            ["checked_on"],
            default_user=request.user,
            default_change_reason="Checked against the source",
        )
        words = ngettext(
            "%(count)d figure is marked as checked today.",
            "%(count)d figures are marked as checked today.",
            len(figures),
        )
        self.message_user(request, words % {"count": len(figures)}, messages.SUCCESS)
