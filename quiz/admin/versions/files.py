"""A version as a file: out of the admin, and back into it as a draft."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from quiz.admin.drafts.forms import ImportForm
from quiz.admin.drafts.screens import tell_what_the_check_finds
from quiz.admin.versions.pages import PREFIX, may, url_of
from quiz.questionnaires.file import write
from quiz.questionnaires.models import QuestionnaireVersion


def export(
    request: HttpRequest, screen: admin.ModelAdmin, version: QuestionnaireVersion
) -> HttpResponse:
    """Answer with the version as a file to keep."""
    name = f"version-{version.number}" if version.number else f"draft-{version.pk}"
    name = "-".join(filter(None, ["questionnaire", name, slugify(version.title)]))
    return HttpResponse(
        write(version.questionnaire()),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}.json"'},
    )


def import_url(screen: admin.ModelAdmin) -> URLPattern:
    def answer(request: HttpRequest) -> HttpResponse:
        if not may(request.user, "add"):
            raise PermissionDenied
        return import_file(request, screen)

    view = screen.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(answer))
    return path("import/", view, name=f"{PREFIX}_import")


def import_file(request: HttpRequest, screen: admin.ModelAdmin) -> HttpResponse:
    """Ask for a file, then write it as a draft; one with a fault is refused whole."""
    sent = request.method == "POST"
    form = ImportForm(request.POST, request.FILES) if sent else ImportForm()
    if form.is_valid():
        with transaction.atomic():
            draft = QuestionnaireVersion.objects.add(form.questionnaire, form.cleaned_data["title"])
            screen.log_addition(request, draft, [{"added": {}}])
        messages.success(request, _("This is the new draft, as the file has it."))
        tell_what_the_check_finds(request, draft)
        return redirect(url_of("change", draft))
    context: dict[str, Any] = {
        **screen.admin_site.each_context(request),
        "title": _("New draft from a file"),
        "opts": screen.opts,
        "errors": form.errors,
        "faults": form.faults,
        "schema_url": reverse("quiz:schema"),
        "adminform": AdminForm(form, [(None, {"fields": ["file", "title"]})], {}),
    }
    return TemplateResponse(request, "admin/quiz/questionnaireversion/import.html", context)
