"""For templates: names that people typed, kept apart from the direction of the text around them."""

from django import template
from django.utils.html import format_html

from quiz.web import names

register = template.Library()


@register.filter
def bdi(name: str) -> str:
    """Isolate a name in HTML, also where `blocktranslate` puts it into a sentence."""
    return format_html("<bdi>{}</bdi>", names.clean_line(name))


@register.filter
def isolated(name: str) -> str:
    """Isolate a name where no element can: in titles, attributes and e-mails."""
    return names.isolated(name)
