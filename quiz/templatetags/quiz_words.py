"""For templates: parts that are the same for everyone, and numbers as people read them."""

from collections.abc import Iterable, Mapping
from datetime import date

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.loader import render_to_string
from django.utils.formats import date_format, get_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from quiz.core.numbers import fixed_text, plain_text
from quiz.core.verdict import CLEAR, CLOSE, INSUFFICIENT, LEANING, SALES, SERVICE
from quiz.results.pictures import Level
from quiz.results.report import Report, Tip, TraitReport
from quiz.web.rendering import part_rendered_once, rendered_once

register = template.Library()

ZONES = {CLEAR: _("clearly"), LEANING: _("a little"), CLOSE: _("close to the middle")}
NOT_SURE = _("not sure enough")
SIDES = {
    SALES: _("On a scale from customer service to sales: %(zone)s on the side of sales"),
    SERVICE: _("On a scale from customer service to sales: %(zone)s on the side of service"),
    "": _("On a scale from customer service to sales: %(zone)s"),
}
COUNTS = {
    SALES: _("%(n)s towards sales"),
    SERVICE: _("%(n)s towards customer service"),
    "": _("%(n)s in the middle"),
}


class OnceNode(template.Node):
    def __init__(self, nodelist: NodeList, named: Mapping[str, FilterExpression]) -> None:
        self.nodelist = nodelist
        self.named = named

    def render(self, context: template.Context) -> str:
        values = {
            name: value.resolve(context, ignore_failures=True) for name, value in self.named.items()
        }
        key = (get_language(), *values.values())
        return part_rendered_once(self, key, lambda: self.nodelist.render(context.new(values)))


@register.tag
def once(parser: Parser, token: Token) -> OnceNode:
    """Render a part of a template once per language: translations, addresses, static files.

    `{% once theme %} ... {% endonce %}` renders it once for each theme as well, and
    `{% once n=traits|length %}` for each number of traits. Inside, only the variables named in the
    tag exist. Pass only what many people have in common, such as a score, and nothing they typed.
    """
    _tag, *bits = token.split_contents()
    named = [bit if "=" in bit else f"{bit}={bit}" for bit in bits]
    values = token_kwargs(named, parser)
    if named:
        raise template.TemplateSyntaxError(f"Give {named[0]!r} in {{% once %}} a name of its own.")
    nodelist = parser.parse(("endonce",))
    parser.delete_first_token()
    return OnceNode(nodelist, values)


@register.inclusion_tag("_demo_note.html")
def demo_note() -> dict[str, bool]:
    """Say that this is a demo, where it is one."""
    return {"is_demo": settings.DEMO}


@register.filter
def answer_items(answers: Iterable[tuple[str, str]]) -> SafeString:
    """List statements with their answers; each pair of them is rendered once."""
    # Each part was rendered by a template, which escapes.
    return mark_safe("".join(_answer_item(*pair) for pair in answers))  # noqa: S308


@rendered_once
def _answer_item(statement: str, answer: str) -> str:
    values = {"statement": statement, "answer": answer}
    return render_to_string("quiz/result/_answer.html", values)


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
    return str(NOT_SURE if band == INSUFFICIENT else ZONES[level.zone])


@register.filter
def level_in_words(level: Level, band: str) -> str:
    """Describe the level for people who can't see it."""
    return str(SIDES[level.side] % {"zone": zone_in_words(level, band)})


@register.filter
def sides_in_words(report: Report) -> str:
    """Count the preferences that point each way."""
    fields = [trait.field for trait in report.traits]
    return _counted((fields.count(field), field) for field in COUNTS)


@register.filter
def pulls_in_words(report: Report) -> str:
    """Count the answers that are listed for each field."""
    return _counted((len(side.answers), side.field) for side in report.pulls)


def _counted(counts: Iterable[tuple[int, str]]) -> str:
    return ", ".join(str(COUNTS[field] % {"n": count}) for count, field in counts if count)


@register.filter
def tip_in_words(tip: Tip) -> str:
    """Say which score of one trait would turn the result."""
    return gettext("%(tips_at)s instead of %(score)s on “%(trait)s”") % {
        "tips_at": fixed(tip.tips_at, tip.digits),
        "score": fixed(tip.score, tip.digits),
        "trait": tip.trait,
    }


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
