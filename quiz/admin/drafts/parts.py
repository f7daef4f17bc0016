"""The parts of a version in the admin: rows on its page, and pages of their own."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Max, QuerySet
from django.forms import NumberInput
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from quiz.admin.drafts.forms import (
    BackgroundOptionForm,
    BackgroundQuestionForm,
    ItemForm,
    ScaleAnswerForm,
    TraitForm,
    WordingForm,
)
from quiz.admin.drafts.frozen import DraftRows, KeyedFormSet
from quiz.admin.drafts.screens import DraftAdmin
from quiz.core.questionnaire import TRAITS
from quiz.questionnaires.models import (
    BackgroundOption,
    BackgroundQuestion,
    Item,
    ScaleAnswer,
    Trait,
    Wording,
)
from roles.admin.screens import SHORT_TEXT


class WordingInline(DraftRows):
    model = Wording
    form = WordingForm
    formfield_overrides = SHORT_TEXT


class ScaleAnswerInline(DraftRows):
    model = ScaleAnswer
    form = ScaleAnswerForm


class TraitInline(DraftRows):
    """A trait can only be deleted on its own page, which asks first: its statements go with it."""

    model = Trait
    form = TraitForm
    # Stacked, because a table of nine columns is wider than any window.
    template = "admin/edit_inline/stacked.html"
    fields = ["order", "key", "weight"]
    fields += [column for text in TRAITS.texts for column in getattr(Trait, text.name).fields]
    can_delete = False
    show_change_link = True


class ItemFormSet(KeyedFormSet):
    """Orders the statements as they were dragged, or by the places that were typed."""

    def clean(self) -> None:
        """Number the rows from 1 without gaps; a row that was moved gets exactly its new place."""
        super().clean()
        if any(self.errors):
            return
        rows = [form for form in self.forms if form not in self.deleted_forms and _is_row(form)]
        for place, form in enumerate(sorted(rows, key=_wanted_place), start=1):
            form.instance.order = place
            if place != form.initial.get("order") and "order" not in form.changed_data:
                form.changed_data.append("order")


def _is_row(form: Any) -> bool:
    """Skip the empty rows at the end of the table."""
    return bool(form.instance.pk or form.has_changed())


def _wanted_place(form: Any) -> tuple[float, int]:
    """Sort a row moved up before the row at its new place, and a row moved down behind it."""
    typed, before = form.cleaned_data.get("order"), form.initial.get("order")
    if typed is None:
        return (float("inf"), 0)
    if not form.instance.pk or typed == before:
        return (typed, 0)
    return (typed, -1 if typed < before else 1)


class ItemInline(DraftRows):
    """Editors drag rows, with the script of django-admin-sortable2, or type the places."""

    model = Item
    form = ItemForm
    formset = ItemFormSet
    fields = ["order", "is_asked", "key", "trait", "keying", *Item.text.fields]
    show_change_link = True
    classes = ["sortable"]

    class Media:
        css = {"all": ["adminsortable2/css/sortable.css"]}
        js = ["adminsortable2/js/adminsortable2.min.js"]

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Mark the boxes of places with the class that the dragging script looks for."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "order":
            field.required = False
            field.initial = None
            field.widget = NumberInput(attrs={**field.widget.attrs, "class": "_reorder_", "min": 1})
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet[Item]:
        return super().get_queryset(request).select_related("trait__version")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Offer only this version's traits, with one query instead of one for every statement."""
        formset = super().get_formset(request, obj, **kwargs)
        trait = formset.form.base_fields.get("trait")
        if trait:
            trait.widget.can_add_related = trait.widget.can_change_related = False
            trait.widget.can_view_related = False
            trait.queryset = Trait.objects.filter(version=obj).select_related("version")
            trait.choices = [("", trait.empty_label), *((t.pk, t.key) for t in trait.queryset)]
        return formset


class BackgroundQuestionInline(DraftRows):
    model = BackgroundQuestion
    form = BackgroundQuestionForm
    show_change_link = True


class BackgroundOptionInline(DraftRows):
    model = BackgroundOption
    form = BackgroundOptionForm


class ByTrait(admin.AllValuesFieldListFilter):
    """Filters by the trait's key, which is the same in all versions."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("trait")


@admin.register(Item)
class ItemAdmin(DraftAdmin):
    form = ItemForm
    list_display = ["key", "text", "trait_key", "keying", "order", "is_asked", "version"]
    list_filter = ["version", ("trait__key", ByTrait), "keying", "is_asked"]
    list_select_related = ["trait", "version"]
    ordering = ["-version", "order", "pk"]
    search_fields = ["key", *Item.text.fields, "rationale"]
    formfield_overrides = SHORT_TEXT
    # Statements are moved on the page of the version, which shows them all.
    readonly_fields = ["order"]

    def save_model(self, request: HttpRequest, obj: Item, form: Any, change: bool) -> None:
        """Put a new statement last."""
        if not change:
            last = obj.version.items.aggregate(last=Max("order"))["last"] or 0
            obj.order = last + 1
        super().save_model(request, obj, form, change)

    @admin.display(description=_("trait"), ordering="trait__key")
    def trait_key(self, item: Item) -> str:
        return item.trait.key

    @admin.display(description=_("statement"))
    def text(self, item: Item) -> str:
        return str(item.text)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Offer only the traits of the statement's own version."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj and "trait" in form.base_fields:
            own = Trait.objects.filter(version=obj.version_id)
            form.base_fields["trait"].queryset = own.select_related("version")
        return form


@admin.register(Trait)
class TraitAdmin(DraftAdmin):
    form = TraitForm
    parts_with_history = [(Item, "trait_id")]
    list_display = ["key", "name", "weight", "order", "version"]
    list_filter = ["version"]
    list_select_related = ["version"]
    ordering = ["-version", "order", "pk"]
    search_fields = ["key", *Trait.name.fields, *Trait.low.fields, *Trait.high.fields]

    @admin.display(description=_("name"))
    def name(self, trait: Trait) -> str:
        return str(trait.name)


@admin.register(BackgroundQuestion)
class BackgroundQuestionAdmin(DraftAdmin):
    form = BackgroundQuestionForm
    list_display = ["key", "text", "order", "version"]
    list_filter = ["version"]
    list_select_related = ["version"]
    ordering = ["-version", "order", "pk"]
    search_fields = ["key", *BackgroundQuestion.text.fields]
    inlines = [BackgroundOptionInline]
    parts_with_history = [(BackgroundOption, "question_id")]

    @admin.display(description=_("question"))
    def text(self, question: BackgroundQuestion) -> str:
        return str(question.text)
