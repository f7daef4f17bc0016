"""For the first page of the admin: what needs attention, and the main numbers."""

from typing import Any

from django import template

from quiz.admin.attention import attention, glance

register = template.Library()


@register.inclusion_tag("admin/_dashboard.html", takes_context=True)
def dashboard(context: template.Context) -> dict[str, Any]:
    user = context["request"].user
    return {"entries": attention(user), "glance": glance(user)}
