"""A version begins, goes live, and retires."""

import hashlib
from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from quiz.admin.drafts.forms import NewDraftForm
from quiz.admin.versions.pages import show, url_of, with_places
from quiz.questionnaires.file import write
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.questionnaires.models.parts import site_languages

CHANGED_SINCE = _(
    "Nothing was published: the draft was changed after this page was opened. Look at it again, "
    "then publish."
)
DRAFT, PUBLISHED = QuestionnaireVersion.Status.DRAFT, QuestionnaireVersion.Status.PUBLISHED


# ---------------------------------------------------------------- begin


def new_draft(
    request: HttpRequest, screen: admin.ModelAdmin, version: QuestionnaireVersion
) -> HttpResponse:
    """Ask for a title, then copy the version, whatever its state, as a new draft."""
    title = _now("Copy of %(title)s") % {"title": version.title}
    longest = QuestionnaireVersion._meta.get_field("title").max_length
    submitted = request.POST if request.method == "POST" else None
    form = NewDraftForm(submitted, initial={"title": title[:longest]})
    if form.is_valid():
        with transaction.atomic():
            # Every language of the site is asked for, also one that came after the version.
            languages = dict.fromkeys([*version.languages, *site_languages()])
            questionnaire = replace(version.questionnaire(), languages=tuple(languages))
            draft = QuestionnaireVersion.objects.add(questionnaire, form.cleaned_data["title"])
            screen.log_addition(request, draft, [{"added": {}}])
        messages.success(request, _("This is the new draft, a copy of “%s”.") % version)
        return redirect(url_of("change", draft))
    context = {
        "errors": form.errors,
        "adminform": AdminForm(form, [(None, {"fields": ["title"]})], {}),
    }
    title = _("New draft from this version")
    return show(request, screen, version, "new_draft", title, context)


# ---------------------------------------------------------------- go live


def publish(
    request: HttpRequest, screen: admin.ModelAdmin, version: QuestionnaireVersion
) -> HttpResponse:
    """Ask, then publish what was shown; faults keep it a draft and are named."""
    if version.status != DRAFT:
        messages.error(request, _("Only a draft can be published."))
        return redirect(url_of("change", version))
    if request.method == "POST":
        return redirect(url_of(_publish_now(request, screen, version), version))
    faults = version.faults()
    context = {
        "live": QuestionnaireVersion.objects.published().first(),
        "faults": with_places(faults, version),
        "is_sound": all(fault.level != "error" for fault in faults),
        "state": state_of(version),
        "outcomes_url": url_of("outcomes", version),
        "differences_url": url_of("differences", version),
    }
    return show(request, screen, version, "publish", _("Publish this draft?"), context)


def state_of(version: QuestionnaireVersion) -> str:
    """Return a mark of all that a version says; another one as soon as a word changes."""
    words = f"{version.title}\0{write(version.questionnaire())}"
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def _publish_now(
    request: HttpRequest, screen: admin.ModelAdmin, version: QuestionnaireVersion
) -> str:
    """Publish, or say why not; return the name of the page to go on with."""
    try:
        with transaction.atomic():
            # From here on nobody writes: what was seen is what goes live.
            drafts = QuestionnaireVersion.objects.select_for_update().with_parts()
            version = drafts.get(pk=version.pk)
            if request.POST.get("state") != state_of(version):
                messages.error(request, CHANGED_SINCE)
                return "publish"
            version.publish()
            text = _now("Published as version %(number)s.") % {"number": version.number}
            screen.log_change(request, version, text)
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
    return "change"


# ---------------------------------------------------------------- retire


def retire(
    request: HttpRequest, screen: admin.ModelAdmin, version: QuestionnaireVersion
) -> HttpResponse:
    """Ask, then take the live version away without another one."""
    if version.status != PUBLISHED:
        messages.error(request, _("Only the live version can be retired."))
        return redirect(url_of("change", version))
    if request.method == "POST":
        _retire_now(request, screen, version)
        return redirect(url_of("change", version))
    context: dict[str, Any] = {"drafts": QuestionnaireVersion.objects.drafts()}
    return show(request, screen, version, "retire", _("Retire the live version?"), context)


def _retire_now(
    request: HttpRequest, screen: admin.ModelAdmin, version: QuestionnaireVersion
) -> None:
    try:
        with transaction.atomic():
            version.retire()
            screen.log_change(request, version, _now("Retired."))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Version %s is retired; the quiz is closed.") % version.number)
