"""The owner's next step: one line of their own, kept with the newest result."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quiz.attempts.models import Attempt
from quiz.visitor.forms import NextStepForm
from quiz.visitor.own_attempt import no_attempt, own_attempt_required
from quiz.web.forms import render_form, submitted


@require_http_methods(["GET", "HEAD", "POST"])
@own_attempt_required
def next_step(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """Save the line; an empty one deletes it."""
    finished = Attempt.objects.newest_result_of(attempt)
    if finished is None:
        return redirect(attempt.way_on_url)
    form = NextStepForm(submitted(request), initial={"next_step": finished.next_step})
    if form.is_valid() and request.POST.get("result", finished.mark) != finished.mark:
        words = _("There is a newer result in this browser. Check your step, then save it again.")
        form.add_error("next_step", words)
    if form.is_valid():
        if not finished.plan(form.cleaned_data["next_step"]):
            raise no_attempt(request)
        return redirect(f"{finished.result_url}#next-step")
    return render_form(request, "quiz/next_step.html", form, {"result_mark": finished.mark})
