"""The list of versions and the form page of a version with all its parts."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from quiz.admin.drafts.parts import (
    BackgroundQuestionInline,
    ItemInline,
    ScaleAnswerInline,
    TraitInline,
    WordingInline,
)
from quiz.admin.drafts.screens import DraftAdmin
from quiz.admin.versions import differences, evidence, files, outcomes, preview, publishing
from quiz.admin.versions.pages import (
    PREFIX,
    VersionPage,
    may,
    tools,
    url_of,
    version_with_parts,
    with_places,
)
from quiz.questionnaires.models import (
    BackgroundOption,
    BackgroundQuestion,
    Item,
    QuestionnaireVersion,
    ScaleAnswer,
    Trait,
    Wording,
)
from roles.admin.screens import is_id

READ = ("GET", "HEAD")
PAGES = (
    VersionPage("preview/", "preview", preview.introduction),
    VersionPage("preview/<int:page>/", "preview_page", preview.answer_page),
    VersionPage("preview/result/", "preview_result", preview.result, methods=READ),
    VersionPage("preview/answers/", "preview_answers", preview.typed_answers),
    VersionPage("outcomes/", "outcomes", outcomes.outcomes, methods=READ),
    VersionPage("evidence/", "evidence", evidence.evidence),
    VersionPage("differences/", "differences", differences.differences_of_versions, methods=READ),
    VersionPage("export/", "export", files.export, methods=READ),
    VersionPage("new-draft/", "new_draft", publishing.new_draft, "add"),
    VersionPage("publish/", "publish", publishing.publish, "publish"),
    VersionPage("retire/", "retire", publishing.retire, "retire"),
)


@admin.register(QuestionnaireVersion)
class QuestionnaireVersionAdmin(DraftAdmin):
    list_display = ["title", "number", "status", "item_count", "created_at", "published_at"]
    list_filter = ["status"]
    search_fields = ["title"]
    readonly_fields = ["number", "status", "created_at", "published_at", "retired_at"]
    inlines = [
        ItemInline,
        TraitInline,
        WordingInline,
        ScaleAnswerInline,
        BackgroundQuestionInline,
    ]
    parts_with_history = [
        *((part, "version_id") for part in (Wording, ScaleAnswer, Trait, Item, BackgroundQuestion)),
        (BackgroundOption, "question__version_id"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuestionnaireVersion]:
        versions: QuerySet[QuestionnaireVersion] = super().get_queryset(request)
        return versions.annotate(items_count=Count("items", filter=Q(items__is_asked=True)))

    @admin.display(description=_("statements asked"), ordering="items_count")
    def item_count(self, version: Any) -> int:
        return int(version.items_count)

    def get_urls(self) -> list[Any]:
        own = [page.url_pattern(self) for page in PAGES]
        return [files.import_url(self), *own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add the tools for the version, and for a draft what the check finds in it."""
        context["show_save_and_add_another"] = False
        version = context.get("original")
        if version:
            context["tools"] = tools(request.user, version)
        if version and version.is_draft:
            faults = version_with_parts(str(version.pk)).faults()
            context["faults"] = with_places(faults, version)
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        version = self.get_object(request, object_id) if is_id(object_id) else None
        context = {"tools": tools(request.user, version)} if version else {}
        return super().history_view(request, object_id, {**context, **(extra_context or {})})

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Go to the one page that starts a draft; without any version, to the one for a file."""
        if not may(request.user, "add"):
            raise PermissionDenied
        versions = QuestionnaireVersion.objects
        start = versions.published().first() or versions.order_by("-pk").first()
        if start is None or not may(request.user, "view"):
            return redirect(f"admin:{PREFIX}_import")
        return redirect(url_of("new_draft", start))
