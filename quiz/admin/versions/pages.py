"""A version's pages next to its form: each is a view that requires one permission."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from quiz.admin.drafts.screens import conflicts_explained, rendered
from quiz.questionnaires.checks.faults import Fault
from quiz.questionnaires.models import QuestionnaireVersion
from roles.admin.screens import is_id

Status = QuestionnaireVersion.Status
ANY = set(Status)
PREFIX = "quiz_questionnaireversion"

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class VersionPage:
    """A page; `right` is the permission that it requires in addition to viewing versions."""

    route: str
    name: str
    view: View
    right: str = "view"
    methods: tuple[str, ...] = ("GET", "HEAD", "POST")

    def url_pattern(self, model_admin: admin.ModelAdmin) -> URLPattern:
        def answer(request: HttpRequest, object_id: str, **kwargs: Any) -> HttpResponse:
            if not (may(request.user, "view") and may(request.user, self.right)):
                raise PermissionDenied
            version = version_with_parts(object_id)
            with conflicts_explained():
                return rendered(self.view(request, model_admin, version, **kwargs))

        view = model_admin.admin_site.admin_view(require_http_methods(self.methods)(answer))
        return path(f"<path:object_id>/{self.route}", view, name=f"{PREFIX}_{self.name}")


def may(user: Any, right: str) -> bool:
    """Check a permission for versions; as in Django's admin, changing includes viewing."""
    rights = ("view", "change") if right == "view" else (right,)
    return any(user.has_perm(f"quiz.{each}_questionnaireversion") for each in rights)


def version_with_parts(pk: str) -> QuestionnaireVersion:
    """Fetch a version with its parts; Http404 if there is none."""
    found = QuestionnaireVersion.objects.with_parts().filter(pk=pk).first() if is_id(pk) else None
    if found is None:
        raise Http404("No such version")
    return found


def url_of(page: str, version: QuestionnaireVersion, *args: object) -> str:
    return reverse(f"admin:{PREFIX}_{page}", args=[version.pk, *args])


def admin_form(form: BaseForm) -> AdminForm:
    """Wrap a form so that the admin's fieldset template can show it."""
    # The stubs ask for a ModelForm; Django needs only the fields.
    return AdminForm(cast(Any, form), [(None, {"fields": list(form.fields)})], {})


def show(
    request: HttpRequest,
    model_admin: admin.ModelAdmin,
    version: QuestionnaireVersion,
    template: str,
    title: Any,
    context: Mapping[str, Any],
) -> TemplateResponse:
    """Render one of a version's pages inside the admin's layout."""
    return TemplateResponse(
        request,
        f"admin/quiz/questionnaireversion/{template}.html",
        {
            **model_admin.admin_site.each_context(request),
            "title": title,
            "version": version,
            "change_url": url_of("change", version),
            "opts": model_admin.opts,
            "tools": tools(request.user, version),
            **context,
        },
    )


# The element that holds the parts of a kind on the page of a version.
ANCHORS = {
    "items": "items-group",
    "traits": "traits-group",
    "texts": "wordings-group",
    "scale": "scale_answers-group",
    "background": "background_questions-group",
    "version": "questionnaireversion_form",
}


def with_places(faults: list[Fault], version: QuestionnaireVersion) -> list[tuple[Fault, str]]:
    """Pair each fault with the address where an editor can fix it."""
    page = url_of("change", version)
    return [(fault, f"{page}#{ANCHORS[fault.place[0]]}") for fault in faults]


# What an editor can do with a version besides editing it: label, page, permission, states.
TOOLS = (
    (_("Preview"), "preview", "view", ANY),
    (_("Type in answers"), "preview_answers", "view", ANY),
    (_("What would come out"), "outcomes", "view", ANY),
    (_("How well it measures"), "evidence", "view", {Status.PUBLISHED, Status.RETIRED}),
    (_("Differences"), "differences", "view", ANY),
    (_("History"), "history", "view", ANY),
    (_("Export"), "export", "view", ANY),
    (_("New draft …"), "new_draft", "add", ANY),
    (_("Publish …"), "publish", "publish", {Status.DRAFT}),
    (_("Retire …"), "retire", "retire", {Status.PUBLISHED}),
)


def tools(user: Any, version: QuestionnaireVersion) -> list[tuple[Any, str]]:
    """List the label and address of everything this user can do with a version."""
    return [
        (label, url_of(page, version))
        for label, page, right, states in TOOLS
        if version.status in states and may(user, right)
    ]
