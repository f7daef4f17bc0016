"""Questions in the admin: a draft can be edited and published, everything else only be read."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Count, QuerySet
from django.forms import Textarea
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from translated_fields import TranslatedFieldAdmin

from quiz.models import (
    BackgroundOption,
    BackgroundQuestion,
    Item,
    QuestionnaireVersion,
    ScaleAnswer,
    Trait,
    Wording,
)
from quiz.questionnaire import check

SHORT_TEXT = {models.TextField: {"widget": Textarea(attrs={"rows": 3})}}
FROZEN = _("This version is published or retired, so it can't be changed. Start a new draft.")


class OfDrafts(TranslatedFieldAdmin):
    """Parts of a version: written only while the version is a draft."""

    def version_of(self, part: models.Model | None) -> QuestionnaireVersion | None:
        """Return the version that decides; None for a part that is not saved yet."""
        if isinstance(part, QuestionnaireVersion):
            return part
        if isinstance(part, BackgroundOption):
            return part.question.version
        return part.version if part is not None and part.version_id else None

    def is_frozen(self, part: models.Model | None) -> bool:
        version = self.version_of(part)
        return version is not None and not version.is_draft

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not self.is_frozen(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not self.is_frozen(obj)


class PartInline(OfDrafts, admin.TabularInline):
    extra = 0
    formfield_overrides = SHORT_TEXT

    def is_frozen(self, part: models.Model | None) -> bool:
        """Ask the page's own object: Django passes the parent to an inline's permissions."""
        if isinstance(part, BackgroundQuestion):
            return not part.version.is_draft
        return isinstance(part, QuestionnaireVersion) and not part.is_draft

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not self.is_frozen(obj)


class DraftChoices:
    """Offer only drafts, and only parts of drafts, where another part is chosen."""

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "version":
            kwargs["queryset"] = QuestionnaireVersion.objects.drafts()
        if db_field.name == "trait":
            kwargs["queryset"] = Trait.objects.select_related("version").filter(
                version__in=QuestionnaireVersion.objects.drafts()
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]


class WordingInline(PartInline):
    model = Wording


class ScaleAnswerInline(PartInline):
    model = ScaleAnswer


class TraitInline(PartInline):
    model = Trait
    fields = ["order", "key", "weight", *Trait.name.fields, *Trait.low.fields, *Trait.high.fields]
    show_change_link = True


class ItemInline(PartInline):
    model = Item
    fields = ["order", "key", "trait", "keying", *Item.text.fields]
    show_change_link = True

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Offer the traits of this version only."""
        formset = super().get_formset(request, obj, **kwargs)
        if "trait" in formset.form.base_fields:
            traits = Trait.objects.filter(version=obj).select_related("version")
            formset.form.base_fields["trait"].queryset = traits
        return formset


class BackgroundQuestionInline(PartInline):
    model = BackgroundQuestion
    show_change_link = True


class BackgroundOptionInline(PartInline):
    model = BackgroundOption


@admin.register(QuestionnaireVersion)
class QuestionnaireVersionAdmin(OfDrafts, admin.ModelAdmin):
    list_display = ["title", "number", "status", "item_count", "published_at"]
    list_filter = ["status"]
    search_fields = ["title"]
    readonly_fields = ["number", "status", "published_at", "retired_at"]
    inlines = [
        WordingInline,
        ScaleAnswerInline,
        TraitInline,
        ItemInline,
        BackgroundQuestionInline,
    ]
    change_form_template = "admin/quiz/questionnaireversion/change_form.html"
    save_on_top = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuestionnaireVersion]:
        return super().get_queryset(request).annotate(items_count=Count("items"))

    @admin.display(description=_("statements"), ordering="items_count")
    def item_count(self, version: QuestionnaireVersion) -> int:
        return version.items_count

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> list[type]:
        """A new draft is saved first: its statements choose among its saved traits."""
        return super().get_inlines(request, obj) if obj else []

    def get_urls(self) -> list[Any]:
        publish = self.admin_site.admin_view(self.publish_view)
        name = "quiz_questionnaireversion_publish"
        return [path("<path:object_id>/publish/", publish, name=name), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show with every draft what `check` finds in it as it is saved."""
        version = self._with_parts(request, object_id)
        context = {"frozen_message": "", "faults": [], "is_draft": False}
        if version:
            context["is_draft"] = version.is_draft
            if version.is_draft:
                context["faults"] = check(version.questionnaire())
            else:
                context["frozen_message"] = FROZEN
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def publish_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then publish; faults keep it a draft and are shown."""
        return require_http_methods(["GET", "HEAD", "POST"])(self._publish)(request, object_id)

    def _publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        version = self._with_parts(request, object_id)
        if version is None:
            raise Http404("No such version")
        if not self.has_change_permission(request, version):
            raise PermissionDenied
        change = reverse("admin:quiz_questionnaireversion_change", args=[version.pk])
        if request.method == "POST":
            try:
                version.publish()
            except ValidationError as error:
                messages.error(request, _("Nothing was published. Mend the errors first."))
                for message in error.messages:
                    messages.error(request, message)
            else:
                self.log_change(request, version, f"Published as version {version.number}.")
                messages.success(request, _("Version %s is live now.") % version.number)
            return redirect(change)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Publish this draft?"),
            "version": version,
            "live": QuestionnaireVersion.objects.published().first(),
            "faults": check(version.questionnaire()),
            "change_url": change,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/quiz/questionnaireversion/publish.html", context)

    def _with_parts(self, request: HttpRequest, object_id: str) -> QuestionnaireVersion | None:
        found = self.get_object(request, unquote(object_id))
        return found and QuestionnaireVersion.objects.with_parts().get(pk=found.pk)


@admin.register(Item)
class ItemAdmin(DraftChoices, OfDrafts, admin.ModelAdmin):
    list_display = ["key", "text", "trait_key", "keying", "order", "version"]
    list_filter = ["version", "trait__key", "keying"]
    list_select_related = ["trait", "version"]
    search_fields = ["key", *Item.text.fields, "rationale"]
    formfield_overrides = SHORT_TEXT

    @admin.display(description=_("trait"), ordering="trait__key")
    def trait_key(self, item: Item) -> str:
        return item.trait.key

    @admin.display(description=_("statement"))
    def text(self, item: Item) -> str:
        return item.text


@admin.register(Trait)
class TraitAdmin(DraftChoices, OfDrafts, admin.ModelAdmin):
    list_display = ["key", "name", "weight", "order", "version"]
    list_filter = ["version"]
    list_select_related = ["version"]
    search_fields = ["key", *Trait.name.fields, *Trait.low.fields, *Trait.high.fields]

    @admin.display(description=_("name"))
    def name(self, trait: Trait) -> str:
        return trait.name


@admin.register(BackgroundQuestion)
class BackgroundQuestionAdmin(DraftChoices, OfDrafts, admin.ModelAdmin):
    list_display = ["key", "text", "order", "version"]
    list_filter = ["version"]
    list_select_related = ["version"]
    search_fields = ["key", *BackgroundQuestion.text.fields]
    inlines = [BackgroundOptionInline]

    @admin.display(description=_("question"))
    def text(self, question: BackgroundQuestion) -> str:
        return question.text
