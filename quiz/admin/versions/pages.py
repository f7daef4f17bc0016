"""The pages of a version beside its form: each is a view of the version, and asks for one right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from quiz.questionnaires.checks.faults import Fault
from quiz.questionnaires.models import QuestionnaireVersion
from roles.admin.screens import is_id

Status = QuestionnaireVersion.Status
ANY = set(Status)
PREFIX = "quiz_questionnaireversion"

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class VersionPage:
    """`right` is what one must be allowed to do with versions, beside viewing them."""

    route: str
    name: str
    view: View
    right: str = "view"
    methods: tuple[str, ...] = ("GET", "HEAD", "POST")

    def url_pattern(self, screen: admin.ModelAdmin) -> URLPattern:
        def answer(request: HttpRequest, object_id: str, **kwargs: Any) -> HttpResponse:
            if not (may(request.user, "view") and may(request.user, self.right)):
                raise PermissionDenied
            version = version_with_parts(object_id)
            return self.view(request, screen, version, **kwargs)

        view = screen.admin_site.admin_view(require_http_methods(self.methods)(answer))
        return path(f"<path:object_id>/{self.route}", view, name=f"{PREFIX}_{self.name}")


def may(user: Any, right: str) -> bool:
    """Say what the admin says: whoever may change versions may view them."""
    rights = ("view", "change") if right == "view" else (right,)
    return any(user.has_perm(f"quiz.{each}_questionnaireversion") for each in rights)


def version_with_parts(pk: str) -> QuestionnaireVersion:
    """Return a version; Http404 where there is none."""
    found = QuestionnaireVersion.objects.with_parts().filter(pk=pk).first() if is_id(pk) else None
    if found is None:
        raise Http404("No such version")
    return found


def url_of(page: str, version: QuestionnaireVersion, *args: object) -> str:
    return reverse(f"admin:{PREFIX}_{page}", args=[version.pk, *args])


def show(
    request: HttpRequest,
    screen: admin.ModelAdmin,
    version: QuestionnaireVersion,
    template: str,
    title: Any,
    context: Mapping[str, Any],
) -> TemplateResponse:
    """Answer with one of a version's pages, in the admin's frame."""
    return TemplateResponse(
        request,
        f"admin/quiz/questionnaireversion/{template}.html",
        {
            **screen.admin_site.each_context(request),
            "title": title,
            "version": version,
            "change_url": url_of("change", version),
            "opts": screen.opts,
            "tools": tools(request.user, version),
            **context,
        },
    )


# Where the parts of a kind stand on the page of a version.
ANCHORS = {
    "items": "items-group",
    "traits": "traits-group",
    "texts": "wordings-group",
    "scale": "scale_answers-group",
    "background": "background_questions-group",
    "version": "questionnaireversion_form",
}


def with_places(faults: list[Fault], version: QuestionnaireVersion) -> list[tuple[Fault, str]]:
    """Return faults, each with the address where it can be mended."""
    page = url_of("change", version)
    return [(fault, f"{page}#{ANCHORS[fault.place[0]]}") for fault in faults]


# What one can do with a version beside editing it: label, page, right, and in which states.
TOOLS = (
    (_("Preview"), "preview", "view", ANY),
    (_("Type in answers"), "preview_answers", "view", ANY),
    (_("What would come out"), "outcomes", "view", ANY),
    (_("How well it measures"), "evidence", "view", {Status.PUBLISHED, Status.RETIRED}),
    (_("Differences"), "differences", "view", ANY),
    (_("History"), "history", "view", ANY),
    (_("Export"), "export", "view", ANY),
    (_("New draft from this version …"), "new_draft", "add", ANY),
    (_("Publish …"), "publish", "publish", {Status.DRAFT}),
    (_("Retire …"), "retire", "retire", {Status.PUBLISHED}),
)


def tools(user: Any, version: QuestionnaireVersion) -> list[tuple[Any, str]]:
    """Return label and address of what this user can do with a version."""
    return [
        (label, url_of(page, version))
        for label, page, right, states in TOOLS
        if version.status in states and may(user, right)
    ]
