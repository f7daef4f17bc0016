"""The owner's result."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from quiz.models import Attempt
from quiz.report import report
from quiz.results import MANAGER, ROLE_SLUGS, has_usual_schooling, suggested_roles
from quiz.scoring import SALES, SERVICE, Result
from quiz.views.own_attempt import own_attempt_required, private
from roles.models import Role


@require_safe
@private
@own_attempt_required
def result(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    if not attempt.is_finished:
        return redirect("quiz:answer_page", page=attempt.first_open_page())

    outcome = Result.from_data(attempt.result)
    suggested = suggested_roles(
        outcome.field, attempt.background, shows_sales_first=attempt.shows_sales_first
    )
    roles = Role.objects.for_cards([*suggested.slugs, *suggested.next_slugs])
    slugs = [ROLE_SLUGS[field, suggested.level] for field in (SALES, SERVICE)]
    context = {
        "attempt": attempt,
        "items": len(attempt.questionnaire.items),
        "compare_url": reverse("roles:role_comparison", args=slugs),
        "is_manager": suggested.level == MANAGER,
        "report": report(outcome, attempt.questionnaire, attempt.values(), attempt.language),
        "roles": [
            (roles[slug], has_usual_schooling(slug, attempt.background))
            for slug in suggested.slugs
            if slug in roles
        ],
        "next_roles": [roles[slug] for slug in suggested.next_slugs if slug in roles],
    }
    return render(request, "quiz/result.html", context)
