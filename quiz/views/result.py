"""The owner's result."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from quiz.models import Attempt
from quiz.rendering import Preview
from quiz.sitting import Sitting
from quiz.views.own_attempt import own_attempt_required, private
from quiz.views.scoped import result_values


@require_safe
@private
@own_attempt_required
def result(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    return result_of(request, attempt)


def result_of(
    request: HttpRequest, sitting: Sitting, *, preview: Preview | None = None
) -> HttpResponse:
    """Show the result of a sitting, or lead to what is not answered yet."""
    if not sitting.is_finished:
        return redirect(sitting.page_url(sitting.first_open_page()))
    context = {
        **result_values(sitting, is_own=True),
        "start_url": sitting.start_url,
        "preview": preview,
    }
    return render(request, "quiz/result.html", context)
