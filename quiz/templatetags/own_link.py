"""What the header of every page shows of the visitor's own: their result, or where to continue."""

from typing import NamedTuple

from django import template
from django.http import HttpRequest

from quiz.visitor.own_attempt import own_attempt

register = template.Library()


class Place(NamedTuple):
    """`answered` of the `statements` of the newest attempt have an answer."""

    has_result: bool
    answered: int
    statements: int


@register.simple_tag
def own_place(request: HttpRequest) -> Place | None:
    """Say where a visitor is; None, without a query, if they have no attempt cookie."""
    attempt = own_attempt(request)
    if attempt is None:
        return None
    # `has_result` was read with the row, and this request may have finished the attempt since.
    has_result = attempt.is_finished or attempt.has_result
    return Place(has_result, len(attempt.answers), len(attempt.questionnaire.items))
