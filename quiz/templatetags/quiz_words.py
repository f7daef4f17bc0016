"""For templates: words that are the same for everybody, and numbers as people read them."""

from datetime import date

from django import template
from django.template.base import NodeList, Parser, Token
from django.utils.formats import date_format, get_format
from django.utils.html import format_html
from django.utils.translation import get_language, gettext

from quiz.core.numbers import fixed_text, plain_text
from quiz.core.verdict import SALES, SERVICE
from quiz.results.report import TraitReport
from quiz.web.rendering import part_rendered_once

register = template.Library()


class OnceNode(template.Node):
    def __init__(self, nodelist: NodeList, names: tuple[str, ...]) -> None:
        self.nodelist = nodelist
        self.names = names

    def render(self, context: template.Context) -> str:
        values = {name: context.get(name) for name in self.names}
        key = (self, get_language(), *values.values())
        return part_rendered_once(key, lambda: self.nodelist.render(context.new(values)))


@register.tag
def once(parser: Parser, token: Token) -> OnceNode:
    """Render a part of a template once per language: translations, addresses, static files.

    `{% once theme %} ... {% endonce %}` renders it once for each theme as well. Inside, only the
    variables named in the tag exist; name only those with a handful of values.
    """
    _tag, *names = token.split_contents()
    nodelist = parser.parse(("endonce",))
    parser.delete_first_token()
    return OnceNode(nodelist, tuple(names))


def _localized(text: str) -> str:
    mark = get_format("DECIMAL_SEPARATOR")
    return text if mark == "." else text.replace(".", mark)


def _words_of_field(field: str, words: str) -> str:
    return format_html('<span class="field-{}">{}</span>', field, words)


@register.simple_tag
def points_towards(points: float, field: str) -> str:
    """Say how many points of the lean pull which way; no field means neither."""
    shown = {"points": fixed(points, 1)}
    if field == SALES:
        return _words_of_field(field, gettext("%(points)s towards sales") % shown)
    if field == SERVICE:
        return _words_of_field(field, gettext("%(points)s towards customer service") % shown)
    return shown["points"]


@register.filter
def score_in_words(trait: TraitReport) -> str:
    """Say a trait's score with its band of error."""
    return gettext("%(score)s of 100, likely between %(low)s and %(high)s") % {
        "score": fixed(trait.score, 0),
        "low": fixed(trait.error_from, 0),
        "high": fixed(trait.error_to, 0),
    }


@register.filter
def fixed(value: float, digits: int) -> str:
    """Round to so many digits, halves up, in the reader's language."""
    return _localized(fixed_text(value, digits))


@register.filter
def known(value: float | None, digits: int) -> str:
    """Round likewise; a dash for what is undefined."""
    return "–" if value is None else fixed(value, digits)


@register.filter
def percent(share: float, digits: int = 0) -> str:
    """Say a share (0..1) as a number of 100."""
    return fixed(100 * share, digits)


@register.filter
def month(text: str) -> str:
    """Say a month such as 2026-11 in words."""
    return date_format(date.fromisoformat(f"{text}-01"), "YEAR_MONTH_FORMAT")


@register.filter
def to_month(since: str, until: str) -> str:
    """Say when it was, from one month to another."""
    if since == until:
        return gettext("in %(month)s") % {"month": month(since)}
    return gettext("between %(since)s and %(until)s") % {
        "since": month(since),
        "until": month(until),
    }


@register.filter
def plain(value: float) -> str:
    """Give up to five digits, as many as there are."""
    return _localized(plain_text(value))
