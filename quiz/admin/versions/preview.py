"""Previews a version on the pages that visitors see, without storing an attempt.

The answers of a preview stay in the editor's session, for one version at a time.
"""

from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from quiz.admin.drafts.forms import typed_answers_form
from quiz.admin.versions.pages import View, admin_form, show, url_of
from quiz.core.precision import Norms
from quiz.core.questionnaire import Questionnaire
from quiz.core.sitting import Sitting
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.questionnaires.models.norms import norms_in_use
from quiz.visitor.result import sitting_result
from quiz.visitor.taking import require_page, sitting_page
from quiz.visitor.welcome import summary_of
from quiz.web.forms import submitted
from quiz.web.rendering import Preview, cached_page

SESSION_KEY = "rehearsal"
KEPT = ("answers", "background", "result", "allows_research", "saved_at", "finished_at")
TIMES = ("saved_at", "finished_at")


class PreviewSitting(Sitting):
    """Keeps an editor's answers in the session until the editor starts another preview."""

    shows_sales_first = True

    def __init__(self, version: QuestionnaireVersion, session: SessionBase) -> None:
        self._version, self._session = version, session
        self._questionnaire = version.questionnaire()
        self.language = get_language() or self._questionnaire.languages[0]
        self.answers, self.background, self.allows_research = {}, {}, False
        self.result, self.finished_at, self.saved_at = None, None, timezone.now()
        kept = session.get(SESSION_KEY, {})
        if kept.get("version") == version.pk:
            self._restore(kept)

    def _restore(self, kept: dict[str, Any]) -> None:
        """Continue with the kept answers, without those that the version no longer asks for."""
        for name in KEPT:
            value = kept.get(name)
            setattr(self, name, datetime.fromisoformat(value) if name in TIMES and value else value)
        values = {answer.value for answer in self._questionnaire.scale}
        self.answers = {
            key: answer
            for key, answer in self.answers.items()
            if key in self._questionnaire.items_by_key and answer["value"] in values
        }
        if self._questionnaire.unanswered(self.answers):
            self.result = self.finished_at = None
        elif self.is_finished:
            self.result = self._score().to_data()

    def start(self) -> None:
        """Start a new preview and drop the answers of the one before."""
        self._write(
            answers={},
            background={},
            result=None,
            allows_research=False,
            finished_at=None,
            saved_at=timezone.now(),
        )

    def answer_all(self, values: dict[str, int], background: dict[str, str]) -> None:
        """Replace all answers, without times, and finish."""
        self.start()
        positions = {item.key: n for n, item in enumerate(self._questionnaire.items, start=1)}
        answers = {
            key: {"value": value, "position": positions[key], "ms": None}
            for key, value in values.items()
        }
        self._write(answers=answers)
        self.finish(background, now=timezone.now())

    def _write(self, **changes: Any) -> bool:
        for name, value in changes.items():
            setattr(self, name, value)
        kept = {name: getattr(self, name) for name in KEPT}
        for name in TIMES:
            kept[name] = kept[name] and kept[name].isoformat()
        self._session[SESSION_KEY] = {"version": self._version.pk, **kept}
        return True

    @property
    def mark(self) -> str:
        return f"rehearsal-{self._version.pk}"

    @property
    def questionnaire(self) -> Questionnaire:
        return self._questionnaire

    @property
    def norms(self) -> Norms | None:
        return norms_in_use(self._version.pk, self.language)

    def page_url(self, page: int) -> str:
        return url_of("preview_page", self._version, page)

    @property
    def start_url(self) -> str:
        return url_of("preview", self._version)

    @property
    def result_url(self) -> str:
        return url_of("preview_result", self._version)


def sound_version_required(view: View) -> View:
    """Pass a sitting to the view, or return to the draft's page if the draft has errors."""

    @wraps(view)
    def with_sitting(
        request: HttpRequest,
        model_admin: admin.ModelAdmin,
        version: QuestionnaireVersion,
        **kwargs: Any,
    ) -> HttpResponse:
        # A published version passed the rules of its day. Newer rules don't stop its preview.
        if version.is_draft and version.errors():
            messages.error(
                request,
                _("Fix the errors of the draft first. Then you can preview it."),
            )
            return redirect(url_of("change", version))
        return view(
            request, model_admin, version, PreviewSitting(version, request.session), **kwargs
        )

    return with_sitting


def _preview(version: QuestionnaireVersion) -> Preview:
    return Preview(str(version), url_of("change", version))


@sound_version_required
def introduction(
    request: HttpRequest,
    model_admin: admin.ModelAdmin,
    version: QuestionnaireVersion,
    sitting: PreviewSitting,
) -> HttpResponse:
    if request.method == "POST":
        sitting.start()
        return redirect(sitting.page_url(1))
    values = {
        **summary_of(sitting.questionnaire, sitting.language),
        "start_url": sitting.start_url,
        "preview": _preview(version),
    }
    return cached_page(request, "quiz/introduction.html", values)


@sound_version_required
def answer_page(
    request: HttpRequest,
    model_admin: admin.ModelAdmin,
    version: QuestionnaireVersion,
    sitting: PreviewSitting,
    page: int,
) -> HttpResponse:
    require_page(sitting.questionnaire, page)
    return sitting_page(request, sitting, page, preview=_preview(version))


@sound_version_required
def result(
    request: HttpRequest,
    model_admin: admin.ModelAdmin,
    version: QuestionnaireVersion,
    sitting: PreviewSitting,
) -> HttpResponse:
    return sitting_result(request, sitting, preview=_preview(version))


@sound_version_required
def typed_answers(
    request: HttpRequest,
    model_admin: admin.ModelAdmin,
    version: QuestionnaireVersion,
    sitting: PreviewSitting,
) -> HttpResponse:
    """Ask for every answer on one page, then show the result."""
    initial = {**sitting.values(), **sitting.background}
    form = typed_answers_form(sitting.questionnaire, sitting.language)(
        submitted(request), initial=initial
    )
    if form.is_valid():
        values, background = form.answers_to(sitting.questionnaire)
        sitting.answer_all(values, background)
        return redirect(sitting.result_url)
    context = {"adminform": admin_form(form), "errors": form.errors}
    title = _("Type in answers")
    return show(request, model_admin, version, "typed_answers", title, context)
