"""The owner's result."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from quiz.models import Attempt
from quiz.rendering import Preview
from quiz.report import report
from quiz.results import MANAGER, ROLE_SLUGS, has_usual_schooling, suggested_roles
from quiz.scoring import SALES, SERVICE, Result
from quiz.sitting import Sitting
from quiz.views.own_attempt import own_attempt_required, private
from roles.models import Role


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

    outcome = Result.from_data(sitting.result)
    suggested = suggested_roles(
        outcome.field, sitting.background, shows_sales_first=sitting.shows_sales_first
    )
    roles = Role.objects.for_cards([*suggested.slugs, *suggested.next_slugs])
    slugs = [ROLE_SLUGS[field, suggested.level] for field in (SALES, SERVICE)]
    context = {
        "finished_at": sitting.finished_at,
        "items": len(sitting.questionnaire.items),
        "start_url": sitting.start_url,
        "preview": preview,
        "compare_url": reverse("roles:role_comparison", args=slugs),
        "is_manager": suggested.level == MANAGER,
        "report": report(outcome, sitting.questionnaire, sitting.values(), sitting.language),
        "roles": [
            (roles[slug], has_usual_schooling(slug, sitting.background))
            for slug in suggested.slugs
            if slug in roles
        ],
        "next_roles": [roles[slug] for slug in suggested.next_slugs if slug in roles],
    }
    return render(request, "quiz/result.html", context)
