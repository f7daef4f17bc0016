"""Roles, figures and sources in the admin. What is edited here, a later load of content keeps."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import SuspiciousOperation
from django.db import models
from django.db.models import QuerySet
from django.forms import Select, Textarea
from django.http import HttpRequest, HttpResponse
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


# 18 digits fit a 64-bit integer, whatever they are.
LONGEST_ID = 18
# More rows than any inline needs; Django alone would draw 2000 at the asking.
MOST_ROWS = 200

ORDER_HELP = _("Its place among the others: 1 comes first.")


def is_id(text: str) -> bool:
    """Whether a database can be asked for a row by this; Django's own lists don't check."""
    return text.isdecimal() and len(text) <= LONGEST_ID


class CheckedLists(admin.ModelAdmin):
    """Lists that answer a forged filter or selection with a 400, where Django's end in a 500."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow what this list's own filters ask for, and no lookup besides."""
        offered: set[str] = set()
        for named in self.get_list_filter(request):
            path = named[0] if isinstance(named, tuple) else named
            if not isinstance(path, str):
                offered.add(path.parameter_name)
            elif get_fields_from_path(self.model, path)[-1].is_relation:
                offered |= {f"{path}__id__exact", f"{path}__isnull"}
            else:
                offered |= {path, f"{path}__exact", f"{path}__isnull"}
        return lookup in offered and super().lookup_allowed(lookup, value, request)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not all(map(is_id, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            raise SuspiciousOperation("A selection of rows that no list offers")
        return super().changelist_view(request, extra_context)


class LabelledFormSet(forms.BaseInlineFormSet):
    def get_deletion_widget(self) -> forms.Widget:
        return forms.CheckboxInput(attrs={"aria-label": _("Delete")})

    def full_clean(self) -> None:
        """Let a cell that was refused be described by its error, beside its help."""
        super().full_clean()
        for form in self.forms:
            for name in form.errors.keys() & form.fields.keys():
                attrs = form.fields[name].widget.attrs
                described = [attrs.get("aria-describedby", ""), f"{form[name].auto_id}_error"]
                attrs["aria-describedby"] = " ".join(filter(None, described))


class Rows(admin.TabularInline):
    """An inline with label and help in every cell, and no more rows drawn than it may hold.

    Django's has headings only, which no cell refers to, and draws as many rows as a request asks.
    """

    template = "admin/edit_inline/rows.html"
    extra = 0
    formset = LabelledFormSet
    max_num = MOST_ROWS

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, absolute_max=MOST_ROWS, **kwargs)

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field:
            field.widget.attrs["aria-label"] = db_field.verbose_name
            help_id = f"help-{self.opts.model_name}-{db_field.name}"
            field.widget.attrs["aria-describedby"] = help_id
        return field


def help_texts(*texts: tuple[Any, Any]) -> dict[str, Any]:
    """Return help texts by form field, for fields given by name or as a translated field."""
    return {
        name: text
        for field, text in texts
        for name in ([field] if isinstance(field, str) else field.fields)
    }


class DutyForm(forms.ModelForm):
    class Meta:
        help_texts = help_texts(("order", ORDER_HELP))


class SkillForm(forms.ModelForm):
    class Meta:
        help_texts = help_texts(
            ("order", ORDER_HELP),
            (Skill.name, _("The skill in two or three words, such as “Active listening”.")),
        )


class DutyInline(TranslatedFieldAdmin, Rows):
    model = Duty
    form = DutyForm


class SkillInline(TranslatedFieldAdmin, Rows):
    model = Skill
    form = SkillForm


class RoleForm(forms.ModelForm):
    class Meta:
        help_texts = help_texts(
            ("field", _("The kind of work. The quiz suggests one of the two.")),
            ("level", _("The quiz leads people who lead a team, or soon will, to that level.")),
            (
                "occupation_title",
                _("The official name beside the code, such as “Customer Service Representatives”."),
            ),
            (Role.title, _("The heading of the page: “Sales representative”.")),
            (
                Role.measured_by,
                _(
                    "What one is judged by, such as calls answered or deals closed. "
                    "Left empty, the page leaves it out."
                ),
            ),
            (
                Role.outlook_note,
                _(
                    "What the numbers about jobs to come don't say. Words only: numbers stand in "
                    "the figures. Left empty, the page leaves it out."
                ),
            ),
            (
                Role.education_note,
                _(
                    "What school or training opens the door. Words only: numbers stand in the "
                    "figures. Left empty, the page leaves it out."
                ),
            ),
        )


@admin.register(Role)
class RoleAdmin(CheckedLists, TranslatedFieldAdmin):
    form = RoleForm
    list_display = ["__str__", "field", "level", "occupation_code", "order"]
    list_filter = ["field", "level"]
    search_fields = ["title_en", "slug", "summary_en", "occupation_code", "occupation_title"]
    inlines = [DutyInline, SkillInline]
    formfield_overrides = LONG_TEXT


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
class SourceAdmin(CheckedLists, TranslatedFieldAdmin):
    form = SourceForm
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


class DatedFilter(admin.SimpleListFilter):
    """Figures that say of when they are, and those that pages call undated."""

    title = _("period")
    parameter_name = "dated"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("dated")), ("no", _("undated"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "no":
            return queryset.undated()
        return queryset.exclude(period="") if self.value() else queryset


class FigureForm(forms.ModelForm):
    """Offers the measures that pages have words for, and keeps any other one that is there."""

    class Meta:
        help_texts = help_texts(
            ("measure", _("What is counted; it decides where on a page the figure stands.")),
            (
                "value",
                _(
                    "The number exactly as the source gives it, without signs: 44770 for $44,770. "
                    "Pages round it. Leave it empty if the source gives words."
                ),
            ),
            ("region", _("The place it is true for, such as “United States”.")),
            ("source", _("Who says so. Add the source first if it is new.")),
            ("url", _("The page it stands on, if it is not the source's own page.")),
            (
                Figure.note,
                _("What a reader must know to read it rightly. Left empty, nothing is shown."),
            ),
            ("percentile_of", _("How many occupations were ranked, such as 879.")),
            ("order", ORDER_HELP),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, measure.label) for name, measure in MEASURES.items()]
        if self.instance.measure and self.instance.measure not in MEASURES:
            choices.append((self.instance.measure, self.instance.measure))
        self.fields["measure"].widget = Select(choices=choices)


@admin.register(Figure)
class FigureAdmin(CheckedLists, TranslatedFieldAdmin):
    form = FigureForm
    list_display = ["__str__", "shown_role", "shown_value", "region", "shown_period", "source"]
    list_display += ["is_published"]
    list_filter = ["role", "source", "source__kind", MeasureFilter, DatedFilter, "region"]
    list_filter += ["is_published"]
    search_fields = ["measure", "category", "text_en", "note_en", "occupation", "role__title_en"]
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


class DifferenceForm(forms.ModelForm):
    class Meta:
        help_texts = help_texts(
            ("level", _("Shown where two roles of this level are compared.")),
            ("order", ORDER_HELP),
            (
                Difference.topic,
                _("What differs, in a few words, such as “Who makes the first move”."),
            ),
            (Difference.sales, _("A sentence or two. No amounts of money: those are figures.")),
            (Difference.service, _("The same for customer service, in about as many words.")),
        )


@admin.register(Difference)
class DifferenceAdmin(CheckedLists, TranslatedFieldAdmin):
    form = DifferenceForm
    list_display = ["__str__", "level", "order"]
    list_filter = ["level"]
    search_fields = ["topic_en", "sales_en", "service_en"]
    formfield_overrides = SHORT_TEXT


class SharedSkillForm(forms.ModelForm):
    class Meta:
        help_texts = help_texts(
            ("order", ORDER_HELP),
            (SharedSkill.name, _("The skill in two or three words, such as “Product knowledge”.")),
            (SharedSkill.meaning, _("One sentence that is true in sales and in service.")),
            (SharedSkill.in_sales, _("What one does with it in sales.")),
            (SharedSkill.in_service, _("What one does with it in customer service.")),
        )


@admin.register(SharedSkill)
class SharedSkillAdmin(CheckedLists, TranslatedFieldAdmin):
    form = SharedSkillForm
    list_display = ["__str__", "order"]
    search_fields = ["name_en", "meaning_en"]
    formfield_overrides = SHORT_TEXT


class PassageForm(forms.ModelForm):
    class Meta:
        help_texts = help_texts(
            (Passage.heading, _("The heading that visitors read above the text."))
        )


@admin.register(Passage)
class PassageAdmin(CheckedLists, TranslatedFieldAdmin):
    form = PassageForm
    list_display = ["__str__", "key"]
    search_fields = ["heading_en", "text_en"]
    formfield_overrides = LONG_TEXT
