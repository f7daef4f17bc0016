"""For the first page of the admin: what needs attention, the last weeks, and the main numbers."""

from typing import Any

from django import template
from django.utils import timezone

from quiz.admin.activity import activity
from quiz.admin.attention import attention, glance, may_view
from quiz.questionnaires.models import QuestionnaireVersion

register = template.Library()


@register.inclusion_tag("admin/_dashboard.html", takes_context=True)
def dashboard(context: template.Context) -> dict[str, Any]:
    user = context["request"].user
    first_day = context.get("first_day")
    return {
        "entries": attention(user, is_first_day=bool(first_day and first_day.is_shown)),
        "activity": activity(timezone.now()) if may_view(user, QuestionnaireVersion) else None,
        "glance": glance(user),
    }
