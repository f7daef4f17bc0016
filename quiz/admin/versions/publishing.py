"""Starts a draft from a version, publishes it, and retires it."""

import hashlib
from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from quiz.admin.drafts.forms import NewDraftForm
from quiz.admin.versions.pages import (
    admin_form,
    show,
    url_of,
    version_with_parts,
    with_places,
)
from quiz.questionnaires.file import write
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.questionnaires.models.parts import site_languages
from quiz.web.forms import submitted
from roles.admin.adding import AddsOnce

CHANGED_SINCE = _(
    "Nothing was published, because someone changed the draft after you opened this page. Look at "
    "it again, then publish."
)
DRAFT, PUBLISHED = QuestionnaireVersion.Status.DRAFT, QuestionnaireVersion.Status.PUBLISHED


# ---------------------------------------------------------------- start


def new_draft(
    request: HttpRequest, model_admin: AddsOnce, version: QuestionnaireVersion
) -> HttpResponse:
    """Ask what to start from and for a title, then copy that version as a new draft."""
    form = NewDraftForm(submitted(request), version=version)
    if form.is_valid():
        return model_admin.add_once(request, lambda: _copy(request, model_admin, form))
    context = {"errors": form.errors, "adminform": admin_form(form)}
    title = _("New draft")
    return show(request, model_admin, version, "new_draft", title, context)


def _copy(request: HttpRequest, model_admin: AddsOnce, form: NewDraftForm) -> HttpResponse:
    source = version_with_parts(str(form.cleaned_data["start"].pk))
    # The site may offer languages that were added after this version was published.
    languages = dict.fromkeys([*source.languages, *site_languages()])
    questionnaire = replace(source.questionnaire(), languages=tuple(languages))
    draft = QuestionnaireVersion.objects.add(questionnaire, form.cleaned_data["title"])
    model_admin.log_addition(request, draft, [{"added": {}}])
    messages.success(request, _("This is your new draft, a copy of “%s”.") % source)
    return redirect(url_of("change", draft))


# ---------------------------------------------------------------- publish


def publish(
    request: HttpRequest, model_admin: admin.ModelAdmin, version: QuestionnaireVersion
) -> HttpResponse:
    """Ask first, then publish what was shown; a draft with errors stays a draft."""
    if version.status != DRAFT:
        messages.error(request, _("Only a draft can be published."))
        return redirect(url_of("change", version))
    if request.method == "POST":
        return redirect(url_of(_publish_now(request, model_admin, version), version))
    faults = version.faults()
    context = {
        "live": QuestionnaireVersion.objects.published().first(),
        "faults": with_places(faults, version),
        "is_sound": all(fault.level != "error" for fault in faults),
        "state": state_of(version),
        "outcomes_url": url_of("outcomes", version),
        "differences_url": url_of("differences", version),
    }
    return show(request, model_admin, version, "publish", _("Publish this draft?"), context)


def state_of(version: QuestionnaireVersion) -> str:
    """Hash all texts and numbers of a version: any change gives another hash."""
    words = f"{version.title}\0{write(version.questionnaire())}"
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def _publish_now(
    request: HttpRequest, model_admin: admin.ModelAdmin, version: QuestionnaireVersion
) -> str:
    """Publish, or message why not; return the name of the page to continue with."""
    try:
        with transaction.atomic():
            # With the row locked, nothing can change between the comparison and publishing.
            drafts = QuestionnaireVersion.objects.select_for_update().with_parts()
            version = drafts.get(pk=version.pk)
            if request.POST.get("state") != state_of(version):
                messages.error(request, CHANGED_SINCE)
                return "publish"
            version.publish()
            text = _now("Published as version %(number)s.") % {"number": version.number}
            model_admin.log_change(request, version, text)
    except ValidationError as error:
        messages.error(request, _("Nothing was published."))
        for message in error.messages:
            messages.error(request, message)
    except IntegrityError:
        messages.error(
            request,
            _("Nothing was published, because another draft went live just now. Try again."),
        )
    else:
        messages.success(request, _("Version %s is live now.") % version.number)
    return "change"


# ---------------------------------------------------------------- retire


def retire(
    request: HttpRequest, model_admin: admin.ModelAdmin, version: QuestionnaireVersion
) -> HttpResponse:
    """Ask first, then retire the live version without a replacement, which closes the quiz."""
    if version.status != PUBLISHED:
        messages.error(request, _("Only the live version can be retired."))
        return redirect(url_of("change", version))
    if request.method == "POST":
        _retire_now(request, model_admin, version)
        return redirect(url_of("change", version))
    context: dict[str, Any] = {"drafts": QuestionnaireVersion.objects.drafts()}
    return show(request, model_admin, version, "retire", _("Retire the live version?"), context)


def _retire_now(
    request: HttpRequest, model_admin: admin.ModelAdmin, version: QuestionnaireVersion
) -> None:
    try:
        with transaction.atomic():
            version.retire()
            model_admin.log_change(request, version, _now("Retired."))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(
            request, _("Version %s is retired, and the quiz is closed.") % version.number
        )
