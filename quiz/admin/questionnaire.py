"""Questions in the admin: a draft can be edited and published, everything else only be read."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Count, QuerySet
from django.forms import Textarea
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from quiz.admin.drafts import InlineOfDrafts, ScreenOfDrafts
from quiz.admin.forms import (
    BackgroundOptionForm,
    BackgroundQuestionForm,
    ItemForm,
    NewDraftForm,
    ScaleAnswerForm,
    TraitForm,
    WordingForm,
)
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

SHORT_TEXT = {models.TextField: {"widget": Textarea(attrs={"rows": 3, "cols": 60})}}


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
    fields = ["order", "key", "weight", *Trait.name.fields, *Trait.low.fields, *Trait.high.fields]
    fields += [*Trait.low_gloss.fields, *Trait.high_gloss.fields]
    can_delete = False
    show_change_link = True


class ItemInline(InlineOfDrafts):
    model = Item
    form = ItemForm
    fields = ["order", "key", "trait", "keying", *Item.text.fields]
    show_change_link = True

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


@admin.register(QuestionnaireVersion)
class QuestionnaireVersionAdmin(ScreenOfDrafts):
    list_display = ["title", "number", "status", "item_count", "created_at", "published_at"]
    list_filter = ["status"]
    search_fields = ["title"]
    readonly_fields = ["number", "status", "created_at", "published_at", "retired_at"]
    inlines = [
        WordingInline,
        ScaleAnswerInline,
        TraitInline,
        ItemInline,
        BackgroundQuestionInline,
    ]
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
        own = [
            path(f"<path:object_id>/{page}/", self.admin_site.admin_view(view), name=name)
            for page, view, name in (
                ("publish", self.publish_view, "quiz_questionnaireversion_publish"),
                ("new-draft", self.new_draft_view, "quiz_questionnaireversion_new_draft"),
            )
        ]
        return [*own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show with every draft what `check` finds in it as it is saved."""
        version = context.get("original")
        if version and version.is_draft:
            context["faults"] = check(self._with_parts(version).questionnaire())
        return super().render_change_form(request, context, *args, **kwargs)

    def publish_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then publish; faults keep it a draft and are shown."""
        return require_http_methods(["GET", "HEAD", "POST"])(self._publish)(request, object_id)

    def _publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        version = self._found(request, object_id)
        # Without the version: one that is live already is no matter of rights, and is told below.
        if not self.has_change_permission(request):
            raise PermissionDenied
        change = reverse("admin:quiz_questionnaireversion_change", args=[version.pk])
        if request.method == "POST":
            self._publish_now(request, version)
            return redirect(change)
        if not version.is_draft:
            messages.error(request, _("Only a draft can be published."))
            return redirect(change)
        context = {
            **self._page_context(request, version, _("Publish this draft?")),
            "live": QuestionnaireVersion.objects.published().first(),
            "faults": check(version.questionnaire()),
        }
        return TemplateResponse(request, "admin/quiz/questionnaireversion/publish.html", context)

    def _publish_now(self, request: HttpRequest, version: QuestionnaireVersion) -> None:
        try:
            with transaction.atomic():
                version.publish()
                text = _now("Published as version %(number)s.") % {"number": version.number}
                self.log_change(request, version, text)
        except ValidationError as error:
            messages.error(request, _("Nothing was published."))
            for message in error.messages:
                messages.error(request, message)
        except IntegrityError:
            messages.error(
                request,
                _("Nothing was published: another draft went live at the same moment. Try again."),
            )
        else:
            messages.success(request, _("Version %s is live now.") % version.number)

    def new_draft_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for a title, then copy the version, whatever its state, as a new draft."""
        return require_http_methods(["GET", "HEAD", "POST"])(self._new_draft)(request, object_id)

    def _new_draft(self, request: HttpRequest, object_id: str) -> HttpResponse:
        version = self._found(request, object_id)
        if not (self.has_view_permission(request, version) and self.has_add_permission(request)):
            raise PermissionDenied
        title = _now("Copy of %(title)s") % {"title": version.title}
        longest = QuestionnaireVersion._meta.get_field("title").max_length
        submitted = request.POST if request.method == "POST" else None
        form = NewDraftForm(submitted, initial={"title": title[:longest]})
        if form.is_valid():
            with transaction.atomic():
                questionnaire = version.questionnaire()
                draft = QuestionnaireVersion.objects.add(questionnaire, form.cleaned_data["title"])
                self.log_addition(request, draft, [{"added": {}}])
            messages.success(request, _("This is the new draft, a copy of “%s”.") % version)
            return redirect("admin:quiz_questionnaireversion_change", draft.pk)
        context = {
            **self._page_context(request, version, _("New draft from this version")),
            "errors": form.errors,
            "adminform": AdminForm(form, [(None, {"fields": ["title"]})], {}),
        }
        return TemplateResponse(request, "admin/quiz/questionnaireversion/new_draft.html", context)

    def _page_context(
        self, request: HttpRequest, version: QuestionnaireVersion, title: Any
    ) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "version": version,
            "change_url": reverse("admin:quiz_questionnaireversion_change", args=[version.pk]),
            "opts": self.opts,
        }

    def _found(self, request: HttpRequest, object_id: str) -> QuestionnaireVersion:
        found = self.get_object(request, unquote(object_id))
        if found is None:
            raise Http404("No such version")
        return self._with_parts(found)

    def _with_parts(self, version: QuestionnaireVersion) -> QuestionnaireVersion:
        return QuestionnaireVersion.objects.with_parts().get(pk=version.pk)


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
    list_display = ["key", "text", "trait_key", "keying", "order", "version"]
    list_filter = ["version", ("trait__key", ByTrait), "keying"]
    list_select_related = ["trait", "version"]
    ordering = ["-version", "order", "pk"]
    search_fields = ["key", *Item.text.fields, "rationale"]
    formfield_overrides = SHORT_TEXT

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
            form.base_fields["trait"].queryset = obj.version.traits.select_related("version")
        return form


@admin.register(Trait)
class TraitAdmin(DraftChoices, ScreenOfDrafts):
    form = TraitForm
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

    @admin.display(description=_("question"))
    def text(self, question: BackgroundQuestion) -> str:
        return question.text
