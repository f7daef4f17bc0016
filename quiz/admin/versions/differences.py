"""Compares any two versions word by word."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from quiz.admin.versions.pages import show, version_with_parts
from quiz.questionnaires.differences import differences
from quiz.questionnaires.models import QuestionnaireVersion


def differences_of_versions(
    request: HttpRequest, model_admin: admin.ModelAdmin, version: QuestionnaireVersion
) -> HttpResponse:
    """Compare a version with the one that `with` names, or with the usual one."""
    others = QuestionnaireVersion.objects.exclude(pk=version.pk)
    other = (
        version_with_parts(request.GET["with"])
        if request.GET.get("with")
        else _usual_other(version)
    )
    found = differences(other.questionnaire(), version.questionnaire()) if other else ()
    context = {"others": others, "other": other, "found": found}
    return show(request, model_admin, version, "differences", _("Differences"), context)


def _usual_other(version: QuestionnaireVersion) -> QuestionnaireVersion | None:
    """Choose the live version for a draft, and for any other version the one before it."""
    versions = QuestionnaireVersion.objects.with_parts()
    if version.number is None:
        return versions.published().first() or versions.exclude(number=None).first()
    return versions.filter(number__lt=version.number).order_by("-number").first()
