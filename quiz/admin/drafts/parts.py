"""The parts of a version in the admin: rows on its page, and screens of their own."""

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
from quiz.admin.drafts.frozen import InlineOfDrafts, KeyedFormSet
from quiz.admin.drafts.screens import ScreenOfDrafts
from quiz.core.questionnaire import TRAITS
from quiz.questionnaires.models import (
    BackgroundOption,
    BackgroundQuestion,
    Item,
    QuestionnaireVersion,
    ScaleAnswer,
    Trait,
    Wording,
)
from roles.admin.screens import SHORT_TEXT


class WordingInline(InlineOfDrafts):
    model = Wording
    form = WordingForm
    formfield_overrides = SHORT_TEXT


class ScaleAnswerInline(InlineOfDrafts):
    model = ScaleAnswer
    form = ScaleAnswerForm


class TraitInline(InlineOfDrafts):
    """Deleted on its own page only, which asks first: its statements go with it."""

    model = Trait
    form = TraitForm
    # One below the other: side by side nine fields are wider than any screen.
    template = "admin/edit_inline/stacked.html"
    fields = ["order", "key", "weight"]
    fields += [column for text in TRAITS.texts for column in getattr(Trait, text.name).fields]
    can_delete = False
    show_change_link = True


class ItemFormSet(KeyedFormSet):
    """Rows that stand where they were dragged to, or at the place that was typed."""

    def clean(self) -> None:
        """Number the rows from 1 without gaps; whoever is moved to a place gets just that one."""
        super().clean()
        if any(self.errors):
            return
        rows = [form for form in self.forms if form not in self.deleted_forms and _is_there(form)]
        for place, form in enumerate(sorted(rows, key=_place), start=1):
            form.instance.order = place
            if place != form.initial.get("order") and "order" not in form.changed_data:
                form.changed_data.append("order")


def _is_there(form: Any) -> bool:
    """Say whether a row is one: the last, empty ones may be left as they are."""
    return bool(form.instance.pk or form.has_changed())


def _place(form: Any) -> tuple[float, int]:
    """Return where a row wants to be: moved up it goes before the one there, down behind it."""
    typed, before = form.cleaned_data.get("order"), form.initial.get("order")
    if typed is None:
        return (float("inf"), 0)
    if not form.instance.pk or typed == before:
        return (typed, 0)
    return (typed, -1 if typed < before else 1)


class ItemInline(InlineOfDrafts):
    """Ordered by drag, with the script of django-admin-sortable2; or by typing the places."""

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
        """Name the places' boxes as the script that drags them looks for them."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "order":
            field.required = False
            field.initial = None
            field.widget = NumberInput(attrs={**field.widget.attrs, "class": "_reorder_", "min": 1})
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet[Item]:
        return super().get_queryset(request).select_related("trait__version")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Offer the traits of this version only, asked for once and not for every statement."""
        formset = super().get_formset(request, obj, **kwargs)
        trait = formset.form.base_fields.get("trait")
        if trait:
            trait.widget.can_add_related = trait.widget.can_change_related = False
            trait.widget.can_view_related = False
            trait.queryset = Trait.objects.filter(version=obj).select_related("version")
            trait.choices = [("", trait.empty_label), *((t.pk, t.key) for t in trait.queryset)]
        return formset


class BackgroundQuestionInline(InlineOfDrafts):
    model = BackgroundQuestion
    form = BackgroundQuestionForm
    show_change_link = True


class BackgroundOptionInline(InlineOfDrafts):
    model = BackgroundOption
    form = BackgroundOptionForm


class DraftChoices:
    """Offer only drafts, and only parts of drafts, where another part is chosen."""

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> Any:
        drafts = QuestionnaireVersion.objects.drafts()
        if db_field.name == "version":
            kwargs["queryset"] = drafts
        if db_field.name == "trait":
            kwargs["queryset"] = Trait.objects.select_related("version").filter(version__in=drafts)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]


class ByTrait(admin.AllValuesFieldListFilter):
    """By the key of the trait, which is the same in all versions."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("trait")


@admin.register(Item)
class ItemAdmin(DraftChoices, ScreenOfDrafts):
    form = ItemForm
    list_display = ["key", "text", "trait_key", "keying", "order", "is_asked", "version"]
    list_filter = ["version", ("trait__key", ByTrait), "keying", "is_asked"]
    list_select_related = ["trait", "version"]
    ordering = ["-version", "order", "pk"]
    search_fields = ["key", *Item.text.fields, "rationale"]
    formfield_overrides = SHORT_TEXT
    # Moved where the others are seen: on the page of the version.
    readonly_fields = ["order"]

    def save_model(self, request: HttpRequest, obj: Item, form: Any, change: bool) -> None:
        """Put a new statement behind the others."""
        if not change:
            last = obj.version.items.aggregate(last=Max("order"))["last"] or 0
            obj.order = last + 1
        super().save_model(request, obj, form, change)

    @admin.display(description=_("trait"), ordering="trait__key")
    def trait_key(self, item: Item) -> str:
        return item.trait.key

    @admin.display(description=_("statement"))
    def text(self, item: Item) -> str:
        return item.text

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Offer the traits of its own version only."""
        form = super().get_form(request, obj, **kwargs)
        if obj and "trait" in form.base_fields:
            own = Trait.objects.filter(version=obj.version_id)
            form.base_fields["trait"].queryset = own.select_related("version")
        return form


@admin.register(Trait)
class TraitAdmin(DraftChoices, ScreenOfDrafts):
    form = TraitForm
    parts_with_history = [(Item, "trait_id")]
    list_display = ["key", "name", "weight", "order", "version"]
    list_filter = ["version"]
    list_select_related = ["version"]
    ordering = ["-version", "order", "pk"]
    search_fields = ["key", *Trait.name.fields, *Trait.low.fields, *Trait.high.fields]

    @admin.display(description=_("name"))
    def name(self, trait: Trait) -> str:
        return trait.name


@admin.register(BackgroundQuestion)
class BackgroundQuestionAdmin(DraftChoices, ScreenOfDrafts):
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
        return question.text
