"""How the admin shows what differs between two texts."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from quiz.questionnaires.differences import ADDED, REMOVED, SAME, Piece

register = template.Library()

MARKS = {SAME: "{}", REMOVED: "<del>{}</del>", ADDED: "<ins>{}</ins>"}
NOT_ON_SIDE = {"old": ADDED, "new": REMOVED}


@register.filter
def marked(pieces: Iterable[Piece], side: str = "") -> SafeString:
    """Mark removed and added words; `side`, old or new, leaves out the words of the other side.

    No space may come between the pieces, so a template loop over several lines can't do this.
    """
    return format_html_join(
        "",
        "{}",
        (
            (format_html(MARKS[piece.kind], piece.text),)
            for piece in pieces
            if piece.kind != NOT_ON_SIDE.get(side)
        ),
    )
