"""Whether a visitor could see themselves in a role: asked on its page after their result."""

from collections.abc import Iterable, Mapping
from typing import Any

from crispy_forms.utils import render_crispy_form
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from quiz.attempts.models import Attempt
from quiz.core.questionnaire import RESERVED_KEYS
from quiz.core.suggestions import FIELDS_AND_LEVELS, both_at_level_of
from quiz.evidence.models import Interest
from quiz.visitor.own_attempt import no_attempt, own_attempt_required
from quiz.visitor.page_forms import NotAnAnswer
from quiz.visitor.taking import not_an_answer, of_another_quiz
from quiz.web.forms import FormFault, PlainForm
from quiz.web.rendering import rendered_once
from roles.models import Role

# The question on a role's page.
QUESTION_ANCHOR = "#fit"
NO_ANSWER = _("Choose an answer for at least one of the jobs, or go back without.")


class InterestForm(PlainForm):
    """A group of radio buttons for each role, named by its slug."""

    def __init__(self, titles: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for role_slug, title in titles:
            self.fields[role_slug] = forms.ChoiceField(
                label=title,
                choices=Interest.Answer.choices,
                widget=forms.RadioSelect,
                required=False,
            )


@rendered_once
def _fields(
    titles: tuple[tuple[str, str], ...], said: frozenset[tuple[str, str]], language: str | None
) -> SafeString:
    """Render the fieldsets with earlier answers, which takes longer than the rest of the page."""
    # Safe to mark: it comes from templates, which escape what they show.
    return SafeString(render_crispy_form(InterestForm(titles, initial=dict(said))))


@require_http_methods(["GET", "HEAD", "POST"])
@own_attempt_required
def interest(request: HttpRequest, attempt: Attempt, role_slug: str) -> HttpResponse:
    """Save the answers about a role and about its counterpart in the other field."""
    if role_slug not in FIELDS_AND_LEVELS:
        raise Http404(f"No role {role_slug!r}")
    finished = Attempt.objects.newest_result_of(attempt)
    if finished is None:
        return redirect(attempt.way_on_url)
    attempt = finished
    if request.method != "POST":
        return _show(request, attempt, role_slug)

    page_url = reverse("roles:role_detail", args=[role_slug])
    if request.POST.get("attempt", attempt.mark) != attempt.mark:
        raise of_another_quiz(f"{page_url}{QUESTION_ANCHOR}")
    try:
        said = _said(request.POST, roles_asked_about(attempt, role_slug))
    except NotAnAnswer:
        raise not_an_answer(f"{page_url}{QUESTION_ANCHOR}") from None
    if not said:
        return _show(request, attempt, role_slug, is_refused=True)
    try:
        Interest.objects.say(attempt, said, timezone.now())
    except Attempt.DoesNotExist:  # deleted while this was being saved
        raise no_attempt(request) from None
    return redirect(f"{page_url}{QUESTION_ANCHOR}")


def roles_asked_about(attempt: Attempt, role_slug: str) -> tuple[str, ...]:
    """A role and its counterpart, in the order drawn when the attempt was started."""
    return both_at_level_of(role_slug, shows_sales_first=attempt.shows_sales_first)


def interest_form(attempt: Attempt, role_slug: str, titles: Mapping[str, str]) -> dict[str, Any]:
    """What `interest/_form.html` shows; a role without a title no longer exists, so skip it."""
    asked = roles_asked_about(attempt, role_slug)
    said = dict(attempt.interests.filter(role__in=asked).values_list("role", "answer"))
    named = tuple((slug, titles[slug]) for slug in asked if slug in titles)
    return {
        "fields": _fields(named, frozenset(said.items()), get_language()),
        "url": reverse("quiz:interest", args=[role_slug]),
        "attempt_mark": attempt.mark,
        "is_said": bool(said),
    }


def _said(data: Mapping[str, str], asked: tuple[str, ...]) -> dict[str, str]:
    """Return the answers by role; raise NotAnAnswer if anything else was sent."""
    said = {name: value for name, value in data.items() if name not in RESERVED_KEYS}
    for name, value in said.items():
        if name not in asked or value not in Interest.Answer.values:
            raise NotAnAnswer(f"{name}={value!r:.40} is not asked")
    return said


def _show(
    request: HttpRequest, attempt: Attempt, role_slug: str, *, is_refused: bool = False
) -> HttpResponse:
    """Show the question on a page of its own, without an answer or after an empty one."""
    roles = Role.objects.for_cards(list(roles_asked_about(attempt, role_slug)))
    titles = {slug: role.title for slug, role in roles.items()}
    context = {
        **interest_form(attempt, role_slug, titles),
        "page_url": reverse("roles:role_detail", args=[role_slug]),
    }
    if is_refused and titles:
        said = attempt.interests.filter(role__in=titles).values_list("role", "answer")
        form = InterestForm(titles.items(), data=dict(said))
        first = next(iter(titles))
        form.add_error(first, NO_ANSWER)
        context["fields"] = SafeString(render_crispy_form(form))  # safe to mark, as above
        place = f"id_{first}_{Interest.Answer.values[0]}"
        context["form_faults"] = [FormFault(place, str(NO_ANSWER))]
    return render(request, "quiz/interest.html", context, status=400 if is_refused else 200)
