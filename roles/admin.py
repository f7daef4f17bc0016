"""Roles, figures and sources in the admin. What is edited here, a later load of content keeps."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.forms import Select, Textarea
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedFieldAdmin

from roles.measures import MEASURES
from roles.models import (
    Difference,
    Duty,
    Figure,
    Passage,
    Role,
    SharedSkill,
    Skill,
    Source,
)

ADDRESS = {models.URLField: {"assume_scheme": "https"}}
SHORT_TEXT = {models.TextField: {"widget": Textarea(attrs={"rows": 3, "cols": 60})}}
LONG_TEXT = {models.TextField: {"widget": Textarea(attrs={"rows": 7, "cols": 80})}}


class DutyInline(TranslatedFieldAdmin, admin.TabularInline):
    model = Duty
    extra = 0


class SkillInline(TranslatedFieldAdmin, admin.TabularInline):
    model = Skill
    extra = 0


@admin.register(Role)
class RoleAdmin(TranslatedFieldAdmin, admin.ModelAdmin):
    list_display = ["__str__", "field", "level", "occupation_code", "order"]
    list_filter = ["field", "level"]
    search_fields = ["title_en", "slug", "summary_en", "occupation_code", "occupation_title"]
    inlines = [DutyInline, SkillInline]
    formfield_overrides = LONG_TEXT


@admin.register(Source)
class SourceAdmin(TranslatedFieldAdmin, admin.ModelAdmin):
    list_display = ["__str__", "kind", "licence", "cites", "key"]
    list_filter = ["kind", "licence"]
    search_fields = ["name_en", "key", "cites"]
    formfield_overrides = SHORT_TEXT | ADDRESS


class MeasureFilter(admin.SimpleListFilter):
    """Figures by measure, in the words that pages show."""

    title = _("measure")
    parameter_name = "measure"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, measure.label) for name, measure in MEASURES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(measure=self.value()) if self.value() else queryset


class FigureForm(forms.ModelForm):
    """Offers the measures that pages have words for, and keeps any other one that is there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, measure.label) for name, measure in MEASURES.items()]
        if self.instance.measure and self.instance.measure not in MEASURES:
            choices.append((self.instance.measure, self.instance.measure))
        self.fields["measure"].widget = Select(choices=choices)


@admin.register(Figure)
class FigureAdmin(TranslatedFieldAdmin, admin.ModelAdmin):
    form = FigureForm
    list_display = ["__str__", "shown_role", "shown_value", "region", "shown_period", "source"]
    list_display += ["is_published"]
    list_filter = ["role", "source", MeasureFilter, "region", "is_published"]
    search_fields = ["measure", "category", "text_en", "note_en", "occupation", "role__title_en"]
    autocomplete_fields = ["role", "source"]
    list_select_related = ["role", "source"]
    formfield_overrides = SHORT_TEXT | ADDRESS
    fieldsets = [
        (None, {"fields": ["role", "measure", "category", "is_published", "order"]}),
        (
            _("What it says"),
            {"fields": ["value", "value_high", "unit", "currency", *Figure.text.fields]},
        ),
        (
            _("Where it comes from"),
            {"fields": ["source", "region", "period", "occupation", "url", *Figure.note.fields]},
        ),
        (_("Among other occupations"), {"fields": ["percentile", "percentile_of"]}),
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


@admin.register(Difference)
class DifferenceAdmin(TranslatedFieldAdmin, admin.ModelAdmin):
    list_display = ["__str__", "level", "order"]
    list_filter = ["level"]
    search_fields = ["topic_en", "sales_en", "service_en"]
    formfield_overrides = SHORT_TEXT


@admin.register(SharedSkill)
class SharedSkillAdmin(TranslatedFieldAdmin, admin.ModelAdmin):
    list_display = ["__str__", "order"]
    search_fields = ["name_en", "meaning_en"]
    formfield_overrides = SHORT_TEXT


@admin.register(Passage)
class PassageAdmin(TranslatedFieldAdmin, admin.ModelAdmin):
    list_display = ["__str__", "key"]
    search_fields = ["heading_en", "text_en"]
    formfield_overrides = LONG_TEXT
