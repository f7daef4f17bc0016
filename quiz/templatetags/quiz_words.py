"""For templates: parts that are the same for everyone, and numbers as people read them."""

from datetime import date

from django import template
from django.template.base import NodeList, Parser, Token
from django.utils.formats import date_format, get_format
from django.utils.html import format_html
from django.utils.translation import get_language, gettext

from quiz.core.numbers import fixed_text, plain_text
from quiz.core.verdict import CLEAR, CLOSE, INSUFFICIENT, LEANING, SALES, SERVICE
from quiz.results.pictures import Level
from quiz.results.report import Report, TraitReport
from quiz.web.rendering import part_rendered_once

register = template.Library()


class OnceNode(template.Node):
    def __init__(self, nodelist: NodeList, names: tuple[str, ...]) -> None:
        self.nodelist = nodelist
        self.names = names

    def render(self, context: template.Context) -> str:
        values = {name: context.get(name) for name in self.names}
        key = (get_language(), *values.values())
        return part_rendered_once(self, key, lambda: self.nodelist.render(context.new(values)))


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
    """Write a number with a true minus and the decimal sign of the language."""
    return text.replace("-", "−").replace(".", get_format("DECIMAL_SEPARATOR"))


def _words_of_field(field: str, words: str) -> str:
    return format_html('<span class="field-{}">{}</span>', field, words)


@register.simple_tag
def points_towards(points: float, field: str) -> str:
    """Say how many points of the lean pull towards which field; without a field, only how many."""
    shown = {"points": fixed(points, 1)}
    if field == SALES:
        return _words_of_field(field, gettext("%(points)s towards sales") % shown)
    if field == SERVICE:
        return _words_of_field(field, gettext("%(points)s towards customer service") % shown)
    return shown["points"]


@register.filter
def zone_in_words(level: Level, band: str) -> str:
    """Name the part of the level that the bubble is in."""
    zones = {
        CLEAR: gettext("clearly"),
        LEANING: gettext("a little"),
        CLOSE: gettext("close to the middle"),
    }
    return gettext("not sure enough") if band == INSUFFICIENT else zones[level.zone]


@register.filter
def level_in_words(level: Level, band: str) -> str:
    """Describe the level for people who can't see it."""
    zone = zone_in_words(level, band)
    if level.side == SALES:
        text = gettext("On a scale from customer service to sales: %(zone)s on the side of sales")
    elif level.side == SERVICE:
        text = gettext("On a scale from customer service to sales: %(zone)s on the side of service")
    else:
        text = gettext("On a scale from customer service to sales: %(zone)s")
    return text % {"zone": zone}


@register.filter
def sides_in_words(report: Report) -> str:
    """Count the preferences that point each way."""
    fields = [trait.field for trait in report.traits]
    counts = (
        (fields.count(SALES), gettext("%(n)s towards sales")),
        (fields.count(SERVICE), gettext("%(n)s towards customer service")),
        (fields.count(""), gettext("%(n)s in the middle")),
    )
    return ", ".join(text % {"n": count} for count, text in counts if count)


@register.filter
def pulls_in_words(report: Report) -> str:
    """Count the answers that are listed for each field."""
    towards = {
        SALES: gettext("%(n)s towards sales"),
        SERVICE: gettext("%(n)s towards customer service"),
    }
    sides = [(len(side.answers), towards[side.field]) for side in report.pulls]
    return ", ".join(text % {"n": count} for count, text in sides if count)


@register.filter
def score_in_words(trait: TraitReport) -> str:
    """Say a trait's score (0 to 100) with its margin of error."""
    return gettext("%(score)s of 100, probably between %(low)s and %(high)s") % {
        "score": fixed(trait.score, 0),
        "low": fixed(trait.error_from, 0),
        "high": fixed(trait.error_to, 0),
    }


@register.filter
def fixed(value: float, digits: int) -> str:
    """Round half up to a number of decimals, with the decimal sign of the language."""
    return _localized(fixed_text(value, digits))


@register.filter
def known(value: float | None, digits: int) -> str:
    """Round like `fixed`; a dash for None."""
    return "–" if value is None else fixed(value, digits)


@register.filter
def percent(share: float, digits: int = 0) -> str:
    """A share (0 to 1) as a number out of 100."""
    return fixed(100 * share, digits)


@register.filter
def month(text: str) -> str:
    """A month such as "2026-11" in words."""
    return date_format(date.fromisoformat(f"{text}-01"), "YEAR_MONTH_FORMAT")


@register.filter
def to_month(since: str, until: str) -> str:
    """A period from one month to another, each such as "2026-11"."""
    if since == until:
        return gettext("in %(month)s") % {"month": month(since)}
    return gettext("between %(since)s and %(until)s") % {
        "since": month(since),
        "until": month(until),
    }


@register.filter
def plain(value: float) -> str:
    """All decimals of a number, up to five."""
    return _localized(plain_text(value))
