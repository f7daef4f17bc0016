"""Exports a version as a file, and imports a file as a draft."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from quiz.admin.drafts.forms import ImportForm
from quiz.admin.drafts.screens import report_check
from quiz.admin.versions.pages import PREFIX, admin_form, may, url_of
from quiz.questionnaires.file import write
from quiz.questionnaires.models import QuestionnaireVersion
from roles.admin.adding import AddsOnce


def export(
    request: HttpRequest, model_admin: admin.ModelAdmin, version: QuestionnaireVersion
) -> HttpResponse:
    name = f"version-{version.number}" if version.number else f"draft-{version.pk}"
    name = "-".join(filter(None, ["questionnaire", name, slugify(version.title)]))
    return HttpResponse(
        write(version.questionnaire()),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}.json"'},
    )


def import_url(model_admin: AddsOnce) -> URLPattern:
    def answer(request: HttpRequest) -> HttpResponse:
        if not may(request.user, "add"):
            raise PermissionDenied
        return import_file(request, model_admin)

    view = model_admin.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(answer))
    return path("import/", view, name=f"{PREFIX}_import")


def import_file(request: HttpRequest, model_admin: AddsOnce) -> HttpResponse:
    """Ask for a file and store it as a draft; a file with any fault is refused completely."""
    is_sent = request.method == "POST"
    form = ImportForm(request.POST, request.FILES) if is_sent else ImportForm()
    if form.is_valid():
        return model_admin.add_once(request, lambda: _add(request, model_admin, form))
    context: dict[str, Any] = {
        **model_admin.admin_site.each_context(request),
        "title": _("New draft from a file"),
        "opts": model_admin.opts,
        "errors": form.errors,
        "schema_url": reverse("quiz:schema"),
        "adminform": admin_form(form),
    }
    return TemplateResponse(request, "admin/quiz/questionnaireversion/import.html", context)


def _add(request: HttpRequest, model_admin: AddsOnce, form: ImportForm) -> HttpResponse:
    draft = QuestionnaireVersion.objects.add(form.questionnaire, form.cleaned_data["title"])
    model_admin.log_addition(request, draft, [{"added": {}}])
    messages.success(request, _("This is your new draft, as in the file."))
    report_check(request, draft)
    return redirect(url_of("change", draft))
